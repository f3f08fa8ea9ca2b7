#pragma once

#include <map>
#include <optional>
#include <vector>

#include "tests/attacks/local_shop.hpp"
#include "tests/attacks/play.hpp"

namespace guildsum::attacks {

/// What the coordinator can open with everything that it received and with what colluders hold:
/// shares by dealer and kind, whatever the message they came in. Nothing is assumed of the
/// protocol's order: any t shares of one secret give it.
class Knowledge {
 public:
  explicit Knowledge(const protocol::RoundView& view) : view_{view} {}

  void learn(const protocol::Unmask& answer);
  /// A colluder gives away both kinds of every share that it holds.
  void learn(const LocalShop& colluder);

  /// A colluder also gives away its mask key; call it while the shop still has it, before U1.
  void learn_key(const LocalShop& colluder);

  [[nodiscard]] std::size_t shares_of(const ParticipantId& dealer, protocol::ShareKind kind) const;
  /// b or e of a member, if t shares of it (or itself) are known; checked against its check-in.
  [[nodiscard]] std::optional<std::array<std::byte, 32>> secret(const ParticipantId& dealer,
                                                                protocol::ShareKind kind) const;

  /// A masked input and the U1 that its sender was shown.
  struct Masked {
    const Upload* upload = nullptr;
    std::vector<protocol::MemberDigest> sharers;
  };
  /// The plain sum of these inputs, if every mask that does not cancel within them is known.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> open(
      const std::vector<Masked>& inputs) const;

 private:
  void keep(protocol::CohortPosition dealer, protocol::ShareKind kind,
            protocol::CohortPosition holder, protocol::PublicShare share);

  using Shares = std::map<protocol::CohortPosition, protocol::PublicShare>;  ///< by holder
  const protocol::RoundView& view_;
  std::map<std::pair<protocol::CohortPosition, protocol::ShareKind>, Shares> shares_;
  std::map<ParticipantId, std::array<std::byte, 32>> mask_keys_;
};

}  // namespace guildsum::attacks
