#pragma once

#include "base/log.hpp"
#include "participant/journal/journal.hpp"
#include "participant/remote/remote.hpp"
#include "participant/spool.hpp"

namespace guildsum::participant {

/// Asks how the attempts ended in which this shop may be counted without having seen a result.
///
/// An abandon certificate, verified against the kept description, frees the step. So does a
/// survivor certificate that does not name this shop; one that does lets the round machine take
/// part in the repair of that very sum, and in nothing else. Anything else leaves the contribution
/// as it is, is logged as `contribution.unsettled` with its reason, and the round machine refuses
/// the step (docs/protocol.md section 6).
/// @return false when the coordinator was not there for an answer: an attempt that is joined now
/// may
///   be refused for want of it, and a repair that needs everybody is lost. The journal's error: the
///   agent must not go on then.
[[nodiscard]] Result<bool> settle_contributions(Journal& journal,
                                                const protocol::ParticipantId& self,
                                                const Spool& spool, Remote& remote, Log& log);

}  // namespace guildsum::participant
