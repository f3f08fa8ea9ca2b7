#include "coordinator/vocabulary/key_agreement.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"
#include "tests/support/agreement_room.hpp"

namespace guildsum::coordinator {
namespace {

using participant::testing::AgreementRoom;
using protocol::ProtocolErrc;

/// An agreement among shops, with what each has sent so far.
struct Talk {
  explicit Talk(std::uint32_t n = 4) : room{n}, agreement{room.plan(1), room.roster} {}

  /// The answers of these shops to the message of the phase.
  std::vector<AgreementEvent> answers(const std::vector<std::size_t>& who) {
    std::vector<AgreementEvent> events;
    const auto number = static_cast<std::uint32_t>(agreement.phase());
    for (const std::size_t i : who) {
      const auto message = agreement.message_for(room.shops[i]->id(), number - 1);
      events.push_back(*room.tell(*room.shops[i], *message));
    }
    return events;
  }
  void take_all(const std::vector<std::size_t>& who) {
    for (const auto& event : answers(who)) BOOST_TEST(agreement.take(event).value());
  }
  void pass_deadline() {
    const AgreementDeadline deadline{static_cast<std::uint32_t>(agreement.phase())};
    BOOST_TEST(agreement.take(deadline).value());
  }

  AgreementRoom room;
  KeyAgreement agreement;
};

const std::vector<std::size_t> kAll{0, 1, 2, 3};

}  // namespace

BOOST_AUTO_TEST_SUITE(key_agreement_test)

BOOST_AUTO_TEST_CASE(phases_follow_as_soon_as_all_have_answered) {
  Talk talk;
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::offers));
  talk.take_all(kAll);
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::contributions));
  talk.take_all(kAll);
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::confirmations));
  BOOST_TEST(talk.agreement.key().is_zero());
  talk.take_all(kAll);
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::agreed));
  BOOST_TEST(!talk.agreement.key().is_zero());
  BOOST_TEST(talk.agreement.members().size() == 4u);
  BOOST_TEST(talk.agreement.missing().empty());
}

BOOST_AUTO_TEST_CASE(messages_repeated_change_nothing_and_others_are_refused) {
  Talk talk;
  const auto first = talk.answers({0});
  BOOST_TEST(talk.agreement.take(first[0]).value());
  BOOST_TEST(!talk.agreement.take(first[0]).value());
  auto offer = std::get<protocol::VocabularyOffer>(first[0]);
  SeededRandom random{4};
  offer.key = crypto::x25519_public_key(random.secret<crypto::X25519SecretKey>());
  protocol::sign(offer, talk.room.federation, talk.room.shops[0]->signer);
  GS_CHECK_REFUSED(talk.agreement.take(offer), ProtocolErrc::conflicting_message);
}

BOOST_AUTO_TEST_CASE(an_offer_of_a_stranger_or_with_anothers_key_is_refused) {
  Talk talk;
  const auto offers = talk.answers({0, 1});
  BOOST_TEST(talk.agreement.take(offers[0]).value());
  auto copied = std::get<protocol::VocabularyOffer>(offers[1]);
  copied.key = std::get<protocol::VocabularyOffer>(offers[0]).key;
  protocol::sign(copied, talk.room.federation, talk.room.shops[1]->signer);
  GS_CHECK_REFUSED(talk.agreement.take(copied), ProtocolErrc::duplicate);
  const auto stranger = protocol::test::sample_signer(9'999);
  auto foreign = std::get<protocol::VocabularyOffer>(offers[1]);
  foreign.sender = protocol::identity_of(stranger.verify_key());
  protocol::sign(foreign, talk.room.federation, stranger);
  GS_CHECK_REFUSED(talk.agreement.take(foreign), ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(shops_without_an_offer_are_left_out_at_the_deadline) {
  Talk talk;
  talk.take_all({0, 1, 2});
  BOOST_TEST((talk.agreement.missing() == std::vector{talk.room.shops[3]->id()}));
  talk.pass_deadline();
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::contributions));
  BOOST_TEST(talk.agreement.members().size() == 3u);
  BOOST_TEST(!talk.agreement.message_for(talk.room.shops[3]->id(), 0).has_value());
  talk.take_all({0, 1, 2});
  talk.take_all({0, 1, 2});
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::agreed));
}

