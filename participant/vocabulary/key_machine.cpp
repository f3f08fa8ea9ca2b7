#include "participant/vocabulary/key_machine.hpp"

#include <algorithm>

#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/vocabulary_checks.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using protocol::Digest;
using protocol::ProtocolErrc;
using protocol::VocabularyConfirmation;
using protocol::VocabularyContribution;
using protocol::VocabularyContributions;
using protocol::VocabularyOffer;
using protocol::VocabularyOffers;

constexpr std::uint32_t kLastNumber = 3;

KeyStep refuse(const AgreementId& id, Error reason) {
  KeyStep step{NoAgreement{id}, {}};
  step.effects.emplace_back(AgreementRefused{id, std::move(reason)});
  return step;
}

/// A message that does not belong here changes nothing.
KeyStep ignore(KeyPhase phase, const AgreementId& id, Error reason) {
  KeyStep step{std::move(phase), {}};
  step.effects.emplace_back(AgreementRefused{id, std::move(reason)});
  return step;
}

std::optional<AgreementId> id_of(const KeyPhase& phase) {
  if (const auto* idle = std::get_if<NoAgreement>(&phase)) return idle->seen;
  if (const auto* offered = std::get_if<Offered>(&phase)) return offered->offer.id;
  return std::get<Contributed>(phase).id;
}

Result<> check_invitation(const protocol::VocabularyInvitation& invitation, const KeyPhase& phase,
                          const AgreementContext& context) {
  if (invitation.federation != context.federation) return ProtocolErrc::wrong_federation;
  const auto seen = std::max(id_of(phase), context.newest);
  if (seen && invitation.id <= *seen) {
    return Error{ProtocolErrc::wrong_round, "a key agreement of the past"};
  }
  if (invitation.roster_head != context.roster.head()) {
    return Error{ProtocolErrc::wrong_round, "a key agreement under another roster head"};
  }
  return {};
}

KeyStep on(KeyPhase phase, Invited event, const AgreementContext& context) {
  const protocol::VocabularyInvitation& invitation = event.invitation;
  if (const auto fits = check_invitation(invitation, phase, context); fits.has_error()) {
    const auto seen = std::max(id_of(phase), context.newest);
    if (!seen || invitation.id > *seen) return refuse(invitation.id, fits.error());
    return ignore(std::move(phase), invitation.id, fits.error());
  }
  VocabularyOffer offer{context.self,
                        context.federation,
                        invitation.id,
                        invitation.roster_head,
                        crypto::x25519_public_key(event.secrets.key),
                        {}};
  protocol::sign(offer, context.federation, context.identity);
  KeyStep step{Offered{offer, std::move(event.secrets)}, {}};
  step.effects.emplace_back(
      SendAgreement{protocol::MessageType::vocabulary_offer, protocol::encode(offer)});
  return step;
}

/// Whom the key would be shared with, held against the owner's policy.
Result<> check_members(const std::vector<VocabularyOffer>& offers, const VocabularyOffer& own,
                       const AgreementContext& context) {
  GS_CHECK(
      protocol::check_offers(offers, {own.federation, own.id, own.roster_head}, context.roster));
  const auto position = protocol::position_of(offers, context.self);
  if (!position) return Error{ProtocolErrc::not_a_member, "the own offer is missing"};
  if (protocol::encode(offers[*position]) != protocol::encode(own)) {
    return Error{ProtocolErrc::conflicting_message, "the own offer was replaced"};
  }
  if (offers.size() < context.policy.cohort_min) {
    return Error{ProtocolErrc::too_few, std::to_string(offers.size()) +
                                            " shops share the key, policy.cohort_min " +
                                            std::to_string(context.policy.cohort_min)};
  }
  const auto trusted = std::ranges::count_if(context.policy.trusted, [&](const auto& id) {
    return protocol::position_of(offers, id).has_value();
  });
  if (static_cast<std::uint32_t>(trusted) < context.policy.trusted_min) {
    return ProtocolErrc::trusted_missing;
  }
  return {};
}

Result<VocabularyContribution> contribute(const std::vector<VocabularyOffer>& offers,
                                          const AgreementSecrets& secrets,
                                          const AgreementContext& context) {
  const crypto::X25519KeyPair pair{secrets.key};
  VocabularyContribution message;
  message.sender = context.self;
  message.agreement = protocol::agreement_digest(offers);
  message.commitment =
      protocol::contribution_commitment(message.agreement, context.self, secrets.contribution);
  for (const VocabularyOffer& offer : offers) {
    if (offer.sender == context.self) continue;
    GS_TRY(auto sealed, protocol::seal_contribution(pair, context.self, {offer.sender, offer.key},
                                                    message.agreement, secrets.contribution));
    message.sealed.push_back(sealed);
  }
  protocol::sign(message, context.federation, context.identity);
  return message;
}

