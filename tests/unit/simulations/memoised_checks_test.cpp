#include "simulations/faults/memoised_checks.hpp"

#include <boost/test/unit_test.hpp>

#include "base/random.hpp"

namespace guildsum::simulations {

namespace {

struct Statements {
  SeededRandom random{3};
  crypto::Signer signer{crypto::generate_signing_key(random)};
  crypto::Signer other{crypto::generate_signing_key(random)};
  MemoisedChecks checks;
  [[nodiscard]] bool holds(const std::string& message, const crypto::Signature& signature) {
    return checks.verify(signer.verify_key(), as_bytes(message), signature);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(memoised_checks_test)

BOOST_FIXTURE_TEST_CASE(the_same_check_is_made_once, Statements) {
  const auto signature = signer.sign(as_bytes("a"));
  for (int shop = 0; shop < 5; ++shop) BOOST_TEST(holds("a", signature));
  BOOST_TEST(checks.asked() == 5U);
  BOOST_TEST(checks.memoised() == 4U);
}

BOOST_FIXTURE_TEST_CASE(another_key_message_or_signature_is_another_check, Statements) {
  const auto signature = signer.sign(as_bytes("a"));
  BOOST_TEST(holds("a", signature));
  BOOST_TEST(!holds("b", signature));
  BOOST_TEST(!holds("a", signer.sign(as_bytes("b"))));
  BOOST_TEST(!checks.verify(other.verify_key(), as_bytes("a"), signature));
  BOOST_TEST(checks.memoised() == 0U);
  BOOST_TEST(!holds("b", signature));  // What does not verify never will.
  BOOST_TEST(checks.memoised() == 1U);
}

BOOST_FIXTURE_TEST_CASE(old_answers_are_forgotten, Statements) {
  const crypto::Signature invalid;
  const auto ask = [&](std::size_t n) {
    return holds(std::to_string(n), invalid);
  };
  for (std::size_t n = 0; n <= 2 * MemoisedChecks::kGeneration; ++n) BOOST_TEST_REQUIRE(!ask(n));
  BOOST_TEST(checks.memoised() == 0U);
  BOOST_TEST(!ask(2 * MemoisedChecks::kGeneration));
  BOOST_TEST(!ask(MemoisedChecks::kGeneration));
  BOOST_TEST(checks.memoised() == 2U);
  BOOST_TEST(!ask(0));
  BOOST_TEST(checks.memoised() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
