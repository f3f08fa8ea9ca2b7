#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/descriptor.hpp"

namespace guildsum::coordinator {

/// Everything about a round that is fixed before the first check-in. Stored with the round; a
/// replay needs only this, the roster and the events.
struct RoundPlan {
  /// All fields but those that follow from the check-ins (check_ins, n, k, c, t, q, s_min).
  protocol::RoundDescriptor descriptor;
  Bytes layout;         ///< canonical bytes
  Bytes training_plan;  ///< canonical bytes
  std::string purpose;  ///< plain text
  std::uint32_t cohort_min = 5;
  std::uint32_t cohort_max = 256;
  std::uint32_t cohort_goal =
      0;  ///< describe at once when so many have checked in; 0 = all roster members
  std::uint32_t corrupt = 0;  ///< c; 0 = default_corrupt(active roster)
  bool allow_tiny_cohorts = false;
  bool needs_everybody = false;  ///< s_min = n: a repair is over all its shops or not at all
  /// Who may check in, ascending; empty = every member of the roster.
  std::vector<protocol::ParticipantId> invited;

  [[nodiscard]] bool invites(const protocol::ParticipantId& shop) const;
};

[[nodiscard]] Bytes encode_plan(const RoundPlan& plan);
[[nodiscard]] Result<RoundPlan> decode_plan(ByteView bytes);

}  // namespace guildsum::coordinator
