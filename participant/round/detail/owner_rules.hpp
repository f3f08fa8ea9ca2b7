#pragma once

#include "participant/round/round_machine.hpp"

namespace guildsum::participant::detail {

/// What the journal and the owner's policy say about a round whose description is in order in
/// itself: the differencing guard, what a repair may ask, the past that it continues, the clip
/// norm, shops that joined since the last epoch.
/// @return ProtocolErrc::repeated_step, certificate_withheld, delta_base_lost, new_lineage,
///   repair_mismatch, forked_chain, policy_refused.
[[nodiscard]] Result<> check_owner_rules(const protocol::RoundDescription& description,
                                         const RoundContext& context);

}  // namespace guildsum::participant::detail
