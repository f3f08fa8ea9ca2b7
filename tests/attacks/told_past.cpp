#include "tests/attacks/told_past.hpp"

#include <tuple>

#include "protocol/attempt_end.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::attacks {

using protocol::Digest;

void ToldPast::told(protocol::RoundId round, ByteView frame) {
  if (const auto description = protocol::decode<protocol::RoundDescription>(frame)) {
    if (description->descriptor.round != round) return;
    told_.try_emplace(round, Told{description->descriptor, {}, {}});
    return;
  }
  const auto known = told_.find(round);
  if (known == told_.end() || known->second.outcome) return;
  const auto rd = protocol::round_digest(known->second.descriptor);
  const auto result = protocol::decode<protocol::RoundResult>(frame);
  const auto aborted = protocol::decode<protocol::RoundAborted>(frame);
  // Without a certificate the round may end otherwise yet.
  const bool ends = (result.has_value() && result->rd == rd) ||
                    (aborted.has_value() && aborted->rd == rd && !aborted->certificate.empty());
  if (ends) known->second.outcome = Bytes{frame.begin(), frame.end()};
}

void ToldPast::voted(protocol::RoundId round, const protocol::Vote& vote) {
  if (const auto known = told_.find(round); known != told_.end()) {
    known->second.votes.push_back(vote);
  }
}

protocol::AttemptEnd ToldPast::end_of(const Told& told) const {
  protocol::AttemptEnd end;
  end.round = told.descriptor.round;
  end.attempt = told.descriptor.attempt;
  if (told.outcome) {
    end.outcome = *told.outcome;
    end.votes = told.votes;
    return end;
  }
  protocol::RoundAborted aborted;
  aborted.round = end.round;
  aborted.attempt = end.attempt;
  aborted.rd = protocol::round_digest(told.descriptor);
  protocol::sign(aborted, adversary_.federation(), adversary_.coordinator());
  end.outcome = protocol::encode(aborted);
  return end;
}

Digest ToldPast::put(protocol::AttemptEnd end) {
  const auto ended = protocol::read_attempt_end(end, before_, adversary_.federation(),
                                                adversary_.coordinator().verify_key());
  // A false result continues nothing; whoever goes on behind it is refused.
  if (ended.has_value()) head_ = ended->transcript;
  ends_.push_back(std::move(end));
  return head_;
}

Digest ToldPast::end_last() {
  for (const auto& [round, told] : told_) {
    before_ = head_;
    put(end_of(told));
  }
  told_.clear();
  return head_;
}

Digest ToldPast::end_otherwise(const std::function<void(protocol::AttemptEnd&)>& bend) {
  protocol::AttemptEnd end = ends_.back();
  ends_.pop_back();
  bend(end);
  return put(std::move(end));
}

protocol::AttemptEnds ToldPast::since(protocol::RoundId round, protocol::Attempt attempt) const {
  protocol::AttemptEnds answer;
  for (const protocol::AttemptEnd& end : ends_) {
    if (std::tie(end.round, end.attempt) >= std::tie(round, attempt)) answer.ends.push_back(end);
  }
  if (answer.ends.size() > protocol::kAttemptEndsMax) answer.ends.resize(protocol::kAttemptEndsMax);
  return answer;
}

}  // namespace guildsum::attacks
