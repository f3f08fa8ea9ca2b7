#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocol/descriptor.hpp"
#include "protocol/errors.hpp"

namespace guildsum::participant {

/// A contribution whose attempt ended without a sum that this shop saw, and without an abandon
/// certificate: it counts until the certificate is there.
struct UnsettledContribution {
  protocol::RoundDigest rd;
  protocol::RoundId round;
  protocol::Attempt attempt;
  protocol::StateRoot state;
};

/// Which sums this shop is counted in: at most one per (lineage, step kind, step number), and a
/// second lineage of a step kind only with the owner's approval (docs/protocol.md section 6,
/// docs/decisions/0009-lineages.md). Two sums over the same data with different shops in them
/// differ by one shop's data.
class ContributionHistory {
 public:
  struct Step {
    protocol::Digest lineage;
    std::string step_kind;
    auto operator<=>(const Step&) const = default;
  };
  /// Nothing, or why this shop must not contribute to a sum of this state: repeated_step,
  /// certificate_withheld (a later certificate may allow it), new_lineage (the owner may allow it).
  [[nodiscard]] std::optional<protocol::ProtocolErrc> forbids(
      const std::string& task_kind, const protocol::StateRoot& state) const;

  void count(const protocol::StateRoot& state);
  void keep_unsettled(UnsettledContribution contribution);
  /// An abandon certificate for `rd` was verified.
  void release(const protocol::RoundDigest& rd);
  /// Lets one lineage that is new for `task_kind` pass; the first one that is bound takes it.
  void approve(const std::string& task_kind);
  /// This shop bound itself to a round of `task_kind` in this state's lineage.
  void bind(const std::string& task_kind, const protocol::StateRoot& state);

  [[nodiscard]] const std::map<Step, std::uint64_t>& counted() const noexcept {
    return last_counted_;
  }
  [[nodiscard]] const std::vector<UnsettledContribution>& unsettled() const noexcept {
    return unsettled_;
  }
  [[nodiscard]] const std::set<std::string>& approvals() const noexcept { return approvals_; }
  /// The lineages that the owner approved beside the first one of their step kind.
  [[nodiscard]] const std::set<protocol::Digest>& approved() const noexcept { return approved_; }
  void restore_approved(const protocol::Digest& lineage) { approved_.insert(lineage); }

 private:
  [[nodiscard]] bool is_new_lineage(const protocol::StateRoot& state) const;

  std::map<Step, std::uint64_t> last_counted_;
  std::vector<UnsettledContribution> unsettled_;
  std::set<std::string> approvals_;      ///< task kinds
  std::set<protocol::Digest> approved_;  ///< lineages
};

}  // namespace guildsum::participant
