// Phase 3b: t answers open one secret of every member of U1.
#include <algorithm>

#include "base/assert.hpp"
#include "coordinator/round/detail/transitions.hpp"
#include "crypto/shamir.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/key_schedule.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator::detail {
namespace {

using protocol::ParticipantId;
using protocol::ProtocolErrc;
using protocol::RevealedSecret;
using protocol::ShareKind;
using protocol::Unmask;

using OpenedSecret = Secret<struct OpenedSecretTag, 32>;

std::vector<std::vector<protocol::ShareCommitments>> commitments_of(const SharedRound& round) {
  std::vector<std::vector<protocol::ShareCommitments>> commitments;
  for (const protocol::ShareKeys& message : round.share_keys)
    commitments.push_back(message.commitments);
  return commitments;
}

crypto::Recovery recovery_for(const Unmasking& phase) {
  const protocol::RoundView& view = phase.round.proposed.shared.described.view;
  std::vector<crypto::ShareIndex> holders;
  for (const auto& [member, answer] : phase.answers) {
    holders.push_back(crypto::ShareIndex::of_position(view.cohort.position_of(member)->value()));
  }
  auto recovery = crypto::Recovery::create(holders);
  GS_ASSERT(recovery.has_value());  // map keys are distinct
  return std::move(*recovery);
}

/// The shares of one dealer as the answers opened them.
std::vector<protocol::OpenedShare> opened_shares(const Unmasking& phase, std::size_t sharer) {
  const protocol::RoundView& view = phase.round.proposed.shared.described.view;
  std::vector<protocol::OpenedShare> shares;
  for (const auto& [member, answer] : phase.answers) {
    const protocol::RevealedShare& revealed = answer.shares[sharer];
    shares.push_back({*view.cohort.position_of(member), revealed.share, revealed.salt});
  }
  return shares;
}

/// The dealer's commitments and the shares that open them.
protocol::DealerFault fault_of(const Unmasking& phase, std::size_t sharer, ShareKind kind) {
  const SharedRound& shared = phase.round.proposed.shared;
  const protocol::ShareKeys& message = shared.share_keys[sharer];
  protocol::DealerFault fault;
  fault.dealt.dealer = *shared.described.view.cohort.position_of(message.sender);
  fault.dealt.ciphertext_digests = shared.ciphertext_digests[sharer];
  fault.dealt.commitments = message.commitments;
  fault.dealt.signature = message.signature;
  fault.kind = kind;
  fault.shares = opened_shares(phase, sharer);
  return fault;
}

ShareKind due_kind(const Unmasking& phase, const ParticipantId& dealer) {
  return phase.round.proposed.survivors.contains(dealer) ? ShareKind::self_seed
                                                         : ShareKind::mask_key;
}

/// The committed shares must give what the dealer announced at its check-in, else the dealer is at
/// fault.
bool is_as_announced(const RevealedSecret& secret, const protocol::CheckIn& dealer) {
  if (secret.kind == ShareKind::self_seed) {
    return protocol::self_seed_digest(protocol::SelfSeed{secret.secret}) == dealer.self_seed_digest;
  }
  return crypto::x25519_public_key(crypto::X25519SecretKey{secret.secret}) == dealer.mask_key;
}

/// The secret of one member of U1.
Result<RevealedSecret> open_secret(const Unmasking& phase, std::size_t sharer,
                                   const crypto::Recovery& recovery) {
  const SharedRound& shared = phase.round.proposed.shared;
  const ParticipantId& dealer = shared.sharers[sharer].member;
  const auto position = shared.described.view.cohort.position_of(dealer);
  const ShareKind kind = due_kind(phase, dealer);
  std::vector<const crypto::ShareLimbs*> shares;
  for (const auto& [member, answer] : phase.answers)
    shares.push_back(&answer.shares[sharer].share.get());
  GS_TRY(const OpenedSecret secret, recovery.recover<OpenedSecret>(shares));
  RevealedSecret revealed{*position, kind, {}};
  std::ranges::copy(secret.expose(), revealed.secret.begin());
  if (!is_as_announced(revealed, shared.described.view.check_ins[position->value()])) {
    return ProtocolErrc::dealer_fault;
  }
  return revealed;
}

/// What survivor `own` added for the dropped member `dropped` must go; lower identity added, higher
/// subtracted.
Result<OpenSum::Term> leftover_pair_mask(const crypto::X25519KeyPair& dropped_key,
                                         const ParticipantId& dropped, const protocol::CheckIn& own,
                                         const protocol::RoundDigest& rd) {
  GS_TRY(crypto::MaskSeed seed,
         protocol::pair_mask_seed(dropped_key, rd, dropped, {own.sender, own.mask_key}));
  return OpenSum::Term{std::move(seed), protocol::adds_pair_mask(own.sender, dropped)};
}

void append_pair_masks(OpenSum& job, const RevealedSecret& secret, const ProposedRound& round) {
  const protocol::RoundView& view = round.shared.described.view;
  const crypto::X25519KeyPair dropped_key{crypto::X25519SecretKey{secret.secret}};
  const ParticipantId& dropped = view.cohort.at(secret.member);
  for (const protocol::MaskedInput& header : round.headers) {
    const auto position = view.cohort.position_of(header.sender);
    auto term =
        leftover_pair_mask(dropped_key, dropped, view.check_ins[position->value()], view.rd);
    GS_ASSERT(term.has_value());  // check_check_in refused keys that do not agree
    job.masks.push_back(std::move(*term));
  }
}

}  // namespace

