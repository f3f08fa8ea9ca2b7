// Phase 4: check what was opened, vote, close.
#include "models/sum_task.hpp"
#include "participant/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant::detail {
namespace {

using protocol::ProtocolErrc;

Step vote(const CheckingResult& phase, protocol::VoteReason reason, const RoundContext& context) {
  protocol::Vote message;
  message.sender = context.self;
  message.rd = phase.round.view.rd;
  message.result = protocol::message_digest(phase.result);
  message.accept = reason == protocol::VoteReason::none;
  message.reason = reason;
  protocol::sign(message, context.federation, context.identity);
  const bool counted = phase.survivors.contains(context.self);
  const protocol::RoundDescriptor& round = phase.round.view.descriptor;
  std::vector<Effect> effects;
  effects.emplace_back(WriteJournal{RoundClosed{round.round, round.attempt, phase.round.view.rd,
                                                true, counted, phase.result.transcript}});
  effects.emplace_back(Send{protocol::MessageType::vote, protocol::encode(message)});
  return {Finished{message.accept, counted}, std::move(effects)};
}

}  // namespace

Step on(AwaitingResult phase, protocol::RoundResult message, const RoundContext& context) {
  const auto checked = protocol::check_round_result(message, phase.round.view, context.coordinator,
                                                    phase.sharers, phase.survivors);
  CheckingResult next{std::move(phase.round), std::move(phase.survivors), std::move(message)};
  if (checked.has_error()) {
    Step step = vote(next, protocol::VoteReason::chain_broken, context);
    step.effects.emplace_back(Refused{checked.error()});
    return step;
  }
  std::vector<Effect> effects;
  effects.emplace_back(CheckResult{next.result});
  return {std::move(next), std::move(effects)};
}

Step on(CheckingResult phase, ResultChecked event, const RoundContext& context) {
  return vote(phase, event.reason, context);
}

/// The others certified and opened the round that this shop left. Its input may be among theirs,
/// and it counts. What deltas build on is settled by a survivor certificate, not by this word.
Step on(AwaitingAbandonCertificate phase, protocol::RoundResult message,
        const RoundContext& context) {
  const auto verified = protocol::verify(message, context.federation, context.coordinator);
  if (verified.has_error() || message.rd != phase.round.view.rd) {
    return refuse(std::move(phase),
                  verified.has_error() ? verified.error() : Error{ProtocolErrc::wrong_round});
  }
  const Leaving attempt = leaving(phase.round);
  std::vector<Effect> effects;
  const bool settled = !models::is_cumulative(phase.round.view.descriptor.state.step_kind);
  effects.emplace_back(
      WriteJournal{RoundClosed{attempt.round, attempt.attempt, attempt.rd, settled, true,
                               settled ? message.transcript : protocol::Digest{}}});
  return {Finished{false, true}, std::move(effects)};
}

}  // namespace guildsum::participant::detail
