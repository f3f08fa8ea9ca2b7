#include "coordinator/round/round_machine.hpp"

#include <algorithm>
#include <type_traits>

#include "coordinator/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/intake.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::ParticipantId;
using protocol::ProtocolErrc;

template <class T>
concept OverPhase = std::is_same_v<T, Completed> || std::is_same_v<T, Aborted>;

// What the round already holds of a sender, whatever phase it is in: a repeated message is answered
// as the first time, another one under the same name is a conflict.

template <class Message>
const Message* find_from(const std::vector<Message>& messages, const ParticipantId& sender) {
  const auto found = std::ranges::find(messages, sender, &Message::sender);
  return found == messages.end() ? nullptr : &*found;
}

const protocol::CheckIn* held(const Phase& phase, const protocol::CheckIn& message) {
  const DescribedRound* round = detail::described(phase);
  return round == nullptr ? nullptr : find_from(round->description.check_ins, message.sender);
}
const protocol::ShareKeys* held(const Phase& phase, const protocol::ShareKeys& message) {
  const SharedRound* round = detail::shared(phase);
  return round == nullptr ? nullptr : find_from(round->share_keys, message.sender);
}
const protocol::SurvivorSignature* held(const Phase& phase,
                                        const protocol::SurvivorSignature& message) {
  const CertifiedRound* round = detail::certified(phase);
  return round == nullptr ? nullptr : find_from(round->certificate.signatures, message.sender);
}
const protocol::Vote* held(const Phase& phase, const protocol::Vote& message) {
  const auto* done = std::get_if<Completed>(&phase);
  return done == nullptr ? nullptr : find_from(done->votes, message.sender);
}

