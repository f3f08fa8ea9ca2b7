#include "tests/attacks/private_scene.hpp"

#include <bit>
#include <chrono>
#include <thread>

#include "participant/errors.hpp"
#include "protocol/vocabulary_checks.hpp"

namespace guildsum::attacks {
namespace {

using participant::KeyEvent;
using participant::KeyPhase;
using protocol::VocabularyConfirmation;
using protocol::VocabularyContribution;
using protocol::VocabularyContributions;
using protocol::VocabularyInvitation;
using protocol::VocabularyOffer;
using protocol::VocabularyOffers;

template <class Message>
std::optional<Message> read(const std::optional<Bytes>& frame) {
  if (!frame) return std::nullopt;
  return protocol::decode<Message>(*frame).value();
}

}  // namespace

models::TaskPlan vocabulary_plan(std::uint32_t holders_min) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::vocabulary;
  plan.items = kSlots;
  plan.vocabulary.holders_min = holders_min;
  return plan;
}

PrivateScene::PrivateScene(bool with_program, std::size_t others) {
  adversary.publish_nothing();
  adversary.ask_for(vocabulary_plan(4));
  shops.emplace(adversary, others);
  if (with_program) victim = std::make_unique<Victim>(adversary, wire);
}

participant::AgreementContext PrivateScene::context_of(LocalShop& shop) {
  return {adversary.federation(), shop.id(), shop.signer(),
          adversary.roster(),     policy_,   std::nullopt};
}

/// What the shop answers; its key goes into the view that it holds rounds against.
std::optional<Bytes> PrivateScene::tell(LocalShop& shop, KeyPhase& phase, KeyEvent event) {
  participant::KeyStep step =
      participant::advance(std::move(phase), std::move(event), context_of(shop));
  phase = std::move(step.next);
  std::optional<Bytes> answer;
  for (auto& effect : step.effects) {
    if (auto* keep = std::get_if<participant::KeepKey>(&effect)) {
      shop.keep({protocol::vocabulary_key_digest(keep->key.key), keep->key.members, {}});
      held_ = std::move(keep->key);
    }
    if (auto* send = std::get_if<participant::SendAgreement>(&effect)) answer = send->frame;
  }
  return answer;
}

std::map<ParticipantId, protocol::Digest> PrivateScene::agree(const Bend& bend) {
  const VocabularyInvitation invitation{adversary.federation(),
                                        {protocol::Epoch{++epoch_}, protocol::Attempt{}},
                                        adversary.roster().head()};
  phases_.clear();
  std::map<ParticipantId, VocabularyOffer> offers;
  for (std::size_t i = 0; i < shops->size(); ++i) {
    LocalShop& shop = (*shops)[i];
    auto secrets = participant::AgreementSecrets::generate(adversary.random());
    const auto offer = read<VocabularyOffer>(
        tell(shop, phases_[shop.id()], participant::Invited{invitation, std::move(secrets)}));
    offers.emplace(shop.id(), offer.value());
  }
  if (victim) {
    wire.serve_agreement(1, protocol::encode(invitation));
    offers.emplace(victim->id(), read<VocabularyOffer>(wire.agreement("offer")).value());
  }
  offers_.clear();
  for (const auto& [id, offer] : offers) offers_.push_back(offer);

  std::map<ParticipantId, VocabularyContribution> by_member;
  for (std::size_t i = 0; i < shops->size(); ++i) {
    LocalShop& shop = (*shops)[i];
    const auto message =
        read<VocabularyContribution>(tell(shop, phases_[shop.id()], VocabularyOffers{offers_}));
    by_member.emplace(shop.id(), message.value());
  }
  if (victim) {
    wire.serve_agreement(2, protocol::encode(VocabularyOffers{offers_}));
    by_member.emplace(victim->id(),
                      read<VocabularyContribution>(wire.agreement("contribution")).value());
  }

  std::map<ParticipantId, protocol::Digest> confirmed;
  const auto shown_to = [&](const ParticipantId& id) {
    VocabularyContributions message;
    for (const auto& [member, contribution] : by_member) {
      message.contributions.push_back(contribution);
    }
    if (bend) bend(id, message.contributions);
    return message;
  };
  const auto note = [&](const std::optional<VocabularyConfirmation>& message) {
    if (message) confirmed.emplace(message->sender, message->key);
  };
  if (victim) {
    wire.serve_agreement(3, protocol::encode(shown_to(victim->id())));
    if (program_confirms()) note(read<VocabularyConfirmation>(wire.agreement("confirmation")));
  }
  for (std::size_t i = 0; i < shops->size(); ++i) {
    LocalShop& shop = (*shops)[i];
    note(read<VocabularyConfirmation>(tell(shop, phases_[shop.id()], shown_to(shop.id()))));
  }
  return confirmed;
}

/// Waits until the program confirms a key or says why it does not.
bool PrivateScene::program_confirms() {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < give_up) {
    if (!wire.posted(protocol::RoundId{}, "confirmation").empty()) return true;
    if (victim->log_text().find("vocabulary.refused") != std::string::npos) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{4});
  }
  return false;
}

void PrivateScene::share(const models::VocabularyModel& model, const protocol::BlobId& root) {
  const protocol::Digest key = protocol::vocabulary_key_digest(held_->key);
  for (std::size_t i = 0; i < shops->size(); ++i) {
    (*shops)[i].keep(
        {key, held_->members,
         participant::SharedRows{root, key, static_cast<std::uint32_t>(model.rows.size()),
                                 model.holders_min}});
  }
}

VocabularyContribution PrivateScene::another_contribution(std::size_t index) {
  LocalShop& shop = (*shops)[index];
  // Under the key of its own offer, which a colluder tells the coordinator.
  const auto& phase = std::get<participant::Contributed>(phases_.at(shop.id()));
  const crypto::X25519KeyPair pair{phase.secrets.key};
  const auto other = adversary.random().secret<protocol::KeyContribution>();
  VocabularyContribution message{shop.id(), phase.contribution.agreement, {}, {}, {}};
  message.commitment = protocol::contribution_commitment(message.agreement, shop.id(), other);
  for (const VocabularyOffer& offer : offers_) {
    if (offer.sender == shop.id()) continue;
    message.sealed.push_back(protocol::seal_contribution(pair, shop.id(), {offer.sender, offer.key},
                                                         message.agreement, other)
                                 .value());
  }
  protocol::sign(message, adversary.federation(), shop.signer());
  return message;
}

Play PrivateScene::play(std::uint32_t c) {
  std::vector<Party*> members;
  if (victim) members.push_back(victim.get());
  shops->join(members);
  adversary.chain_to(wire.end_last_round());
  return Play{adversary, std::move(members), protocol::RoundId{++rounds_}, c};
}

Party& PrivateScene::target() {
  if (victim) return *victim;
  return (*shops)[0];
}

std::string PrivateScene::refusal(Play& play) {
  Party& party = target();
  party.tell(PhaseNumber::description, protocol::encode(play.description));
  if (party.sent(protocol::MessageType::share_keys)) return {};
  return party.refusal();
}

models::HeldItem PrivateScene::place_of(std::string_view item) const {
  protocol::ItemSlots slots{held_->key, static_cast<std::uint32_t>(std::countr_zero(kSlots))};
  const protocol::ItemSlot place = slots.of(item);
  return {place.slot, place.tag};
}

}  // namespace guildsum::attacks
