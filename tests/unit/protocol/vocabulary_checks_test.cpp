#include "protocol/vocabulary_checks.hpp"

#include <boost/test/unit_test.hpp>

#include "agreement_setup.hpp"

namespace guildsum::protocol {
namespace {

using test::AgreementSetup;

Result<> offers_of(const AgreementSetup& setup) {
  return check_offers(setup.offers, setup.terms(), setup.roster);
}
Result<> contributions_of(const AgreementSetup& setup) {
  return check_contributions(setup.contributions, setup.offers, setup.agreement, setup.federation);
}
Result<> confirmation_of(const AgreementSetup& setup, const VocabularyConfirmation& message) {
  return check_confirmation(message, setup.offers, setup.agreement, setup.contributed,
                            setup.federation);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_checks_test)

BOOST_AUTO_TEST_CASE(an_honest_agreement_passes) {
  const AgreementSetup setup;
  GS_REQUIRE_OK(offers_of(setup));
  GS_REQUIRE_OK(contributions_of(setup));
  for (const auto& member : setup.members) {
    GS_REQUIRE_OK(confirmation_of(setup, setup.confirmation_of(member)));
  }
}

BOOST_AUTO_TEST_CASE(an_offer_must_be_of_this_agreement) {
  const AgreementSetup setup;
  const auto altered = [&](auto change) {
    VocabularyOffer offer = setup.offers[0];
    change(offer);
    sign(offer, setup.federation, setup.members[0].signer);
    return check_offer(offer, setup.terms(), setup.roster);
  };
  GS_CHECK_REFUSED(altered([](auto& o) { o.federation = test::sample<FederationId>(8); }),
                   ProtocolErrc::wrong_federation);
  GS_CHECK_REFUSED(altered([](auto& o) { o.id.epoch = Epoch{8}; }), ProtocolErrc::wrong_round);
  GS_CHECK_REFUSED(altered([](auto& o) { o.id.attempt = Attempt{2}; }), ProtocolErrc::wrong_round);
  GS_CHECK_REFUSED(altered([](auto& o) { o.roster_head = test::sample<Digest>(8); }),
                   ProtocolErrc::wrong_round);
  GS_CHECK_REFUSED(altered([](auto& o) { o.sender = test::sample<ParticipantId>(8); }),
                   ProtocolErrc::unknown_sender);
  GS_CHECK_REFUSED(altered([](auto& o) {
                     for (auto& byte : o.key.mutable_view()) byte = std::byte{0xFF};
                   }),
                   ProtocolErrc::malformed);
  // A key of small order agrees on the same secret with everybody: it is refused by the sender's
  // name, not later when nobody can seal to it.
  for (const std::uint8_t u : {std::uint8_t{0}, std::uint8_t{1}}) {
    GS_CHECK_REFUSED(altered([u](auto& o) {
                       for (auto& byte : o.key.mutable_view()) byte = std::byte{0};
                       o.key.mutable_view()[0] = std::byte{u};
                     }),
                     ProtocolErrc::malformed);
  }
}

BOOST_AUTO_TEST_CASE(an_offer_is_signed_by_its_sender) {
  const AgreementSetup setup;
  VocabularyOffer offer = setup.offers[0];
  offer.key = setup.offers[1].key;
  GS_CHECK_REFUSED(check_offer(offer, setup.terms(), setup.roster), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(offers_ascend_and_no_key_is_repeated) {
  AgreementSetup swapped;
  std::swap(swapped.offers[0], swapped.offers[1]);
  GS_CHECK_REFUSED(offers_of(swapped), ProtocolErrc::duplicate);
  AgreementSetup repeated;
  repeated.offers[1] = repeated.offers[0];
  GS_CHECK_REFUSED(offers_of(repeated), ProtocolErrc::duplicate);
  AgreementSetup shared;
  shared.offers[1].key = shared.offers[0].key;
  sign(shared.offers[1], shared.federation, shared.members[1].signer);
  GS_CHECK_REFUSED(offers_of(shared), ProtocolErrc::duplicate);
}

BOOST_AUTO_TEST_CASE(a_contribution_must_be_a_members_to_this_agreement) {
  const AgreementSetup setup;
  const auto altered = [&](auto change) {
    VocabularyContribution message = setup.contributions[0];
    change(message);
    sign(message, setup.federation, setup.members[0].signer);
    return check_contribution(message, setup.offers, setup.agreement, setup.federation);
  };
  GS_CHECK_REFUSED(altered([](auto& m) { m.sender = test::sample<ParticipantId>(8); }),
                   ProtocolErrc::not_a_member);
  GS_CHECK_REFUSED(altered([](auto& m) { m.agreement = test::sample<Digest>(8); }),
                   ProtocolErrc::wrong_round);
  GS_CHECK_REFUSED(altered([](auto& m) { m.sealed.pop_back(); }), ProtocolErrc::malformed);
  VocabularyContribution unsigned_one = setup.contributions[0];
  unsigned_one.commitment = test::sample<Digest>(8);
  GS_CHECK_REFUSED(
      check_contribution(unsigned_one, setup.offers, setup.agreement, setup.federation),
      ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(contributions_are_of_all_members_in_order) {
  AgreementSetup missing;
  missing.contributions.pop_back();
  GS_CHECK_REFUSED(contributions_of(missing), ProtocolErrc::too_few);
  AgreementSetup swapped;
  std::swap(swapped.contributions[0], swapped.contributions[1]);
  GS_CHECK_REFUSED(contributions_of(swapped), ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(a_confirmation_of_other_contributions_is_an_equivocation) {
  const AgreementSetup setup;
  const auto altered = [&](auto change) {
    VocabularyConfirmation message = setup.confirmation_of(setup.members[2]);
    change(message);
    sign(message, setup.federation, setup.members[2].signer);
    return confirmation_of(setup, message);
  };
  GS_CHECK_REFUSED(altered([](auto& m) { m.contributions = test::sample<Digest>(8); }),
                   ProtocolErrc::vocabulary_key_equivocation);
  GS_CHECK_REFUSED(altered([](auto& m) { m.agreement = test::sample<Digest>(8); }),
                   ProtocolErrc::wrong_round);
  GS_CHECK_REFUSED(altered([](auto& m) { m.sender = test::sample<ParticipantId>(8); }),
                   ProtocolErrc::not_a_member);
  VocabularyConfirmation foreign = setup.confirmation_of(setup.members[2]);
  foreign.key = test::sample<Digest>(8);
  GS_CHECK_REFUSED(confirmation_of(setup, foreign), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(positions_skip_the_dealer) {
  const AgreementSetup setup;
  BOOST_TEST(position_of(setup.offers, setup.members[2].id()).value() == 2u);
  BOOST_TEST(!position_of(setup.offers, test::sample<ParticipantId>(8)).has_value());
  BOOST_TEST(sealed_index(2, 0) == 0u);
  BOOST_TEST(sealed_index(2, 1) == 1u);
  BOOST_TEST(sealed_index(2, 3) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
