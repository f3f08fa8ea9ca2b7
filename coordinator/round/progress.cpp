// What the operator sees of a round: how far each shop is, never what it sent.
#include <algorithm>

#include "coordinator/round/detail/transitions.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::ParticipantId;

void mark_history(const Phase& phase, RoundProgress& view) {
  if (const DescribedRound* round = detail::described(phase)) {
    for (const ParticipantId& member : round->view.cohort.members())
      view.shops[member] = ShopProgress::checked_in;
  }
  if (const SharedRound* round = detail::shared(phase)) {
    for (const auto& sharer : round->sharers) view.shops[sharer.member] = ShopProgress::shared;
  }
  if (const ProposedRound* round = detail::proposed(phase)) {
    for (const auto& header : round->headers) view.shops[header.sender] = ShopProgress::uploaded;
  }
  if (const CertifiedRound* round = detail::certified(phase)) {
    for (const auto& signature : round->certificate.signatures) {
      view.shops[signature.sender] = ShopProgress::certified;
    }
  }
  if (const OpenedRound* round = detail::opened(phase)) {
    for (const auto& answer : round->answers) view.shops[answer.member] = ShopProgress::unmasked;
    for (const auto& secret : round->secrets) {
      const auto& view_of = round->certified.proposed.shared.described.view;
      if (secret.kind == protocol::ShareKind::mask_key)
        view.recovered.push_back(view_of.cohort.at(secret.member));
    }
  }
  if (const Abandons* abandons = detail::abandons(phase)) {
    for (const auto& [member, message] : *abandons) view.shops[member] = ShopProgress::abandoned;
  }
}

struct Current {
  RoundProgress& view;
  const RoundContext& context;

  void mark(const ParticipantId& member, ShopProgress progress) const {
    view.shops[member] = progress;
  }
  void wait(const ParticipantId& member) const { view.waiting_for.push_back(member); }

  void operator()(const CollectingCheckIns& phase) const {
    for (const auto& [member, name] : context.roster.members()) {
      if (!context.plan.invites(member)) continue;
      const bool here = phase.check_ins.contains(member);
      mark(member, here ? ShopProgress::checked_in : ShopProgress::invited);
      if (!here) wait(member);
    }
  }
  void operator()(const CollectingShares& phase) const {
    for (const ParticipantId& member : phase.round.view.cohort.members()) {
      if (phase.received.contains(member)) {
        mark(member, ShopProgress::shared);
      } else if (!phase.abandons.contains(member)) {
        wait(member);
      }
    }
  }
  void operator()(const CollectingMaskedInputs& phase) const {
    for (const auto& sharer : phase.round.sharers) {
      if (phase.complete.contains(sharer.member)) {
        mark(sharer.member, ShopProgress::uploaded);
        continue;
      }
      if (phase.begun.contains(sharer.member)) mark(sharer.member, ShopProgress::uploading);
      if (!phase.abandons.contains(sharer.member)) wait(sharer.member);
    }
  }
  void operator()(const Certifying& phase) const {
    for (const auto& header : phase.round.headers) {
      if (phase.signatures.contains(header.sender)) {
        mark(header.sender, ShopProgress::certified);
      } else if (!phase.abandons.contains(header.sender)) {
        wait(header.sender);
      }
    }
  }
  void operator()(const Unmasking& phase) const {
    for (const auto& sharer : phase.round.proposed.shared.sharers) {
      if (phase.answers.contains(sharer.member)) {
        mark(sharer.member, ShopProgress::unmasked);
      } else if (!phase.abandons.contains(sharer.member)) {
        wait(sharer.member);
      }
    }
  }
  void operator()(const Opening&) const {}
  void operator()(const CollectingVotes& phase) const {
    for (const auto& header : phase.round.certified.proposed.headers) {
      if (phase.votes.contains(header.sender)) {
        mark(header.sender, ShopProgress::voted);
      } else {
        wait(header.sender);
      }
    }
  }
  void operator()(const CollectingAbandons& phase) const {
    for (const ParticipantId& member : phase.round.view.cohort.members()) {
      if (!phase.abandons.contains(member) && !phase.answered.contains(member)) wait(member);
    }
  }
  void operator()(const Completed& phase) const {
    for (const auto& vote : phase.votes) mark(vote.sender, ShopProgress::voted);
  }
  void operator()(const Aborted& phase) const { view.waiting_for = phase.message.missing; }
};

}  // namespace

RoundProgress progress(const Phase& phase, const RoundContext& context) {
  RoundProgress view;
  view.phase = phase_name(phase);
  mark_history(phase, view);
  std::visit(Current{view, context}, phase);
  return view;
}

}  // namespace guildsum::coordinator
