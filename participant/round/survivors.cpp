// Phases 2 to 3b: upload, sign one U2, answer one certificate.
#include <algorithm>

#include "participant/round/detail/transitions.hpp"
#include "participant/round/evaluation_rules.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant::detail {
namespace {

using protocol::ProtocolErrc;
using protocol::ShareKind;

/// The one 3a signature for this rd. Ed25519 is deterministic: equal values give equal bytes.
Bytes survivor_signature(const AcceptedRound& round,
                         const std::vector<protocol::MemberDigest>& sharers,
                         const protocol::Survivors& survivors, const RoundContext& context) {
  protocol::SurvivorSignature message;
  message.sender = context.self;
  message.rd = round.view.rd;
  message.sharers = protocol::sharers_digest(sharers);
  message.survivors = survivors.digest;
  message.survivor_count = survivors.count();
  protocol::sign(message, context.federation, context.identity);
  return protocol::encode(message);
}

/// This shop's input did not make it: it signs nothing, but its shares may still be needed.
template <class P>
Step follow(P phase, const protocol::SurvivorProposal& message, const RoundContext& context) {
  auto survivors = protocol::read_survivors(message, phase.round.view, phase.sharers);
  if (survivors.has_error()) return leave(std::move(phase.round), survivors.error(), context);
  return {AwaitingCertificate{std::move(phase.round), std::move(phase.sharers),
                              std::move(*survivors), std::move(phase.held)},
          {}};
}

/// Two sums of one step must be over the same shops: only then do they tell nothing that one did
/// not (docs/protocol.md, "Repair").
bool covers_exactly(const Repair& repair, const protocol::Survivors& survivors) {
  return std::ranges::equal(survivors.members, repair.survivors, {},
                            &protocol::MemberDigest::member);
}

template <class P>
Step certify(P phase, const protocol::SurvivorProposal& message, const RoundContext& context) {
  const bool included = std::ranges::any_of(
      message.headers,
      [&](const protocol::MaskedInput& header) { return header.sender == context.self; });
  if (!included) return follow(std::move(phase), message, context);
  auto survivors = protocol::check_survivor_proposal(
      message, phase.round.view, phase.sharers, phase.header, description_policy(context.policy));
  if (survivors.has_error()) return leave(std::move(phase.round), survivors.error(), context);
  if (const auto& repair = phase.round.repair; repair && !covers_exactly(*repair, *survivors)) {
    return leave(std::move(phase.round),
                 Error{ProtocolErrc::repair_mismatch, "U2 is not the certified one"}, context);
  }
  if (const auto kept = check_shops_kept(phase.round, *survivors); kept.has_error()) {
    return leave(std::move(phase.round), kept.error(), context);
  }
  Bytes signature = survivor_signature(phase.round, phase.sharers, *survivors, context);
  if (!phase.signed_survivors.empty() && phase.signed_survivors != signature) {
    return leave(std::move(phase.round),
                 Error{ProtocolErrc::journal_conflict, "another U2 was signed before the restart"},
                 context);
  }
  std::vector<Effect> effects;
  if (phase.signed_survivors.empty()) {
    effects.emplace_back(WriteJournal{SignedSurvivors{phase.round.view.rd, signature}});
  }
  effects.emplace_back(Send{protocol::MessageType::survivor_signature, std::move(signature)});
  return {AwaitingCertificate{std::move(phase.round), std::move(phase.sharers),
                              std::move(*survivors), std::move(phase.held)},
          std::move(effects)};
}

/// Of each member of U1 exactly one kind: b of a survivor, else e. Never both (docs/protocol.md,
/// "No both-secrets").
protocol::RevealedShare reveal(const protocol::DealtShares& held, protocol::CohortPosition dealer,
                               bool survived) {
  const ShareKind kind = survived ? ShareKind::self_seed : ShareKind::mask_key;
  protocol::RevealedShare revealed{dealer, kind, survived ? held.self_seed : held.mask_key, {}};
  std::ranges::copy((survived ? held.self_seed_salt : held.mask_key_salt).expose(),
                    revealed.salt.begin());
  return revealed;
}

protocol::Unmask unmask_answer(const AwaitingCertificate& phase, const RoundContext& context) {
  protocol::Unmask message;
  message.sender = context.self;
  message.rd = phase.round.view.rd;
  message.sharers = protocol::sharers_digest(phase.sharers);
  message.survivors = phase.survivors.digest;
  for (std::size_t i = 0; i < phase.sharers.size(); ++i) {
    const protocol::ParticipantId& dealer = phase.sharers[i].member;
    message.shares.push_back(reveal(phase.held[i], *phase.round.view.cohort.position_of(dealer),
                                    phase.survivors.contains(dealer)));
  }
  protocol::sign(message, context.federation, context.identity);
  return message;
}

}  // namespace

Step on(Masking phase, MaskedInputSpooled event, const RoundContext& context) {
  protocol::MaskedInput header;
  header.sender = context.self;
  header.rd = phase.round.view.rd;
  header.sharers = protocol::sharers_digest(phase.sharers);
  header.chunk_root = event.chunk_root;
  header.chunk_count = event.chunk_count;
  protocol::sign(header, context.federation, context.identity);
  phase.round.input_sent = true;
  std::vector<Effect> effects;
  effects.emplace_back(WriteJournal{SpooledInput{header.rd, protocol::encode(header)}});
  effects.emplace_back(UploadInput{header});
  return {Uploading{std::move(phase.round),
                    std::move(phase.sharers),
                    std::move(phase.held),
                    std::move(header),
                    {}},
          std::move(effects)};
}

Step on(Masking phase, MaskingFailed event, const RoundContext& context) {
  return leave(std::move(phase.round), std::move(event.reason), context);
}

Step on(Masking phase, protocol::SurvivorProposal message, const RoundContext& context) {
  return follow(std::move(phase), message, context);
}

Step on(Uploading phase, UploadCompleted, const RoundContext&) {
  return {AwaitingProposal{std::move(phase.round), std::move(phase.sharers), std::move(phase.held),
                           std::move(phase.header), std::move(phase.signed_survivors)},
          {}};
}

Step on(Uploading phase, protocol::SurvivorProposal message, const RoundContext& context) {
  return certify(std::move(phase), message, context);
}

Step on(AwaitingProposal phase, protocol::SurvivorProposal message, const RoundContext& context) {
  return certify(std::move(phase), message, context);
}

Step on(AwaitingCertificate phase, protocol::SurvivorCertificate message,
        const RoundContext& context) {
  const auto checked = protocol::check_certificate(
      message, phase.round.view, protocol::sharers_digest(phase.sharers), phase.survivors);
  if (checked.has_error()) return leave(std::move(phase.round), checked.error(), context);
  std::vector<Effect> effects;
  if (!phase.held.empty()) {
    const protocol::Unmask message_3b = unmask_answer(phase, context);
    effects.emplace_back(
        WriteJournal{AnsweredUnmask{phase.round.view.rd, protocol::message_digest(message_3b)}});
    effects.emplace_back(Send{protocol::MessageType::unmask, protocol::encode(message_3b)});
    phase.round.answered = true;
  }
  return {
      AwaitingResult{std::move(phase.round), std::move(phase.sharers), std::move(phase.survivors)},
      std::move(effects)};
}

}  // namespace guildsum::participant::detail
