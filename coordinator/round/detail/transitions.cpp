#include "coordinator/round/detail/transitions.hpp"

#include <algorithm>
#include <type_traits>

#include "protocol/signing.hpp"

namespace guildsum::coordinator::detail {

using protocol::ParticipantId;

std::chrono::milliseconds deadline_of(const Phase& phase, const RoundPlan& plan) {
  const protocol::PhaseDeadlines& deadlines = plan.descriptor.deadlines;
  struct Visitor {
    const protocol::PhaseDeadlines& of;
    std::chrono::milliseconds operator()(const CollectingCheckIns&) const { return of.check_in; }
    std::chrono::milliseconds operator()(const CollectingShares&) const { return of.share; }
    std::chrono::milliseconds operator()(const CollectingMaskedInputs&) const {
      return of.masked_input;
    }
    std::chrono::milliseconds operator()(const Certifying&) const { return of.certify; }
    std::chrono::milliseconds operator()(const Unmasking&) const { return of.unmask; }
    std::chrono::milliseconds operator()(const Opening&) const { return {}; }
    std::chrono::milliseconds operator()(const CollectingVotes&) const { return of.vote; }
    std::chrono::milliseconds operator()(const CollectingAbandons&) const { return of.certify; }
    std::chrono::milliseconds operator()(const Completed&) const { return {}; }
    std::chrono::milliseconds operator()(const Aborted&) const { return {}; }
  };
  return std::visit(Visitor{deadlines}, phase);
}

Step enter(Phase next, const RoundContext& context, std::vector<Effect> more) {
  std::vector<Effect> effects;
  effects.emplace_back(PublishPhase{});
  if (const auto after = deadline_of(next, context.plan); after.count() > 0) {
    effects.emplace_back(ArmDeadline{static_cast<std::uint32_t>(next.index()), after});
  }
  std::ranges::move(more, std::back_inserter(effects));
  return {std::move(next), std::move(effects), std::nullopt, false};
}

namespace {

protocol::RoundAborted aborted_message(protocol::AbortReason reason,
                                       const protocol::RoundDigest& rd,
                                       std::vector<ParticipantId> missing,
                                       const Abandons& certificate, const RoundContext& context) {
  protocol::RoundAborted message;
  message.round = context.plan.descriptor.round;
  message.attempt = context.plan.descriptor.attempt;
  message.rd = rd;
  message.reason = reason;
  message.missing = std::move(missing);
  for (const auto& [member, abandon] : certificate) message.certificate.push_back(abandon);
  protocol::sign(message, context.plan.descriptor.federation, context.signer);
  return message;
}

}  // namespace

Step abort(protocol::AbortReason reason, const DescribedRound* round,
           std::vector<ParticipantId> missing, const Abandons& certificate,
           const RoundContext& context, std::optional<protocol::UnopenedRound> unopened) {
  const protocol::RoundDigest rd = round == nullptr ? protocol::RoundDigest{} : round->view.rd;
  Aborted aborted{aborted_message(reason, rd, std::move(missing), certificate, context)};
  if (round != nullptr) aborted.description = round->description;
  aborted.unopened = std::move(unopened);
  return enter(std::move(aborted), context);
}

protocol::UnopenedRound unopened_round(const CertifiedRound& round,
                                       std::vector<protocol::DealerFault> faults) {
  const SharedRound& shared = round.proposed.shared;
  protocol::UnopenedRound unopened;
  unopened.rd = shared.described.view.rd;
  unopened.proposal = {unopened.rd, shared.sharers, round.proposed.headers};
  unopened.certificate = round.certificate;
  unopened.faults = std::move(faults);
  return unopened;
}

Step end_without_sum(Ending ending, DescribedRound round, Abandons abandons,
                     const RoundContext& context) {
  const protocol::RoundDescriptor& descriptor = round.view.descriptor;
  const protocol::RoundDigest rd = round.view.rd;
  if (abandons.size() >= descriptor.q) {
    return abort(ending.reason, &round, std::move(ending.missing), abandons, context);
  }
  if (descriptor.n - ending.answered.size() < descriptor.q) {
    return abort(ending.reason, &round, std::move(ending.missing), {}, context,
                 std::move(ending.unopened));
  }
  protocol::RoundAborted message =
      aborted_message(ending.reason, rd, std::move(ending.missing), {}, context);
  return enter(CollectingAbandons{std::move(round), std::move(message), std::move(ending.answered),
                                  std::move(abandons), std::move(ending.unopened)},
               context);
}

Step on(CollectingAbandons phase, DeadlinePassed, const RoundContext& context) {
  return enter(Aborted{std::move(phase.message), std::move(phase.round.description),
                       std::move(phase.unopened)},
               context);
}

std::set<ParticipantId> answered(const Phase& phase) {
  if (const auto* ending = std::get_if<CollectingAbandons>(&phase)) return ending->answered;
  std::set<ParticipantId> members;
  if (const auto* unmasking = std::get_if<Unmasking>(&phase)) {
    for (const auto& [member, answer] : unmasking->answers) members.insert(member);
  }
  return members;
}

namespace {

// Each level of detail holds the one before.
const DescribedRound* described_in(const DescribedRound& round) { return &round; }
const DescribedRound* described_in(const SharedRound& round) { return &round.described; }
const DescribedRound* described_in(const ProposedRound& round) { return &round.shared.described; }
const DescribedRound* described_in(const CertifiedRound& round) {
  return described_in(round.proposed);
}
const DescribedRound* described_in(const OpenedRound& round) {
  return described_in(round.certified);
}
const SharedRound* shared_in(const DescribedRound&) { return nullptr; }
const SharedRound* shared_in(const SharedRound& round) { return &round; }
const SharedRound* shared_in(const ProposedRound& round) { return &round.shared; }
const SharedRound* shared_in(const CertifiedRound& round) { return &round.proposed.shared; }
const SharedRound* shared_in(const OpenedRound& round) { return shared_in(round.certified); }
const ProposedRound* proposed_in(const DescribedRound&) { return nullptr; }
const ProposedRound* proposed_in(const SharedRound&) { return nullptr; }
const ProposedRound* proposed_in(const ProposedRound& round) { return &round; }
const ProposedRound* proposed_in(const CertifiedRound& round) { return &round.proposed; }
const ProposedRound* proposed_in(const OpenedRound& round) { return &round.certified.proposed; }
const CertifiedRound* certified_in(const CertifiedRound& round) { return &round; }
const CertifiedRound* certified_in(const OpenedRound& round) { return &round.certified; }
template <class Round>
const CertifiedRound* certified_in(const Round&) {
  return nullptr;
}
const OpenedRound* opened_in(const OpenedRound& round) { return &round; }
template <class Round>
const OpenedRound* opened_in(const Round&) {
  return nullptr;
}

/// Applies `view` to the phase's `round` member, or gives null where it has none.
template <class View>
auto visit_round(const Phase& phase, View view) {
  return std::visit(
      [&](const auto& current) -> decltype(view(std::declval<const OpenedRound&>())) {
        if constexpr (requires { current.round; }) {
          return view(current.round);
        } else {
          return nullptr;
        }
      },
      phase);
}

}  // namespace

const DescribedRound* described(const Phase& phase) {
  return visit_round(phase, [](const auto& round) { return described_in(round); });
}
const SharedRound* shared(const Phase& phase) {
  return visit_round(phase, [](const auto& round) { return shared_in(round); });
}
const ProposedRound* proposed(const Phase& phase) {
  return visit_round(phase, [](const auto& round) { return proposed_in(round); });
}
const CertifiedRound* certified(const Phase& phase) {
  return visit_round(phase, [](const auto& round) { return certified_in(round); });
}
const OpenedRound* opened(const Phase& phase) {
  return visit_round(phase, [](const auto& round) { return opened_in(round); });
}
const Abandons* abandons(const Phase& phase) {
  return std::visit(
      [](const auto& current) -> const Abandons* {
        if constexpr (requires { current.abandons; }) {
          return &current.abandons;
        } else {
          return nullptr;
        }
      },
      phase);
}

bool is_sharer(const SharedRound& round, const ParticipantId& member) {
  const auto found =
      std::ranges::lower_bound(round.sharers, member, {}, &protocol::MemberDigest::member);
  return found != round.sharers.end() && found->member == member;
}

}  // namespace guildsum::coordinator::detail
