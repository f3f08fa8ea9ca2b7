#include <algorithm>

#include "base/errors.hpp"
#include "participant/past.hpp"
#include "participant/remote/retry.hpp"
#include "participant/settlement.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "simulations/faults/shop_node.hpp"
#include "simulations/faults/task.hpp"

// What a shop asks the coordinator, and what it does with the answers.
namespace guildsum::simulations {
namespace {

constexpr milliseconds kAnswerTimeout{4'000};
constexpr milliseconds kPollFirst{100};
constexpr milliseconds kPollLongest{1'600};
constexpr milliseconds kBackoffFirst{200};
constexpr milliseconds kBackoffLongest{4'000};
/// As participant/agent.cpp.
constexpr std::uint32_t kUnsettledTriesMax = 5;
constexpr milliseconds kGiveUpMargin{120'000};

milliseconds all_deadlines(const protocol::PhaseDeadlines& d) {
  return d.check_in + d.share + d.masked_input + d.certify + d.unmask + d.vote;
}

}  // namespace

/// The few calls that an agent makes before it answers an invitation, and waits for.
class ShopNode::SettlementRemote final : public participant::Remote {
 public:
  explicit SettlementRemote(ShopNode& shop) : shop_{shop} {}
  Result<Bytes> outcome(const participant::AttemptId& attempt) override {
    if (!shop_.link_.gets_through(shop_.index_)) return BaseErrc::unreachable;
    return shop_.coordinator_.outcome(attempt);
  }
  Result<Bytes> survivors(const participant::AttemptId& attempt) override {
    if (!shop_.link_.gets_through(shop_.index_)) return BaseErrc::unreachable;
    return shop_.coordinator_.survivors(attempt);
  }
  Result<Bytes> ends(const participant::AttemptId& from) override {
    if (!shop_.link_.gets_through(shop_.index_)) return BaseErrc::unreachable;
    return shop_.coordinator_.ends(from);
  }
  Result<std::optional<protocol::CheckIn>> last_check_in() override {
    if (!shop_.link_.gets_through(shop_.index_)) return BaseErrc::unreachable;
    return shop_.coordinator_.last_check_in(shop_.index_);
  }
  Result<protocol::RosterUpdate> roster(std::uint64_t) override { return BaseErrc::unreachable; }
  Result<std::optional<protocol::RoundInvitation>> invitation(
      const std::optional<participant::AttemptId>&, milliseconds) override {
    return BaseErrc::unreachable;
  }
  Result<std::optional<participant::PhaseMessage>> phase(protocol::RoundId, std::uint32_t,
                                                         milliseconds) override {
    return BaseErrc::unreachable;
  }
  Result<> send(const participant::AttemptId&, protocol::MessageType, const Bytes&) override {
    return BaseErrc::unreachable;
  }
  Result<protocol::UploadStatus> begin_upload(const participant::AttemptId&,
                                              const Bytes&) override {
    return BaseErrc::unreachable;
  }
  Result<protocol::UploadStatus> upload_chunk(const participant::AttemptId&, std::uint32_t,
                                              const Bytes&) override {
    return BaseErrc::unreachable;
  }
  Result<Bytes> blob(const protocol::BlobId&, std::uint64_t) override {
    return BaseErrc::unreachable;
  }

 private:
  ShopNode& shop_;
};

void ShopNode::wake_after(milliseconds delay) {
  later(delay, [this, wake = ++wake_] {
    if (wake == wake_) pump();
  });
}

void ShopNode::pump() {
  if (!is_up() || gone_ || waiting_ || busy_) return;
  if (phase_ && outbox_.empty() && participant::is_over(*phase_)) finish();
  if (!outbox_.empty()) return send_front();
  poll();
}

/// One call at a time. Without an answer in time it counts as unreachable.
void ShopNode::call(Request request, void (ShopNode::*then)(const Answer&)) {
  waiting_ = true;
  const std::uint64_t number = ++call_;
  const auto take = [this, life = life_, number, then](const Answer& answer) {
    if (life != life_ || !waiting_ || number != call_) return;
    waiting_ = false;
    (this->*then)(answer);
  };
  later(kAnswerTimeout, [take] {
    Answer none;
    none.error = Error{BaseErrc::timed_out};
    take(none);
  });
  link_.request(index_, std::move(request), take);
}

bool ShopNode::spoil(Outgoing& item) {
  if (!attack_ || item.hostile || item.held || item.kind != Outgoing::Kind::message) return false;
  item.held = true;
  if (*attack_ == AttackKind::late_unmask && item.type == protocol::MessageType::unmask) {
    item.hostile = true;
    return true;
  }
  const AttackerKey key{parts_.identities.federation, parts_.identities.shops[index_]};
  auto frame = spoilt_message(*attack_, item.type, item.frame, key, random_);
  if (!frame) return false;
  item.frame = *std::move(frame);
  item.hostile = true;
  return false;
}

/// Another message under the id of one that was acknowledged.
void ShopNode::attack_again(const Outgoing& item) {
  if (!attack_ || item.hostile) return;
  const AttackerKey key{parts_.identities.federation, parts_.identities.shops[index_]};
  auto frame = second_message(*attack_, item.type, item.frame, key);
  if (!frame) return;
  Outgoing second{Outgoing::Kind::message, item.type, *std::move(frame)};
  second.hostile = true;
  second.second = true;
  outbox_.push_front(std::move(second));
}

void ShopNode::send_front() {
  if (spoil(outbox_.front())) {
    return wake_after(parts_.scenario.deadlines.unmask + kAnswerTimeout);
  }
  const Outgoing& item = outbox_.front();
  Request request;
  request.attempt = attempt_;
  if (item.kind == Outgoing::Kind::message) {
    const bool header = item.type == protocol::MessageType::masked_input_upload;
    request.kind = header ? Request::Kind::begin_upload : Request::Kind::send;
    request.type = item.type;
    request.frame = item.frame;
    return call(std::move(request), &ShopNode::on_acknowledged);
  }
  if (item.kind == Outgoing::Kind::check) {
    request.kind = Request::Kind::result;
    request.sum = item.result->sum;
    request.checkpoint = description_->descriptor.state.model_root;
    return call(std::move(request), &ShopNode::check_result);
  }
  request.kind = Request::Kind::begin_upload;
  request.frame = item.frame;
  if (item.begun && !item.missing.empty()) {
    const auto chunks = spool_->read(item.header->rd);
    const auto chunk = chunks ? chunks->read(item.missing.front()) : Result<Bytes>{chunks.error()};
    if (!chunk) {
      outbox_.pop_front();
      leave(chunk.error());
      return wake_after(kPollFirst);
    }
    request.kind = Request::Kind::upload_chunk;
    request.chunk = item.missing.front();
    request.rd = item.header->rd;
    request.frame = *chunk;
  }
  call(std::move(request), &ShopNode::on_upload_answer);
}

/// The same bytes go out until the coordinator says something final, or it has been long enough.
void ShopNode::on_refused(const Error& error) {
  if (participant::is_retryable(error) && parts_.queue.now() < give_up_) {
    backoff_ = std::clamp(backoff_ * 2, kBackoffFirst, kBackoffLongest);
    return wake_after(slowed(backoff_));
  }
  const Outgoing item = std::move(outbox_.front());
  outbox_.pop_front();
  if (item.hostile) {
    ++tally_.tried;
    tally_.refused += participant::is_retryable(error) ? 0U : 1U;
  }
  // Without its check-in this shop is no member. Of a later message the coordinator tells the rest.
  if (item.kind == Outgoing::Kind::message && item.type == protocol::MessageType::check_in &&
      !item.second && !participant::is_retryable(error)) {
    leave(error);
  }
  if (is_up()) wake_after(kPollFirst);
}

void ShopNode::on_acknowledged(const Answer& answer) {
  if (answer.error) return on_refused(*answer.error);
  backoff_ = milliseconds{0};
  const Outgoing item = std::move(outbox_.front());
  const auto type = item.type;
  outbox_.pop_front();
  if (item.hostile) {
    ++tally_.tried;
    if (must_be_refused(*attack_)) {
      parts_.checker.report("I9", "the coordinator took a message of an attacker: " +
                                      std::string{to_string(*attack_)});
    }
  }
  if (type == protocol::MessageType::vote && !item.hostile) {
    const auto vote = protocol::decode<protocol::Vote>(item.frame);
    if (vote && !write(participant::VoteTaken{vote->rd})) return;
  }
  attack_again(item);
  poll_wait_ = milliseconds{0};
  departs_after(type);
  if (is_up()) pump();
}

void ShopNode::on_upload_answer(const Answer& answer) {
  if (answer.error) {
    outbox_.front().begun = false;
    return on_refused(*answer.error);
  }
  backoff_ = milliseconds{0};
  Outgoing& item = outbox_.front();
  if (!answer.upload->complete) {
    item.begun = true;
    item.missing.assign(answer.upload->missing_chunks.begin(), answer.upload->missing_chunks.end());
    return wake_after(slowed(milliseconds{1}));
  }
  const Outgoing done = std::move(outbox_.front());
  outbox_.pop_front();
  attack_again(done);
  give(participant::UploadCompleted{});
  if (!is_up()) return;
  departs_after(protocol::MessageType::masked_input_upload);
  if (is_up()) pump();
}

void ShopNode::check_result(const Answer& answer) {
  if (answer.error && participant::is_retryable(*answer.error)) return on_refused(*answer.error);
  const protocol::RoundResult result = *outbox_.front().result;
  outbox_.pop_front();
  auto reason = protocol::VoteReason::model_not_reproduced;
  if (!answer.error &&
      reproduces(description_->descriptor, description_->training_plan, answer.checkpoint,
                 answer.sum, result.survivor_count, result.model_root)) {
    reason = protocol::VoteReason::none;
  }
  give(participant::ResultChecked{reason});
  if (is_up()) pump();
}

void ShopNode::poll() {
  Request request;
  if (phase_) {
    request.attempt = attempt_;
    request.in_round = true;
    seen_ = std::max(seen_, participant::phase_number(*phase_));
    request.after = seen_;
  } else if (journal_->state().counter > 0) {
    request.attempt = {journal_->state().last_round, journal_->state().last_attempt};
  }
  call(std::move(request), &ShopNode::on_poll);
}

void ShopNode::on_poll(const Answer& answer) {
  const auto wait_longer = [this] {
    poll_wait_ = std::clamp(poll_wait_ * 2, kPollFirst, kPollLongest);
    wake_after(slowed(poll_wait_));
  };
  if (!phase_) {
    if (!answer.error && answer.invitation) return consider(*answer.invitation);
    return wait_longer();
  }
  if (answer.error) {
    if (participant::is_retryable(*answer.error) && parts_.queue.now() < give_up_) {
      return wait_longer();
    }
    leave(*answer.error);
  } else if (answer.message) {
    poll_wait_ = milliseconds{0};
    receive(*answer.message);
  } else if (answer.invitation) {
    leave(Error{protocol::ProtocolErrc::round_over, "the coordinator has opened a newer attempt"});
  } else if (parts_.queue.now() >= give_up_) {
    leave(Error{BaseErrc::timed_out, "waiting for the round"});
  } else {
    return wait_longer();
  }
  if (is_up()) wake_after(slowed(milliseconds{1}));
}

void ShopNode::receive(const participant::PhaseMessage& message) {
  seen_ = message.number;
  const auto read = [&]() -> Result<participant::Event> {
    switch (message.number) {
      case 1: {
        GS_TRY(auto description, protocol::decode<protocol::RoundDescription>(message.frame));
        if (!description_) {
          GS_CHECK(spool_->keep_description(description));
          description_ = description;
          give_up_ =
              parts_.queue.now() + all_deadlines(description.descriptor.deadlines) + kGiveUpMargin;
        }
        return participant::Event{std::move(description)};
      }
      case 2: {
        GS_TRY(auto delivery, protocol::decode<protocol::ShareDelivery>(message.frame));
        return participant::Event{std::move(delivery)};
      }
      case 3: {
        GS_TRY(auto proposal, protocol::decode<protocol::SurvivorProposal>(message.frame));
        return participant::Event{std::move(proposal)};
      }
      case 4: {
        GS_TRY(auto certificate, protocol::decode<protocol::SurvivorCertificate>(message.frame));
        return participant::Event{std::move(certificate)};
      }
      case 5: {
        GS_TRY(auto result, protocol::decode<protocol::RoundResult>(message.frame));
        return participant::Event{std::move(result)};
      }
      default: {
        GS_TRY(auto aborted, protocol::decode<protocol::RoundAborted>(message.frame));
        return participant::Event{std::move(aborted)};
      }
    }
  };
  auto event = read();
  if (event) return give(*std::move(event));
  ++refusals_;
}

/// Follows the chain of transcripts; false when the coordinator was not there for it.
bool ShopNode::follow(const participant::AttemptId& until) {
  past_.reset();
  const auto& last = journal_->state().last_bound;
  if (!last) return true;
  SettlementRemote remote{*this};
  const Identities& all = parts_.identities;
  const participant::PastKeys keys{all.federation, all.ids[index_], all.coordinator.verify_key()};
  past_ = participant::follow_past(*last, until, keys, remote).transcript;
  if (past_->has_value()) return true;
  if (participant::is_retryable(past_->error())) return false;
  parts_.checker.report("I5", "a shop cannot follow what it saw: " + past_->error().message());
  return true;
}

/// As participant/agent.cpp does before it answers an invitation.
void ShopNode::consider(const protocol::RoundInvitation& invitation) {
  SettlementRemote remote{*this};
  const auto last = remote.last_check_in();
  if (!last && participant::is_retryable(last.error())) return wake_after(kBackoffFirst);
  if (last && *last && (*last)->counter > journal_->state().counter) {
    ++refusals_;  // restored_backup: an old copy of the journal is running
    return wake_after(kBackoffLongest);
  }
  const auto id = parts_.identities.ids[index_];
  std::vector<protocol::RoundDigest> before;
  for (const auto& open : journal_->state().history.unsettled()) before.push_back(open.rd);
  const auto settled = participant::settle_contributions(*journal_, id, *spool_, remote, log_);
  if (!settled) {
    return parts_.checker.report("I2", "settlement failed: " + settled.error().message());
  }
  const auto& open = journal_->state().history.unsettled();
  for (const auto& rd : before) {
    const bool stays = std::ranges::any_of(open, [&](const auto& one) { return one.rd == rd; });
    // Freed by either certificate: the sum must never hold this shop's input.
    if (!stays) parts_.checker.on_freed(index_, rd);
  }
  const bool followed = follow({invitation.round, invitation.attempt});
  if (!(*settled && followed) && ++unsettled_tries_ < kUnsettledTriesMax) {
    return wake_after(kBackoffFirst);
  }
  unsettled_tries_ = 0;
  begin(invitation);
  if (is_up()) pump();
}

}  // namespace guildsum::simulations
