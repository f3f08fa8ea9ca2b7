#include "participant/vocabulary/key_machine.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/errors.hpp"
#include "tests/support/agreement_room.hpp"

namespace guildsum::participant {
namespace {

using coordinator::AgreementPhase;
using coordinator::KeyAgreement;
using protocol::ProtocolErrc;
using testing::AgreementRoom;

std::string key_of(const AgreementRoom::Shop& shop) {
  return shop.held ? to_hex(shop.held->key.expose()) : std::string{"none"};
}

/// An agreement up to the point where the coordinator would send message `number`.
struct Stopped {
  explicit Stopped(std::uint32_t number, std::uint32_t n = 4) : room{n} {
    agreement.emplace(room.plan(1), room.roster);
    for (std::uint32_t step = 1; step < number; ++step) {
      for (const auto& shop : room.shops) {
        const auto message = agreement->message_for(shop->id(), step - 1);
        answers.push_back(*room.tell(*shop, *message));
      }
      for (const auto& answer : answers) agreement->take(answer).value();
      answers.clear();
    }
  }
  [[nodiscard]] AgreementRoom::Shop& shop() { return *room.shops[0]; }
  /// The next event for the shop, as the honest coordinator would send it.
  template <class Event>
  [[nodiscard]] Event next() {
    const auto message = agreement->message_for(shop().id(), 0);
    return std::get<Event>(room.event_of(*message));
  }
  [[nodiscard]] bool refused(KeyEvent event, ProtocolErrc code) {
    const bool answered = room.take(shop(), std::move(event)).has_value();
    return !answered && !shop().refusals.empty() && shop().refusals.back() == code;
  }