template <class Message>
Step late(Phase phase, const Message& message) {
  if (const Message* known = held(phase, message)) {
    if (protocol::encode(*known) == protocol::encode(message))
      return detail::repeat(std::move(phase));
    return detail::refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  const bool over = is_over(phase);
  return detail::refuse(std::move(phase),
                        over ? ProtocolErrc::round_over : ProtocolErrc::wrong_phase);
}

Step late(Phase phase, const protocol::Complaint& message) {
  if (const SharedRound* round = detail::shared(phase)) {
    for (const protocol::Complaint& known : round->complaints) {
      if (protocol::encode(known) == protocol::encode(message))
        return detail::repeat(std::move(phase));
    }
  }
  return detail::refuse(std::move(phase), ProtocolErrc::wrong_phase);
}

Step late(Phase phase, const InputBegun& event) {
  if (const ProposedRound* round = detail::proposed(phase)) {
    const protocol::MaskedInput* known = find_from(round->headers, event.upload.header.sender);
    if (known != nullptr && protocol::encode(*known) == protocol::encode(event.upload.header)) {
      return detail::repeat(std::move(phase));
    }
  }
  return detail::refuse(std::move(phase), ProtocolErrc::wrong_phase);
}

Step late(Phase phase, const InputCompleted& event) {
  if (const ProposedRound* round = detail::proposed(phase)) {
    if (find_from(round->headers, event.sender) != nullptr) return detail::repeat(std::move(phase));
  }
  return detail::refuse(std::move(phase), ProtocolErrc::wrong_phase);
}

/// The round has its t answers; the shares of a late one add nothing, and its bytes are not kept.
Step late(Phase phase, const protocol::Unmask& message) {
  const OpenedRound* round = detail::opened(phase);
  if (round == nullptr) return detail::refuse(std::move(phase), ProtocolErrc::wrong_phase);
  const auto known =
      std::ranges::find(round->answers, message.sender, &protocol::MemberDigest::member);
  if (known == round->answers.end())
    return detail::refuse(std::move(phase), ProtocolErrc::round_over);
  if (known->message == protocol::message_digest(message)) return detail::repeat(std::move(phase));
  return detail::refuse(std::move(phase), ProtocolErrc::conflicting_message);
}

Step late(Phase phase, const SumOpened&) {
  return detail::refuse(std::move(phase), ProtocolErrc::wrong_phase);
}
Step late(Phase phase, const OpeningFailed&) {
  return detail::refuse(std::move(phase), ProtocolErrc::wrong_phase);
}

/// A deadline of a phase that is over already.
Step late(Phase phase, const DeadlinePassed&) { return detail::repeat(std::move(phase)); }

/// After an abandon the phase may have nobody left to wait for.
Step settle_after_abandon(Phase phase, const RoundContext& context) {
  if (auto* sharing = std::get_if<CollectingShares>(&phase)) {
    if (detail::sharing_is_complete(*sharing))
      return detail::close_sharing(std::move(*sharing), context);
  }
  if (auto* inputs = std::get_if<CollectingMaskedInputs>(&phase)) {
    if (detail::inputs_are_complete(*inputs)) return detail::propose(std::move(*inputs), context);
  }
  return detail::stay(std::move(phase));
}

Abandons* mutable_abandons(Phase& phase) { return const_cast<Abandons*>(detail::abandons(phase)); }

/// q of them end the attempt, also one with a survivor certificate (docs/protocol.md,
/// "Abandoning").
Step on_abandon(Phase phase, protocol::Abandon message, const RoundContext& context) {
  Abandons* abandons = mutable_abandons(phase);
  if (abandons == nullptr) {
    const bool over = detail::opened(phase) != nullptr || is_over(phase);
    return detail::refuse(std::move(phase),
                          over ? ProtocolErrc::round_over : ProtocolErrc::wrong_phase);
  }
  if (abandons->contains(message.sender)) return detail::repeat(std::move(phase));
  const protocol::RoundView& view = detail::described(phase)->view;
  if (auto error = detail::failure(protocol::check_abandon(message, view))) {
    return detail::refuse(std::move(phase), *std::move(error));
  }
  if (detail::answered(phase).contains(message.sender)) {
    return detail::refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  abandons->emplace(message.sender, message);
  if (abandons->size() < view.descriptor.q) return settle_after_abandon(std::move(phase), context);
  const DescribedRound* round = detail::described(phase);
  if (auto* ending = std::get_if<CollectingAbandons>(&phase)) {
    return detail::abort(ending->message.reason, round, std::move(ending->message.missing),
                         *abandons, context);
  }
  return detail::abort(protocol::AbortReason::abandoned, round, {}, *abandons, context);
}

/// Possible until the sum is open; afterwards the round ends with its result.
Step on_abort(Phase phase, const AbortRequested& event, const RoundContext& context) {
  if (is_over(phase) || detail::opened(phase) != nullptr) {
    return detail::refuse(std::move(phase), ProtocolErrc::round_over);
  }
  if (std::holds_alternative<CollectingAbandons>(phase)) return detail::repeat(std::move(phase));
  const DescribedRound* round = detail::described(phase);
  if (detail::shared(phase) == nullptr) {
    return detail::abort(event.reason, round, {}, {}, context);
  }
  std::optional<protocol::UnopenedRound> unopened;
  if (const auto* unmasking = std::get_if<Unmasking>(&phase)) {
    unopened = detail::unopened_round(unmasking->round, {});
  }
  return detail::end_without_sum({event.reason, {}, detail::answered(phase), std::move(unopened)},
                                 *round, *detail::abandons(phase), context);
}

template <class E>
Step dispatch(Phase phase, E event, const RoundContext& context) {
  if constexpr (std::is_same_v<E, protocol::Abandon>) {
    return on_abandon(std::move(phase), std::move(event), context);
  } else if constexpr (std::is_same_v<E, AbortRequested>) {
    return on_abort(std::move(phase), event, context);
  } else {
    if constexpr (std::is_same_v<E, DeadlinePassed>) {
      if (event.phase != phase.index()) return late(std::move(phase), event);
    }
    return std::visit(
        [&]<class P>(P& current) -> Step {
          if constexpr (requires { detail::on(std::move(current), std::move(event), context); }) {
            return detail::on(std::move(current), std::move(event), context);
          } else {
            return late(std::move(phase), event);
          }
        },
        phase);
  }
}

}  // namespace

Step begin(const RoundContext& context) { return detail::enter(CollectingCheckIns{}, context); }

Step advance(Phase phase, Event event, const RoundContext& context) {
  return std::visit(
      [&](auto& current) { return dispatch(std::move(phase), std::move(current), context); },
      event);
}

std::vector<Effect> pending_effects(const Phase& phase, const RoundContext& context) {
  std::vector<Effect> effects;
  if (const auto after = detail::deadline_of(phase, context.plan); after.count() > 0) {
    effects.emplace_back(ArmDeadline{static_cast<std::uint32_t>(phase.index()), after});
  }
  if (const auto* opening = std::get_if<Opening>(&phase)) {
    effects.emplace_back(detail::opening_job(opening->round));
  }
  return effects;
}

bool is_over(const Phase& phase) noexcept {
  return std::visit([]<class P>(const P&) { return OverPhase<P>; }, phase);
}

std::string_view phase_name(const Phase& phase) noexcept {
  struct Names {
    std::string_view operator()(const CollectingCheckIns&) const { return "collecting-check-ins"; }
    std::string_view operator()(const CollectingShares&) const { return "collecting-shares"; }
    std::string_view operator()(const CollectingMaskedInputs&) const {
      return "collecting-masked-inputs";
    }
    std::string_view operator()(const Certifying&) const { return "certifying"; }
    std::string_view operator()(const Unmasking&) const { return "unmasking"; }
    std::string_view operator()(const Opening&) const { return "opening"; }
    std::string_view operator()(const CollectingVotes&) const { return "collecting-votes"; }
    std::string_view operator()(const CollectingAbandons&) const { return "collecting-abandons"; }
    std::string_view operator()(const Completed&) const { return "completed"; }
    std::string_view operator()(const Aborted&) const { return "aborted"; }
  };
  return std::visit(Names{}, phase);
}

}  // namespace guildsum::coordinator
