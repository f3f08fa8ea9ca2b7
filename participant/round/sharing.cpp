// Phase 1: deal key shares, hold those of the others, derive the masks.
#include "participant/round/detail/sharing.hpp"

#include "participant/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant::detail {
namespace {

using protocol::CohortPosition;
using protocol::DealtShares;
using protocol::ProtocolErrc;

struct SplitSecrets {
  std::vector<crypto::Share> mask_key;
  std::vector<crypto::Share> self_seed;
};

Result<SplitSecrets> split(const protocol::RoundDescriptor& descriptor,
                           const RoundSecrets& secrets) {
  const crypto::SharePolicy policy{descriptor.t, descriptor.n};
  crypto::SeedStream mask_key{secrets.expansion, "share-of-mask-key"};
  crypto::SeedStream self_seed{secrets.expansion, "share-of-self-seed"};
  GS_TRY(auto mask_key_shares, crypto::split(secrets.mask_key.expose(), policy, mask_key));
  GS_TRY(auto self_seed_shares, crypto::split(secrets.self_seed.expose(), policy, self_seed));
  return SplitSecrets{std::move(mask_key_shares), std::move(self_seed_shares)};
}

/// The shares of member `position` with fresh salts.
DealtShares take(SplitSecrets& shares, std::size_t position, crypto::SeedStream& salts) {
  protocol::ShareSalt mask_key_salt = salts.secret<protocol::ShareSalt>();
  protocol::ShareSalt self_seed_salt = salts.secret<protocol::ShareSalt>();
  return {std::move(shares.mask_key[position]), std::move(shares.self_seed[position]),
          std::move(mask_key_salt), std::move(self_seed_salt)};
}

protocol::PairEnd share_end(const protocol::RoundView& view, CohortPosition position) {
  const protocol::CheckIn& check_in = view.check_ins[position.value()];
  return {check_in.sender, check_in.share_key};
}

protocol::ComplaintReason reason_of(const Error& error) {
  return error.detail().find("limb") != std::string::npos
             ? protocol::ComplaintReason::malformed_share
             : protocol::ComplaintReason::unopenable;
}

}  // namespace

Result<Dealing> deal_shares(const AcceptedRound& round, const RoundSecrets& secrets,
                            const RoundContext& context) {
  const protocol::RoundView& view = round.view;
  GS_TRY(SplitSecrets shares, split(view.descriptor, secrets));
  crypto::SeedStream salts{secrets.expansion, "salts"};
  const crypto::X25519KeyPair share_key{secrets.share_key};
  std::optional<DealtShares> own;
  std::vector<crypto::SharedSecret> agreed;
  agreed.reserve(view.descriptor.n);
  protocol::ShareKeys message;
  message.sender = context.self;
  message.rd = view.rd;
  for (std::uint32_t i = 0; i < view.descriptor.n; ++i) {
    const CohortPosition holder{i};
    const protocol::ShareRoute route{view.rd, round.own, holder};
    DealtShares dealt = take(shares, i, salts);
    message.commitments.push_back(protocol::commitments_of(route, dealt));
    if (holder == round.own) {
      own = std::move(dealt);
      continue;
    }
    const protocol::PairEnd to = share_end(view, holder);
    GS_TRY(crypto::SharedSecret with_holder, share_key.agree(to.key));
    agreed.push_back(std::move(with_holder));
    GS_TRY(Bytes sealed, protocol::seal_share({agreed.back(), share_end(view, round.own), to},
                                              route, dealt));
    message.shares.push_back({holder, std::move(sealed)});
  }
  protocol::sign(message, context.federation, context.identity);
  const protocol::Digest digest = protocol::message_digest(message);
  return Dealing{std::move(message), digest, std::move(*own), std::move(agreed)};
}

