#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "coordinator/vocabulary/key_agreement.hpp"
#include "participant/vocabulary/key_machine.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::participant::testing {

/// Shops with identities on one roster, who agree on keys through the coordinator's own machine.
class AgreementRoom {
 public:
  struct Shop {
    crypto::Signer signer;
    KeyPhase phase = NoAgreement{};
    std::optional<HeldKey> held = std::nullopt;
    std::vector<Error> refusals = {};
    [[nodiscard]] protocol::ParticipantId id() const {
      return protocol::identity_of(signer.verify_key());
    }
  };

  explicit AgreementRoom(std::uint32_t n) {
    policy.cohort_min = 3;
    for (std::uint32_t i = 0; i < n; ++i) {
      shops.push_back(std::make_unique<Shop>(Shop{protocol::test::sample_signer(700 + i)}));
      const auto entry = protocol::sign_roster_entry(
          roster, federation, protocol::RosterChange::join, shops[i]->id(),
          "shop-" + std::to_string(i), protocol::Epoch{1}, registrar);
      if (roster.append(entry).has_error()) std::abort();
    }
  }

  [[nodiscard]] AgreementContext context(const Shop& shop) const {
    return {federation, shop.id(), shop.signer,
            roster,     policy,    shop.held ? std::optional{shop.held->id} : std::nullopt};
  }
  [[nodiscard]] coordinator::AgreementPlan plan(std::uint64_t epoch,
                                                std::uint32_t attempt = 0) const {
    coordinator::AgreementPlan plan;
    plan.federation = federation;
    plan.id = {protocol::Epoch{epoch}, protocol::Attempt{attempt}};
    for (const auto& shop : shops) plan.invited.push_back(shop->id());
    std::ranges::sort(plan.invited);
    plan.members_min = 3;
    return plan;
  }

  /// Hands the shop a message of the coordinator; what it sends in answer.
  std::optional<coordinator::AgreementEvent> tell(Shop& shop,
                                                  const coordinator::AgreementMessage& message) {
    return take(shop, event_of(message));
  }
  std::optional<coordinator::AgreementEvent> take(Shop& shop, KeyEvent event) {
    KeyStep step = advance(std::move(shop.phase), std::move(event), context(shop));
    shop.phase = std::move(step.next);
    std::optional<coordinator::AgreementEvent> answer;
    for (auto& effect : step.effects) {
      if (auto* keep = std::get_if<KeepKey>(&effect)) shop.held = std::move(keep->key);
      if (auto* refused = std::get_if<AgreementRefused>(&effect)) {
        shop.refusals.push_back(refused->reason);
      }
      if (auto* send = std::get_if<SendAgreement>(&effect)) answer = sent(*send);
    }
    return answer;
  }
  /// Lets everybody answer until nothing more happens.
  void run(coordinator::KeyAgreement& agreement) {
    for (bool moved = true; moved && !agreement.is_over();) {
      moved = false;
      for (const auto& shop : shops) {
        const auto seen = seen_by(shop->phase, context(*shop).newest);
        const bool same = seen.id == agreement.plan().id;
        const auto message = agreement.message_for(shop->id(), same ? seen.number : 0);
        if (!message) continue;
        moved = true;
        if (const auto answer = tell(*shop, *message)) agreement.take(*answer).value();
      }
    }
  }
  [[nodiscard]] KeyEvent event_of(const coordinator::AgreementMessage& message) {
    if (message.number == 2) {
      return protocol::decode<protocol::VocabularyOffers>(message.frame).value();
    }
    if (message.number == 3) {
      return protocol::decode<protocol::VocabularyContributions>(message.frame).value();
    }
    return Invited{protocol::decode<protocol::VocabularyInvitation>(message.frame).value(),
                   AgreementSecrets::generate(random)};
  }
  [[nodiscard]] static coordinator::AgreementEvent sent(const SendAgreement& message) {
    using protocol::MessageType;
    if (message.type == MessageType::vocabulary_offer) {
      return protocol::decode<protocol::VocabularyOffer>(message.frame).value();
    }
    if (message.type == MessageType::vocabulary_contribution) {
      return protocol::decode<protocol::VocabularyContribution>(message.frame).value();
    }
    return protocol::decode<protocol::VocabularyConfirmation>(message.frame).value();
  }

  protocol::FederationId federation = protocol::test::sample<protocol::FederationId>(1);
  crypto::Signer registrar = protocol::test::sample_signer(3);
  protocol::Roster roster{federation, registrar.verify_key()};
  ParticipantPolicy policy;
  SeededRandom random{99};
  std::vector<std::unique_ptr<Shop>> shops;
};

}  // namespace guildsum::participant::testing