KeyStep on(Offered phase, VocabularyOffers event, const AgreementContext& context) {
  const AgreementId id = phase.offer.id;
  const auto fits = check_members(event.offers, phase.offer, context);
  if (fits.has_error()) return refuse(id, fits.error());
  auto message = contribute(event.offers, phase.secrets, context);
  if (message.has_error()) return refuse(id, message.error());
  Bytes frame = protocol::encode(*message);
  KeyStep step{
      Contributed{id, std::move(event.offers), *std::move(message), std::move(phase.secrets)}, {}};
  step.effects.emplace_back(
      SendAgreement{protocol::MessageType::vocabulary_contribution, std::move(frame)});
  return step;
}

/// What the member at `from` contributed, as it was sealed for this shop and committed to for all.
Result<protocol::KeyContribution> open_one(const Contributed& phase,
                                           const VocabularyContribution& message, std::size_t from,
                                           std::size_t own, const AgreementContext& context) {
  if (from == own) return phase.secrets.contribution.duplicate();
  const crypto::X25519KeyPair pair{phase.secrets.key};
  const VocabularyOffer& dealer = phase.offers[from];
  auto opened = protocol::open_contribution(pair, context.self, {dealer.sender, dealer.key},
                                            message.agreement,
                                            message.sealed[protocol::sealed_index(from, own)]);
  if (opened.has_error()) {
    return Error{opened.error().code(), "contribution of " + dealer.sender.hex()};
  }
  if (protocol::contribution_commitment(message.agreement, dealer.sender, *opened) !=
      message.commitment) {
    return Error{ProtocolErrc::bad_share, "contribution of " + dealer.sender.hex()};
  }
  return opened;
}

Result<HeldKey> derive(const Contributed& phase, const VocabularyContributions& event,
                       const AgreementContext& context) {
  const Digest& agreement = phase.contribution.agreement;
  GS_CHECK(protocol::check_contributions(event.contributions, phase.offers, agreement,
                                         context.federation));
  const std::size_t own = *protocol::position_of(phase.offers, context.self);
  if (protocol::encode(event.contributions[own]) != protocol::encode(phase.contribution)) {
    return Error{ProtocolErrc::conflicting_message, "the own contribution was replaced"};
  }
  std::vector<protocol::KeyContribution> opened;
  std::vector<protocol::ParticipantId> members;
  for (std::size_t from = 0; from < phase.offers.size(); ++from) {
    GS_TRY(auto one, open_one(phase, event.contributions[from], from, own, context));
    opened.push_back(std::move(one));
    members.push_back(phase.offers[from].sender);
  }
  return HeldKey{phase.id,
                 protocol::vocabulary_key(opened, agreement,
                                          protocol::contributions_digest(event.contributions)),
                 std::move(members)};
}

KeyStep on(Contributed phase, VocabularyContributions event, const AgreementContext& context) {
  auto held = derive(phase, event, context);
  if (held.has_error()) return refuse(phase.id, held.error());
  VocabularyConfirmation message{context.self,
                                 phase.contribution.agreement,
                                 protocol::contributions_digest(event.contributions),
                                 protocol::vocabulary_key_digest(held->key),
                                 {}};
  protocol::sign(message, context.federation, context.identity);
  KeyStep step{NoAgreement{phase.id}, {}};
  step.effects.emplace_back(KeepKey{*std::move(held)});
  step.effects.emplace_back(
      SendAgreement{protocol::MessageType::vocabulary_confirmation, protocol::encode(message)});
  return step;
}

/// A message that the phase does not wait for.
template <class Event>
KeyStep on(KeyPhase phase, const Event&, const AgreementContext&) {
  const AgreementId id = id_of(phase).value_or(AgreementId{});
  return ignore(std::move(phase), id, ProtocolErrc::wrong_phase);
}

}  // namespace

AgreementSecrets AgreementSecrets::generate(Random& random) {
  return {random.secret<crypto::X25519SecretKey>(), random.secret<protocol::KeyContribution>()};
}

KeyStep advance(KeyPhase phase, KeyEvent event, const AgreementContext& context) {
  if (auto* invited = std::get_if<Invited>(&event)) {
    return on(std::move(phase), std::move(*invited), context);
  }
  if (auto* offers = std::get_if<VocabularyOffers>(&event)) {
    auto* offered = std::get_if<Offered>(&phase);
    if (offered == nullptr) return on(std::move(phase), *offers, context);
    return on(std::move(*offered), std::move(*offers), context);
  }
  auto& contributions = std::get<VocabularyContributions>(event);
  auto* contributed = std::get_if<Contributed>(&phase);
  if (contributed == nullptr) return on(std::move(phase), contributions, context);
  return on(std::move(*contributed), std::move(contributions), context);
}

SeenAgreement seen_by(const KeyPhase& phase, const std::optional<AgreementId>& newest) noexcept {
  if (const auto* offered = std::get_if<Offered>(&phase)) return {offered->offer.id, 1};
  if (const auto* contributed = std::get_if<Contributed>(&phase)) return {contributed->id, 2};
  const auto seen = std::max(std::get<NoAgreement>(phase).seen, newest);
  return {seen.value_or(AgreementId{}), seen ? kLastNumber : 0};
}

}  // namespace guildsum::participant
