#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "protocol/descriptor.hpp"

namespace guildsum::participant {

/// What the owner allows; the shop refuses everything else by itself (docs/protocol.md section 1).
struct ParticipantPolicy {
  std::uint32_t cohort_min = 5;     ///< least n
  std::uint32_t corrupt_min = 0;    ///< own c; 0 = max(1, ceil(active roster / 10))
  bool allow_tiny_cohorts = false;  ///< n of 3 or 4, then s_min = n
  std::set<std::string> task_kinds{"popularity", "ease", "ials"};
  protocol::Digest purpose;  ///< the statement agreed to at enrolment
};

/// Which sums this shop has already been counted in: at most one per (lineage, step kind, step
/// number).
class ContributionHistory {
 public:
  struct Step {
    protocol::Digest lineage;
    std::string step_kind;
    auto operator<=>(const Step&) const = default;
  };
  /// True when a sum of this step was opened with this shop's input in it, or a later step was.
  [[nodiscard]] bool forbids(const protocol::StateRoot& state) const {
    const auto found = last_counted_.find({state.lineage, state.step_kind});
    return found != last_counted_.end() && found->second >= state.step_number;
  }
  void count(const protocol::StateRoot& state) {
    auto& last = last_counted_[{state.lineage, state.step_kind}];
    last = std::max(last, state.step_number);
  }

 private:
  std::map<Step, std::uint64_t> last_counted_;
};

}  // namespace guildsum::participant
