#include "simulations/faults/outcome_codec.hpp"

#include "base/errors.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

namespace {

RunOutcome full_outcome() {
  RunOutcome outcome;
  outcome.seed = 77;
  outcome.shops = 8;
  outcome.attempts = 3;
  outcome.counted = 14;
  outcome.attacks[2] = {5, 4};
  outcome.faults = {{FaultKind::lose_request, 1, 7, 0}, {FaultKind::skew, 2, 3, 1}};
  outcome.faults_by_kind[0] = 1;
  outcome.violations = {{"I1", 1234, "2 & not <1>"}};
  outcome.completed = true;
  outcome.reason = "none";
  outcome.transactions = 46;
  outcome.signature_checks_memoised = 9;
  outcome.virtual_ms = -1;
  outcome.digest = "abcd";
  outcome.update_errors = {0.1, 1e-300};
  return outcome;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outcome_codec_test)

BOOST_AUTO_TEST_CASE(outcomes_and_errors_come_back_as_they_were) {
  Outcomes outcomes;
  outcomes.emplace(3, full_outcome());
  outcomes.emplace(4, Error{BaseErrc::no_space, "/dev/shm"});
  outcomes.emplace(9, RunOutcome{});
  const Bytes bytes = encode_outcomes(outcomes);
  const Outcomes read = test::must(decode_outcomes(bytes));
  BOOST_REQUIRE(read.size() == 3U);
  const RunOutcome& outcome = *read.at(3);
  const RunOutcome expected = full_outcome();
  BOOST_TEST(outcome.seed == expected.seed);
  BOOST_TEST((outcome.faults == expected.faults));
  BOOST_TEST(outcome.violations[0].what == expected.violations[0].what);
  BOOST_TEST((outcome.update_errors == expected.update_errors));
  BOOST_TEST(outcome.transactions == 46U);
  BOOST_TEST(outcome.virtual_ms == -1);
  BOOST_TEST((read.at(4).error() == BaseErrc::no_space));
  BOOST_TEST((encode_outcomes(read).size() >= bytes.size()));
  Outcomes without_error = read;
  without_error.erase(4);
  outcomes.erase(4);
  BOOST_TEST((encode_outcomes(without_error) == encode_outcomes(outcomes)));
}

BOOST_AUTO_TEST_CASE(bytes_that_end_early_are_refused) {
  Outcomes outcomes;
  outcomes.emplace(3, full_outcome());
  Bytes bytes = encode_outcomes(outcomes);
  bytes.pop_back();
  BOOST_TEST(decode_outcomes(bytes).has_error());
  BOOST_TEST(test::must(decode_outcomes({})).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
