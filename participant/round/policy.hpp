#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "protocol/ids.hpp"

namespace guildsum::participant {

/// What the owner allows; the shop refuses everything else by itself (docs/protocol.md section 1).
struct ParticipantPolicy {
  std::uint32_t cohort_min = 5;     ///< least n
  std::uint32_t survivors_min = 5;  ///< least s_min; 3 where tiny cohorts are allowed
  std::uint32_t corrupt_min = 0;    ///< own c; 0 = max(1, ceil(active roster / 10))
  bool allow_tiny_cohorts = false;  ///< n of 3 or 4, then s_min = n
  std::set<std::string> task_kinds{"popularity", "ease",    "ials",      "vocabulary",
                                   "bpr",        "softmax", "evaluation"};
  protocol::Digest purpose;  ///< the statement agreed to at enrolment
  /// Shops pinned out of band; `trusted_min` of them must be in the cohort and in U2.
  std::vector<protocol::ParticipantId> trusted;
  std::uint32_t trusted_min = 0;
  /// Largest L2 norm of a clipped segment that is accepted: a larger one lets one shop's update
  /// stand out of the sum. 0 = any.
  std::uint64_t clip_norm_max = 0;
  /// Most shops that may have joined since this shop took part in an earlier epoch, else the round
  /// is refused: a coordinator that also keeps the roster could surround a shop with its own. 0 =
  /// any number.
  std::uint32_t new_members_max = 0;
  /// Without it each further lineage of a task kind waits for the owner's approval.
  bool accept_new_lineages = false;
  /// Joins sums of what changed elsewhere with all that this shop has, without approval.
  bool accept_joins = false;
  /// Takes part in sums of what changed since the last one (EASE). The opened change of a quiet
  /// week may be that of few customers.
  bool accept_deltas = true;
  /// Least time between this shop's contributions to two sums of changes. Who could ask for the
  /// next one at once, when nobody has changed, would read the one shop that it left out before.
  std::chrono::milliseconds delta_interval_min = std::chrono::hours{24};
};

}  // namespace guildsum::participant
