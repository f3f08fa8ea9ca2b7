#pragma once

#include <optional>
#include <span>
#include <vector>

#include "protocol/ids.hpp"
#include "protocol/messages.hpp"

namespace guildsum::protocol {

/// The members of a round in cohort order: ascending identity, each once. A `Cohort` that exists is
/// sorted, free of repeats and not larger than `kCohortMax`.
class Cohort {
 public:
  Cohort() = default;
  /// @return ProtocolErrc::duplicate or malformed (not ascending), too_large.
  [[nodiscard]] static Result<Cohort> parse(std::vector<ParticipantId> members);
  /// The senders of a description's check-ins.
  [[nodiscard]] static Result<Cohort> of(std::span<const CheckIn> check_ins);

  [[nodiscard]] std::uint32_t size() const noexcept {
    return static_cast<std::uint32_t>(members_.size());
  }
  [[nodiscard]] const std::vector<ParticipantId>& members() const noexcept { return members_; }
  /// Binary search, O(log n).
  [[nodiscard]] std::optional<CohortPosition> position_of(const ParticipantId& id) const noexcept;
  [[nodiscard]] bool contains(const ParticipantId& id) const noexcept {
    return position_of(id).has_value();
  }
  /// `position` must be below `size()`.
  [[nodiscard]] const ParticipantId& at(CohortPosition position) const;

 private:
  std::vector<ParticipantId> members_;
};

/// Index of `holder` in a dealer's list of ciphertexts, which leaves the dealer itself out.
/// `holder` and `dealer` must differ.
[[nodiscard]] constexpr std::size_t ciphertext_index(CohortPosition dealer,
                                                     CohortPosition holder) noexcept {
  return holder < dealer ? holder.value() : holder.value() - 1;
}

}  // namespace guildsum::protocol