  AgreementRoom room;
  std::optional<KeyAgreement> agreement;
  std::vector<coordinator::AgreementEvent> answers;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(key_machine_test)

BOOST_AUTO_TEST_CASE(all_members_end_with_the_same_key_and_confirm_it) {
  AgreementRoom room{5};
  KeyAgreement agreement{room.plan(1), room.roster};
  room.run(agreement);
  BOOST_TEST((agreement.phase() == AgreementPhase::agreed));
  for (const auto& shop : room.shops) {
    BOOST_REQUIRE(shop->held.has_value());
    BOOST_TEST(key_of(*shop) == key_of(*room.shops[0]));
    BOOST_TEST((protocol::vocabulary_key_digest(shop->held->key) == agreement.key()));
    BOOST_TEST((shop->held->members == agreement.members()));
    BOOST_TEST(shop->refusals.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_next_agreement_leads_to_another_key) {
  AgreementRoom room{4};
  KeyAgreement first{room.plan(1), room.roster};
  room.run(first);
  const std::string key = key_of(*room.shops[0]);
  KeyAgreement second{room.plan(2), room.roster};
  room.run(second);
  BOOST_TEST((second.phase() == AgreementPhase::agreed));
  BOOST_TEST(key_of(*room.shops[0]) != key);
}

BOOST_AUTO_TEST_CASE(an_agreement_of_the_past_is_refused) {
  AgreementRoom room{4};
  KeyAgreement newer{room.plan(2), room.roster};
  room.run(newer);
  const std::string key = key_of(*room.shops[0]);
  const KeyAgreement older{room.plan(1), room.roster};
  const auto message = older.message_for(room.shops[0]->id(), 0);
  BOOST_TEST(!room.tell(*room.shops[0], *message).has_value());
  BOOST_TEST((room.shops[0]->refusals.back() == ProtocolErrc::wrong_round));
  BOOST_TEST(key_of(*room.shops[0]) == key);
}

BOOST_AUTO_TEST_CASE(an_invitation_must_fit_the_federation_and_the_roster) {
  Stopped before{1};
  Invited foreign = before.next<Invited>();
  foreign.invitation.federation = protocol::test::sample<protocol::FederationId>(8);
  BOOST_TEST(before.refused(std::move(foreign), ProtocolErrc::wrong_federation));
  Stopped other{1};
  Invited stale = other.next<Invited>();
  stale.invitation.roster_head = protocol::test::sample<protocol::Digest>(8);
  BOOST_TEST(other.refused(std::move(stale), ProtocolErrc::wrong_round));
  // That attempt is passed over, not asked for again and again.
  BOOST_TEST((seen_by(other.shop().phase, {}).id == other.agreement->plan().id));
}

BOOST_AUTO_TEST_CASE(offers_without_the_own_one_or_with_another_are_refused) {
  Stopped missing{2};
  auto offers = missing.next<protocol::VocabularyOffers>();
  std::erase_if(offers.offers,
                [&](const auto& offer) { return offer.sender == missing.shop().id(); });
  BOOST_TEST(missing.refused(offers, ProtocolErrc::not_a_member));

  Stopped replaced{2};
  offers = replaced.next<protocol::VocabularyOffers>();
  for (auto& offer : offers.offers) {
    if (offer.sender != replaced.shop().id()) continue;
    SeededRandom random{5};
    offer.key = crypto::x25519_public_key(random.secret<crypto::X25519SecretKey>());
    protocol::sign(offer, replaced.room.federation, replaced.shop().signer);
  }
  BOOST_TEST(replaced.refused(offers, ProtocolErrc::conflicting_message));
}

BOOST_AUTO_TEST_CASE(the_owners_policy_decides_with_whom_a_key_is_shared) {
  Stopped few{2};
  few.room.policy.cohort_min = 5;
  BOOST_TEST(few.refused(few.next<protocol::VocabularyOffers>(), ProtocolErrc::too_few));
  Stopped strangers{2};
  strangers.room.policy.trusted = {protocol::test::sample<protocol::ParticipantId>(8)};
  strangers.room.policy.trusted_min = 1;
  BOOST_TEST(strangers.refused(strangers.next<protocol::VocabularyOffers>(),
                               ProtocolErrc::trusted_missing));
}

BOOST_AUTO_TEST_CASE(a_contribution_that_misses_its_commitment_names_its_dealer) {
  Stopped stopped{3};
  auto message = stopped.next<protocol::VocabularyContributions>();
  auto& dealer = *stopped.room.shops[1];
  for (auto& contribution : message.contributions) {
    if (contribution.sender != dealer.id()) continue;
    contribution.commitment = protocol::test::sample<protocol::Digest>(8);
    protocol::sign(contribution, stopped.room.federation, dealer.signer);
  }
  BOOST_TEST(stopped.refused(message, ProtocolErrc::bad_share));
  BOOST_TEST(stopped.shop().refusals.back().detail().find(dealer.id().hex()) != std::string::npos);
  BOOST_TEST(key_of(stopped.shop()) == "none");
}

BOOST_AUTO_TEST_CASE(a_contribution_that_does_not_open_is_refused) {
  Stopped stopped{3};
  auto message = stopped.next<protocol::VocabularyContributions>();
  auto& dealer = *stopped.room.shops[1];
  for (auto& contribution : message.contributions) {
    if (contribution.sender != dealer.id()) continue;
    for (auto& sealed : contribution.sealed) sealed.mutable_view()[0] ^= std::byte{1};
    protocol::sign(contribution, stopped.room.federation, dealer.signer);
  }
  BOOST_TEST(stopped.refused(message, ProtocolErrc::share_unopenable));
}

BOOST_AUTO_TEST_CASE(the_own_contribution_cannot_be_replaced) {
  Stopped stopped{3};
  auto message = stopped.next<protocol::VocabularyContributions>();
  for (auto& contribution : message.contributions) {
    if (contribution.sender != stopped.shop().id()) continue;
    contribution.commitment = protocol::test::sample<protocol::Digest>(8);
    protocol::sign(contribution, stopped.room.federation, stopped.shop().signer);
  }
  BOOST_TEST(stopped.refused(message, ProtocolErrc::conflicting_message));
}

BOOST_AUTO_TEST_CASE(members_who_are_shown_different_contributions_confirm_different_keys) {
  Stopped stopped{3};
  auto shown = stopped.next<protocol::VocabularyContributions>();
  auto& dealer = *stopped.room.shops[1];
  const auto& phase = std::get<Contributed>(dealer.phase);
  SeededRandom random{6};
  const auto other = random.secret<protocol::KeyContribution>();
  for (auto& contribution : shown.contributions) {
    if (contribution.sender != dealer.id()) continue;
    contribution.commitment =
        protocol::contribution_commitment(contribution.agreement, dealer.id(), other);
    contribution.sealed.clear();
    for (const auto& offer : phase.offers) {
      if (offer.sender == dealer.id()) continue;
      contribution.sealed.push_back(
          protocol::seal_contribution(crypto::X25519KeyPair{phase.secrets.key}, dealer.id(),
                                      {offer.sender, offer.key}, contribution.agreement, other)
              .value());
    }
    protocol::sign(contribution, stopped.room.federation, dealer.signer);
  }
  const auto confirmed = stopped.room.take(stopped.shop(), shown);
  BOOST_REQUIRE(confirmed.has_value());
  auto& honest = *stopped.room.shops[2];
  const auto message = stopped.agreement->message_for(honest.id(), 2);
  BOOST_REQUIRE(stopped.room.tell(honest, *message).has_value());
  BOOST_TEST(key_of(stopped.shop()) != key_of(honest));
  // The coordinator's honest machine takes no such confirmation.
  const auto taken = stopped.agreement->take(*confirmed);
  BOOST_TEST((taken.has_error() && taken.error() == ProtocolErrc::vocabulary_key_equivocation));
}

BOOST_AUTO_TEST_CASE(messages_out_of_turn_change_nothing) {
  Stopped stopped{2};
  BOOST_TEST(stopped.refused(protocol::VocabularyContributions{}, ProtocolErrc::wrong_phase));
  BOOST_TEST(std::holds_alternative<Offered>(stopped.shop().phase));
  BOOST_TEST(
      stopped.room.take(stopped.shop(), stopped.next<protocol::VocabularyOffers>()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::participant
