#pragma once

#include "participant/remote/remote.hpp"
#include "participant/remote/retry.hpp"
#include "participant/spool.hpp"

namespace guildsum::participant {

/// Brings a spooled input to the coordinator, chunk by chunk. After each interruption the
/// coordinator is asked which chunks are missing, and only those go again, byte for byte as
/// spooled.
///
/// Ends when the coordinator has confirmed the complete input, refuses it, the agent stops or
/// `give_up` passes. @return ParticipantErrc::spool_lost when the spool does not hold the input any
/// more.
[[nodiscard]] Result<> upload(const AttemptId& attempt, const protocol::MaskedInput& header,
                              const SpooledChunks& chunks, Remote& remote,
                              const RetryContext& retry, Clock::Steady give_up);

}  // namespace guildsum::participant
