#include "participant/consent/decision.hpp"

#include <boost/test/unit_test.hpp>

using namespace guildsum::participant;

BOOST_AUTO_TEST_SUITE(decision_test)

BOOST_AUTO_TEST_CASE(words_mean_themselves) {
  for (const auto purpose : {Purpose::training, Purpose::recommendations}) {
    BOOST_TEST((parse_purpose(to_string(purpose)) == purpose));
  }
  for (const auto state : {ConsentState::given, ConsentState::refused, ConsentState::withdrawn,
                           ConsentState::objected, ConsentState::restricted}) {
    BOOST_TEST((parse_consent_state(to_string(state)) == state));
    BOOST_TEST(permits(state) == (state == ConsentState::given));
  }
}

BOOST_AUTO_TEST_CASE(other_vocabularies_are_understood) {
  BOOST_TEST((parse_purpose("personalization_storage") == Purpose::recommendations));
  BOOST_TEST((parse_consent_state("granted") == ConsentState::given));
  BOOST_TEST((parse_consent_state("denied") == ConsentState::refused));
  BOOST_TEST((parse_consent_state("RenewedConsentGiven") == ConsentState::given));
  BOOST_TEST((parse_consent_state("ConsentWithdrawn") == ConsentState::withdrawn));
}

BOOST_AUTO_TEST_CASE(what_decides_nothing_is_no_decision) {
  for (const char* word : {"", "ConsentUnknown", "ConsentRequested", "yes", "GIVEN", "given "}) {
    BOOST_TEST(!parse_consent_state(word).has_value(), word);
  }
  for (const char* word : {"", "ad_storage", "analytics_storage", "Training"}) {
    BOOST_TEST(!parse_purpose(word).has_value(), word);
  }
}

BOOST_AUTO_TEST_SUITE_END()
