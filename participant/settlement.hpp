#pragma once

#include "base/log.hpp"
#include "participant/journal/journal.hpp"
#include "participant/remote/remote.hpp"
#include "participant/spool.hpp"

namespace guildsum::participant {

/// Asks how the attempts ended in which this shop may be counted without having seen a result.
///
/// An abandon certificate, verified against the kept description, frees the step. A result settles
/// it as counted. Anything else leaves it as it is, is logged as `contribution.unsettled` with its
/// reason, and the round machine refuses the step (docs/protocol.md section 6).
/// @return the journal's error; the agent must not go on then.
[[nodiscard]] Result<> settle_contributions(Journal& journal, const Spool& spool, Remote& remote,
                                            Log& log);

}  // namespace guildsum::participant