OpenSum opening_job(const OpenedRound& round) {
  const ProposedRound& proposed = round.certified.proposed;
  const protocol::RoundView& view = proposed.shared.described.view;
  OpenSum job{proposed.headers, {}};
  for (const RevealedSecret& secret : round.secrets) {
    if (secret.kind == ShareKind::self_seed) {
      job.masks.push_back({protocol::self_mask_seed(protocol::SelfSeed{secret.secret}, view.rd,
                                                    view.cohort.at(secret.member)),
                           true});
    } else {
      append_pair_masks(job, secret, proposed);
    }
  }
  return job;
}

namespace {

/// Some dealers misdealt: nothing opens, and everybody may see why.
Step end_at_fault(Unmasking phase, std::vector<std::size_t> sharers, const RoundContext& context) {
  const SharedRound& shared = phase.round.proposed.shared;
  std::vector<ParticipantId> dealers;
  std::vector<protocol::DealerFault> faults;
  for (const std::size_t sharer : sharers) {
    dealers.push_back(shared.sharers[sharer].member);
    if (faults.size() == protocol::kDealerFaultsMax) continue;
    faults.push_back(fault_of(phase, sharer, due_kind(phase, dealers.back())));
  }
  std::set<ParticipantId> answers = answered(phase);
  Step step = end_without_sum({protocol::AbortReason::dealer_fault, dealers, std::move(answers),
                               unopened_round(phase.round, std::move(faults))},
                              shared.described, phase.abandons, context);
  for (const ParticipantId& dealer : dealers) {
    step.effects.emplace_back(RecordFault{dealer, ProtocolErrc::dealer_fault});
  }
  return step;
}

}  // namespace

Step open(Unmasking phase, const RoundContext& context) {
  const SharedRound& shared = phase.round.proposed.shared;
  const crypto::Recovery recovery = recovery_for(phase);
  OpenedRound round;
  std::vector<std::size_t> faulty;
  for (std::size_t sharer = 0; sharer < shared.sharers.size(); ++sharer) {
    auto secret = open_secret(phase, sharer, recovery);
    if (secret.has_error()) {
      faulty.push_back(sharer);
      continue;
    }
    round.secrets.push_back(*secret);
  }
  if (!faulty.empty()) return end_at_fault(std::move(phase), std::move(faulty), context);
  for (const auto& [member, answer] : phase.answers) {
    round.answers.push_back({member, protocol::message_digest(answer)});
  }
  round.certified = std::move(phase.round);
  std::vector<Effect> job;
  job.emplace_back(opening_job(round));
  return enter(Opening{std::move(round)}, context, std::move(job));
}

Step on(Unmasking phase, Unmask message, const RoundContext& context) {
  const ProposedRound& proposed = phase.round.proposed;
  if (phase.abandons.contains(message.sender))
    return refuse(std::move(phase), ProtocolErrc::round_over);
  if (const auto known = phase.answers.find(message.sender); known != phase.answers.end()) {
    if (protocol::encode(known->second) == protocol::encode(message))
      return repeat(std::move(phase));
    return refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  const auto checked =
      protocol::check_unmask(message, proposed.shared.described.view, proposed.shared.sharers,
                             proposed.survivors, commitments_of(proposed.shared));
  if (checked.has_error()) {
    Step step = refuse(std::move(phase), checked.error());
    if (checked.error() == ProtocolErrc::bad_share) {
      step.effects.emplace_back(RecordFault{message.sender, checked.error()});
    }
    return step;
  }
  const ParticipantId sender = message.sender;
  phase.answers.emplace(sender, std::move(message));
  const std::uint32_t t = phase.round.proposed.shared.described.view.descriptor.t;
  return phase.answers.size() >= t ? open(std::move(phase), context) : stay(std::move(phase));
}

Step on(Unmasking phase, DeadlinePassed, const RoundContext& context) {
  std::vector<ParticipantId> missing;
  for (const protocol::MemberDigest& sharer : phase.round.proposed.shared.sharers) {
    if (!phase.answers.contains(sharer.member)) missing.push_back(sharer.member);
  }
  std::set<ParticipantId> answers = answered(phase);
  auto unopened = unopened_round(phase.round, {});
  return end_without_sum({protocol::AbortReason::too_few_unmask_answers, std::move(missing),
                          std::move(answers), std::move(unopened)},
                         std::move(phase.round.proposed.shared.described),
                         std::move(phase.abandons), context);
}

}  // namespace guildsum::coordinator::detail
