#include "participant/past.hpp"

#include <algorithm>

#include "protocol/attempt_end.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

/// Whoever was away for longer is no better off joining anew, and no coordinator can keep a shop
/// busy for ever.
constexpr std::size_t kAnswersMax = 1U << 16;

Result<> check_own(const BoundAttempt& own, const protocol::AttemptEnd& end,
                   const protocol::EndedAttempt& ended, const protocol::ParticipantId& self) {
  if (ended.rd != own.rd) {
    return Error{ProtocolErrc::wrong_round, "the round that this shop took part in is another one"};
  }
  if (!own.transcript.is_zero()) {
    const protocol::Digest& shown = own.opened ? ended.result : ended.transcript;
    if (shown != own.transcript) {
      return Error{ProtocolErrc::digest_mismatch, "it ended otherwise than this shop saw it end"};
    }
  }
  const bool counted = std::ranges::any_of(
      end.votes, [&](const protocol::Vote& vote) { return vote.sender == self; });
  if (own.vote_taken && !counted) {
    return Error{ProtocolErrc::digest_mismatch, "the vote of this shop is not among the votes"};
  }
  return {};
}

class Follower {
 public:
  Follower(const BoundAttempt& from, const PastKeys& keys)
      : from_{from}, keys_{keys}, head_{from.previous}, next_{from.round, from.attempt} {}

  Result<> take(const protocol::AttemptEnd& end) {
    const AttemptId id{end.round, end.attempt};
    if (begun_ ? id < next_ : id != next_) {
      return Error{ProtocolErrc::wrong_round, "attempts out of order"};
    }
    GS_TRY(const auto ended,
           protocol::read_attempt_end(end, head_, keys_.federation, keys_.coordinator));
    if (!begun_) GS_CHECK(check_own(from_, end, ended, keys_.self));
    begun_ = true;
    head_ = ended.transcript;
    next_ = {end.round, end.attempt.next()};
    return {};
  }
  /// The first attempt that was not taken, as far as its number is known.
  [[nodiscard]] const AttemptId& next() const noexcept { return next_; }
  [[nodiscard]] Result<protocol::Digest> head() const {
    if (!begun_) return Error{ProtocolErrc::wrong_phase, "the last own attempt has no end"};
    return head_;
  }

 private:
  const BoundAttempt& from_;
  const PastKeys& keys_;
  protocol::Digest head_;
  AttemptId next_;
  bool begun_ = false;
};

Bytes evidence_of(const protocol::AttemptEnd& end, const PastKeys& keys) {
  if (!protocol::is_signed_outcome(end.outcome, keys.federation, keys.coordinator)) return {};
  protocol::AttemptEnds ends;
  ends.ends.push_back(end);
  return protocol::encode(ends);
}

/// One answer; whether there is nothing more to ask for.
Result<bool> read_answer(Follower& follower, const AttemptId& until, ByteView frame,
                         const PastKeys& keys, Bytes& evidence) {
  GS_TRY(const auto answer, protocol::decode<protocol::AttemptEnds>(frame));
  for (const protocol::AttemptEnd& end : answer.ends) {
    if (AttemptId{end.round, end.attempt} >= until) return true;
    if (const auto taken = follower.take(end); taken.has_error()) {
      evidence = evidence_of(end, keys);
      return taken.error();
    }
  }
  return answer.ends.empty();
}

}  // namespace

Past follow_past(const BoundAttempt& from, const AttemptId& until, const PastKeys& keys,
                 Remote& remote) {
  Follower follower{from, keys};
  Bytes evidence;
  for (std::size_t i = 0; i < kAnswersMax; ++i) {
    const auto frame = remote.ends(follower.next());
    if (frame.has_error()) return {frame.error(), {}};
    const auto done = read_answer(follower, until, *frame, keys, evidence);
    if (done.has_error()) return {done.error(), std::move(evidence)};
    if (*done) return {follower.head(), {}};
  }
  return {Error{ProtocolErrc::too_large, "attempts since this shop took part"}, {}};
}

}  // namespace guildsum::participant
