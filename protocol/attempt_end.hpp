#pragma once

#include "protocol/messages.hpp"
#include "protocol/transcript.hpp"

/// One link of the chain of transcripts, as a shop is shown it (docs/protocol.md section 7).
namespace guildsum::protocol {

/// What the end of one attempt says, once everything in it was verified.
struct EndedAttempt {
  RoundDigest rd;     ///< zero when it ended before it had a descriptor
  Digest transcript;  ///< what the next attempt's descriptor names
  Digest result;      ///< `RoundResult::transcript`; zero when it ended without a sum
};

/// The part of an attempt's transcript that its chain hash covers.
[[nodiscard]] AttemptEnd end_of(const AttemptTranscript& transcript);

/// Whether the coordinator signed this outcome, whatever it says.
[[nodiscard]] bool is_signed_outcome(ByteView outcome, const FederationId& federation,
                                     const crypto::VerifyKey& coordinator);

/// The outcome is signed by the coordinator; a result continues `previous`, and each vote is for it
/// and signed by its sender, in ascending order. Whether votes come from members is not looked at:
/// that takes the round's description, which an auditor has.
/// @param previous  chain hash of the attempt before
/// @return unknown_type and the like for an outcome that is none, bad_signature, wrong_round,
///   digest_mismatch, duplicate (votes out of order), malformed (lists beside an abort).
[[nodiscard]] Result<EndedAttempt> read_attempt_end(const AttemptEnd& end, const Digest& previous,
                                                    const FederationId& federation,
                                                    const crypto::VerifyKey& coordinator);

}  // namespace guildsum::protocol
