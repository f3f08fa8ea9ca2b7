#pragma once

#include "participant/remote/remote.hpp"
#include "participant/round/journal_record.hpp"
#include "protocol/signing.hpp"

namespace guildsum::participant {

/// Whose past it is.
struct PastKeys {
  protocol::FederationId federation;
  protocol::ParticipantId self;
  crypto::VerifyKey coordinator;
};

/// What became of the attempts before one that this shop is invited to.
struct Past {
  /// What its descriptor must name, or why that could not be followed: the remote's error, or what
  /// is wrong with what it answered.
  Result<protocol::Digest> transcript;
  /// A framed AttemptEnds of the one end that is wrong although the coordinator signed it; empty
  /// otherwise. What anybody could have sent is no evidence, and fills no disk.
  Bytes evidence;
};

/// Follows the chain of transcripts (docs/protocol.md section 7) from the last attempt that this
/// shop bound itself to, to the one before `until`: that attempt must have ended as this shop saw
/// it, with its vote among the votes once the coordinator had acknowledged it, and each later one
/// must continue the one before it.
[[nodiscard]] Past follow_past(const BoundAttempt& from, const AttemptId& until,
                               const PastKeys& keys, Remote& remote);

}  // namespace guildsum::participant
