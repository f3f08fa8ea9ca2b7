#pragma once

#include "participant/round/round_machine.hpp"

namespace guildsum::participant {

/// An evaluation's second sum holds the figures, the first one decided from how many shops: which
/// shops with held-out purchases the second one has, no shop sees. Each counts all that fell away
/// since as if they had some, and demands that enough of the others are left: the plan's
/// `shops_min`, and its own `policy.survivors_min`.
///
/// Nothing for any other step.
/// @return ProtocolErrc::policy_refused where this shop did not verify the first sum, or that was
///   of too few shops; too_few where the cohort lacks too many of its shops.
[[nodiscard]] Result<std::optional<KeptShops>> shops_to_keep(
    const protocol::RoundDescription& message, const RoundContext& context);

/// Whether enough of the first sum's shops are in this U2 of its evaluation's second one.
/// @return ProtocolErrc::too_few; policy_refused where it is not known who must be.
[[nodiscard]] Result<> check_shops_kept(const AcceptedRound& round,
                                        const protocol::Survivors& survivors);

}  // namespace guildsum::participant