BOOST_AUTO_TEST_CASE(too_few_offers_end_it) {
  Talk talk;
  talk.take_all({0, 1});
  talk.pass_deadline();
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::failed));
  BOOST_TEST(talk.agreement.reason() == "too few offers");
  BOOST_TEST(talk.agreement.at_fault().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_member_that_stays_away_makes_it_fail_by_name) {
  for (const bool contributes : {false, true}) {
    Talk talk;
    talk.take_all(kAll);
    if (contributes) talk.take_all(kAll);
    talk.take_all({0, 1, 3});
    talk.pass_deadline();
    BOOST_TEST((talk.agreement.phase() == AgreementPhase::failed));
    BOOST_TEST((talk.agreement.at_fault() == std::vector{talk.room.shops[2]->id()}));
    BOOST_TEST(!talk.agreement.message_for(talk.room.shops[0]->id(), 0).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_member_that_names_another_key_makes_it_fail_by_name) {
  Talk talk;
  talk.take_all(kAll);
  talk.take_all(kAll);
  auto events = talk.answers(kAll);
  auto& odd = std::get<protocol::VocabularyConfirmation>(events[1]);
  odd.key = protocol::test::sample<Digest>(5);
  protocol::sign(odd, talk.room.federation, talk.room.shops[1]->signer);
  for (const auto& event : events) BOOST_TEST(talk.agreement.take(event).value());
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::failed));
  BOOST_TEST((talk.agreement.at_fault() == std::vector{talk.room.shops[1]->id()}));
  BOOST_TEST(talk.agreement.key().is_zero());
}

BOOST_AUTO_TEST_CASE(a_deadline_of_another_phase_changes_nothing) {
  Talk talk;
  talk.take_all(kAll);
  BOOST_TEST(!talk.agreement.take(AgreementDeadline{1}).value());
  BOOST_TEST((talk.agreement.phase() == AgreementPhase::contributions));
}

BOOST_AUTO_TEST_CASE(messages_before_their_phase_are_refused) {
  Talk ahead;
  ahead.take_all(kAll);
  const auto contribution = ahead.answers({0})[0];
  Talk talk;
  GS_CHECK_REFUSED(talk.agreement.take(contribution), ProtocolErrc::wrong_phase);
}

BOOST_AUTO_TEST_CASE(a_replay_of_its_events_leads_to_the_same_messages) {
  Talk talk;
  std::vector<Bytes> stored;
  for (int phase = 0; phase < 2; ++phase) {
    for (const auto& event : talk.answers(kAll)) {
      stored.push_back(encode_agreement_event(event));
      BOOST_TEST(talk.agreement.take(event).value());
    }
  }
  KeyAgreement replayed{talk.room.plan(1), talk.room.roster};
  for (const Bytes& bytes : stored) {
    BOOST_TEST(replayed.take(decode_agreement_event(bytes).value()).value());
  }
  for (const auto& shop : talk.room.shops) {
    BOOST_TEST((replayed.message_for(shop->id(), 0)->frame ==
                talk.agreement.message_for(shop->id(), 0)->frame));
  }
}

BOOST_AUTO_TEST_CASE(events_survive_their_bytes_and_others_are_corrupt) {
  const auto deadline =
      decode_agreement_event(encode_agreement_event(AgreementDeadline{2})).value();
  BOOST_TEST(std::get<AgreementDeadline>(deadline).phase == 2u);
  for (const Bytes& bytes :
       {Bytes{}, Bytes{std::byte{1}}, Bytes{std::byte{9}, std::byte{1}},
        Bytes{std::byte{4}, std::byte{1}, std::byte{1}}, Bytes{std::byte{1}, std::byte{1}}}) {
    const auto decoded = decode_agreement_event(bytes);
    BOOST_TEST((decoded.has_error() && decoded.error() == BaseErrc::corrupt));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::coordinator
