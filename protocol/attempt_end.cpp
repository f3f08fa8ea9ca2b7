#include "protocol/attempt_end.hpp"

#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::protocol {
namespace {

/// The votes as the chain hash lists them.
Result<std::vector<MemberDigest>> read_votes(const std::vector<Vote>& votes,
                                             const RoundResult& result,
                                             const FederationId& federation) {
  const Digest about = message_digest(result);
  std::vector<MemberDigest> list;
  for (const Vote& vote : votes) {
    if (vote.rd != result.rd) return ProtocolErrc::wrong_round;
    if (vote.result != about) return Error{ProtocolErrc::digest_mismatch, "a vote's result"};
    if (!list.empty() && !(list.back().member < vote.sender)) {
      return Error{ProtocolErrc::duplicate, "votes"};
    }
    GS_CHECK(verify(vote, federation));
    list.push_back({vote.sender, message_digest(vote)});
  }
  return list;
}

Result<EndedAttempt> read_opened(const AttemptEnd& end, const RoundResult& result,
                                 const Digest& previous, const FederationId& federation) {
  if (result.transcript != result_transcript(previous, result)) {
    return Error{ProtocolErrc::digest_mismatch, "a result's transcript"};
  }
  GS_TRY(const auto votes, read_votes(end.votes, result, federation));
  return EndedAttempt{result.rd,
                      closed_transcript(result, end.certificate, end.unmask_answers, votes),
                      result.transcript};
}

Result<EndedAttempt> read_aborted(const AttemptEnd& end, const RoundAborted& aborted,
                                  const Digest& previous) {
  if (aborted.round != end.round || aborted.attempt != end.attempt) {
    return ProtocolErrc::wrong_round;
  }
  const bool nothing_else =
      end.certificate.is_zero() && end.unmask_answers.empty() && end.votes.empty();
  if (!nothing_else) return Error{ProtocolErrc::malformed, "votes without a result"};
  return EndedAttempt{aborted.rd, aborted_transcript(previous, aborted), {}};
}

}  // namespace

AttemptEnd end_of(const AttemptTranscript& transcript) {
  AttemptEnd end;
  end.round = transcript.round;
  end.attempt = transcript.attempt;
  if (transcript.result.empty()) {
    end.outcome = transcript.aborted;
    return end;
  }
  end.outcome = transcript.result;
  end.certificate = message_digest(transcript.certificate);
  end.unmask_answers = transcript.unmask_answers;
  end.votes = transcript.votes;
  return end;
}

bool is_signed_outcome(ByteView outcome, const FederationId& federation,
                       const crypto::VerifyKey& coordinator) {
  if (const auto aborted = decode<RoundAborted>(outcome)) {
    return verify(*aborted, federation, coordinator).has_value();
  }
  const auto result = decode<RoundResult>(outcome);
  return result && verify(*result, federation, coordinator).has_value();
}

Result<EndedAttempt> read_attempt_end(const AttemptEnd& end, const Digest& previous,
                                      const FederationId& federation,
                                      const crypto::VerifyKey& coordinator) {
  GS_TRY(const MessageType type, type_of(end.outcome));
  if (type == MessageType::round_aborted) {
    GS_TRY(const auto aborted, decode<RoundAborted>(end.outcome));
    GS_CHECK(verify(aborted, federation, coordinator));
    return read_aborted(end, aborted, previous);
  }
  GS_TRY(const auto result, decode<RoundResult>(end.outcome));
  GS_CHECK(verify(result, federation, coordinator));
  return read_opened(end, result, previous, federation);
}

}  // namespace guildsum::protocol