std::variant<HeldShares, BadShare> open_shares(const protocol::ShareDelivery& delivery,
                                               const AcceptedRound& round,
                                               const DealtShares& own_share,
                                               std::span<const crypto::SharedSecret> agreed) {
  const protocol::RoundView& view = round.view;
  const protocol::PairEnd own = share_end(view, round.own);
  HeldShares held;
  for (const protocol::DeliveredShare& delivered : delivery.shares) {
    if (delivered.dealer == round.own) {
      held.push_back({own_share.mask_key.duplicate(), own_share.self_seed.duplicate(),
                      own_share.mask_key_salt.duplicate(), own_share.self_seed_salt.duplicate()});
      continue;
    }
    const protocol::ShareRoute route{view.rd, delivered.dealer, round.own};
    const protocol::ParticipantId& dealer = view.cohort.at(delivered.dealer);
    const protocol::Digest ciphertext = protocol::ciphertext_digest(delivered.ciphertext);
    const crypto::SharedSecret& with_dealer =
        agreed[protocol::ciphertext_index(round.own, delivered.dealer)];
    auto opened = protocol::open_share({with_dealer, share_end(view, delivered.dealer), own}, route,
                                       delivered.ciphertext);
    if (opened.has_error()) return BadShare{dealer, ciphertext, reason_of(opened.error())};
    const auto& commitments = delivered.commitments[round.own.value()];
    if (protocol::check_commitments(route, *opened, commitments).has_error()) {
      return BadShare{dealer, ciphertext, protocol::ComplaintReason::commitment_mismatch};
    }
    held.push_back(std::move(*opened));
  }
  return held;
}

Result<std::vector<MaskTerm>> mask_terms(const std::vector<protocol::MemberDigest>& sharers,
                                         const AcceptedRound& round, const RoundSecrets& secrets,
                                         const RoundContext& context) {
  const protocol::RoundView& view = round.view;
  const crypto::X25519KeyPair mask_key{secrets.mask_key};
  std::vector<MaskTerm> terms;
  terms.push_back({protocol::self_mask_seed(secrets.self_seed, view.rd, context.self), false});
  for (const protocol::MemberDigest& sharer : sharers) {
    if (sharer.member == context.self) continue;
    const auto position = view.cohort.position_of(sharer.member);
    const protocol::PairEnd peer{sharer.member, view.check_ins[position->value()].mask_key};
    GS_TRY(crypto::MaskSeed seed, protocol::pair_mask_seed(mask_key, view.rd, context.self, peer));
    terms.push_back({std::move(seed), !protocol::adds_pair_mask(context.self, sharer.member)});
  }
  return terms;
}

namespace {

/// A share that does not open binds nobody but the complainer, which leaves.
Step complain(AwaitingShares phase, const BadShare& bad, const RoundContext& context) {
  protocol::Complaint complaint;
  complaint.sender = context.self;
  complaint.rd = phase.round.view.rd;
  complaint.dealer = bad.dealer;
  complaint.ciphertext = bad.ciphertext;
  complaint.reason = bad.reason;
  protocol::sign(complaint, context.federation, context.identity);
  std::vector<Effect> effects;
  effects.emplace_back(Send{protocol::MessageType::complaint, protocol::encode(complaint)});
  return leave(std::move(phase.round),
               Error{ProtocolErrc::bad_share, "dealt by " + bad.dealer.hex().substr(0, 16)},
               context, std::move(effects));
}

}  // namespace

Step on(AwaitingShares phase, protocol::ShareDelivery message, const RoundContext& context) {
  const auto checked =
      protocol::check_share_delivery(message, phase.round.view, context.self, phase.own_message);
  if (checked.has_error()) return leave(std::move(phase.round), checked.error(), context);
  auto opened = open_shares(message, phase.round, phase.own_share, phase.agreed);
  if (const auto* bad = std::get_if<BadShare>(&opened))
    return complain(std::move(phase), *bad, context);
  auto masks = mask_terms(message.sharers, phase.round, phase.secrets, context);
  if (masks.has_error()) return leave(std::move(phase.round), masks.error(), context);

  std::vector<Effect> effects;
  effects.emplace_back(WriteJournal{FrozenSharers{phase.round.view.rd, message.sharers}});
  const auto& repair = phase.round.repair;
  effects.emplace_back(MaskInput{std::move(*masks),
                                 repair ? std::optional{repair->origin} : std::nullopt,
                                 phase.round.base});
  return {Masking{std::move(phase.round), std::move(message.sharers),
                  std::get<HeldShares>(std::move(opened))},
          std::move(effects)};
}

}  // namespace guildsum::participant::detail
