#include "simulations/faults/fault_run.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/simulation/scenarios.hpp"

namespace guildsum::simulations {

using test::calm_scenario;
using test::shipped_scenario;

namespace {

RunOutcome outcome_of(const Scenario& scenario, std::uint64_t seed,
                      const RunOptions& options = {}) {
  auto outcome = run_seed(scenario, seed, options);
  BOOST_REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string{} : outcome.error().message()));
  return *std::move(outcome);
}

std::string first_violation(const RunOutcome& outcome) {
  if (outcome.passed()) return {};
  return "seed " + std::to_string(outcome.seed) + ", " + outcome.violations.front().invariant +
         ": " + outcome.violations.front().what;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fault_run_test)

BOOST_AUTO_TEST_CASE(without_faults_every_round_completes_with_every_shop) {
  const RunOutcome outcome = outcome_of(calm_scenario(), 1);
  BOOST_TEST(outcome.passed(), first_violation(outcome));
  BOOST_TEST(outcome.completed);
  BOOST_TEST(outcome.attempts == 2U);
  BOOST_TEST(outcome.sums == 2U);
  BOOST_TEST(outcome.counted == 2U * outcome.shops);
  BOOST_TEST(outcome.faults.empty());
  BOOST_TEST(outcome.shop_crashes == 0U);
  BOOST_TEST(outcome.refusals == 0U);
  BOOST_TEST(outcome.checks > 100U);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bytes_and_another_one_others) {
  const Scenario scenario = shipped_scenario("faults");
  const RunOutcome first = outcome_of(scenario, 11);
  const RunOutcome again = outcome_of(scenario, 11);
  BOOST_TEST(first.digest == again.digest);
  BOOST_TEST((first.faults == again.faults));
  BOOST_TEST(first.events == again.events);
  BOOST_TEST(first.virtual_ms == again.virtual_ms);
  BOOST_TEST(outcome_of(scenario, 12).digest != first.digest);
}

BOOST_AUTO_TEST_CASE(a_script_of_the_faults_that_happened_is_the_same_run) {
  const Scenario scenario = shipped_scenario("faults");
  const RunOutcome drawn = outcome_of(scenario, 5);
  BOOST_TEST(!drawn.faults.empty());
  const RunOutcome scripted = outcome_of(scenario, 5, {drawn.faults, {}});
  BOOST_TEST(scripted.digest == drawn.digest);
  BOOST_TEST(scripted.events == drawn.events);
}

BOOST_AUTO_TEST_CASE(an_empty_script_is_a_run_without_faults) {
  const RunOutcome outcome = outcome_of(shipped_scenario("faults"), 5, {std::vector<Fault>{}, {}});
  BOOST_TEST(outcome.passed(), first_violation(outcome));
  BOOST_TEST(outcome.completed);
  BOOST_TEST(outcome.faults.empty());
}

BOOST_AUTO_TEST_CASE(a_departure_in_each_phase_is_survived) {
  Scenario scenario = calm_scenario();
  scenario.shops_min = scenario.shops_max = 8;
  scenario.faults.until = milliseconds{3'600'000};
  for (std::uint64_t phase = 0; phase < 6; ++phase) {
    const std::vector<Fault> script{{FaultKind::departure, 3, 1, phase}};
    const RunOutcome outcome = outcome_of(scenario, 3, {script, {}});
    BOOST_TEST(outcome.passed(), first_violation(outcome));
    BOOST_TEST(outcome.completed, "phase " << phase << ": " << outcome.reason);
    // Gone before its input: in neither sum. Gone after it: in the first sum only.
    BOOST_TEST(outcome.counted == (phase < 2 ? 14U : 15U), "phase " << phase);
  }
}

BOOST_AUTO_TEST_CASE(a_crash_of_the_coordinator_at_each_transaction_does_no_harm) {
  Scenario scenario = calm_scenario();
  scenario.shops_min = scenario.shops_max = 5;
  scenario.rounds = 1;
  scenario.faults.until = milliseconds{3'600'000};
  const std::uint64_t transactions = outcome_of(scenario, 4).transactions;
  BOOST_TEST(transactions > 30U);
  for (std::uint64_t n = 1; n <= transactions; ++n) {
    for (const std::uint64_t after_commit : {0U, 1U}) {
      const std::vector<Fault> script{
          {FaultKind::coordinator_crash, 0, n, after_commit + 8 * 1'000}};
      const RunOutcome outcome = outcome_of(scenario, 4, {script, {}});
      BOOST_TEST(outcome.passed(), "transaction " << n << ": " << first_violation(outcome));
      BOOST_TEST(outcome.completed, "transaction " << n);
      // Up to there the run is the calm one, which has this transaction.
      BOOST_TEST((outcome.faults == script), "transaction " << n);
      BOOST_TEST(outcome.coordinator_crashes == 1U, "transaction " << n);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_sum_whose_input_was_lost_on_the_disk_is_repaired) {
  Scenario scenario = calm_scenario();
  scenario.faults.until = milliseconds{3'600'000};
  for (const std::uint64_t at : {1U, 2U}) {
    for (const std::uint64_t how : {0U, 1U}) {
      const std::vector<Fault> script{{FaultKind::upload_lost, 2, at, how}};
      const RunOutcome outcome = outcome_of(scenario, 8, {script, {}});
      BOOST_TEST(outcome.passed(), describe(script[0]) << ": " << first_violation(outcome));
      BOOST_TEST((outcome.faults == script));
      BOOST_TEST(outcome.completed, describe(script[0]));
      // The same shops again, with the same vectors.
      BOOST_TEST(outcome.attempts == 3U, describe(script[0]));
      BOOST_TEST(outcome.sums == 2U, describe(script[0]));
      BOOST_TEST(outcome.counted == 2U * outcome.shops, describe(script[0]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_crash_of_a_shop_at_each_step_does_no_harm) {
  Scenario scenario = calm_scenario();
  scenario.shops_min = scenario.shops_max = 6;
  scenario.rounds = 1;
  scenario.faults.until = milliseconds{3'600'000};
  for (std::uint64_t step = 1; step < 14; ++step) {
    for (std::uint64_t mode = 0; mode < 4; ++mode) {
      const std::vector<Fault> script{{FaultKind::shop_crash, 2, step, mode + 8 * 2'000}};
      const RunOutcome outcome = outcome_of(scenario, 6, {script, {}});
      BOOST_TEST(outcome.passed(),
                 "step " << step << ", mode " << mode << ": " << first_violation(outcome));
      BOOST_TEST(outcome.completed, "step " << step << ", mode " << mode);
      BOOST_TEST(outcome.shop_crashes == 1U, "step " << step << ", mode " << mode);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_large_cohort_with_real_masks_holds_and_checks_each_signature_once) {
  Scenario scenario = shipped_scenario("full-graph-256");
  scenario.shops_min = scenario.shops_max = 48;
  scenario.cohort_min = 36;
  const RunOutcome outcome = outcome_of(scenario, 1);
  BOOST_TEST(outcome.passed(), first_violation(outcome));
  BOOST_TEST(outcome.completed, outcome.reason);
  BOOST_TEST(outcome.sums == 1U);
  BOOST_TEST(outcome.counted >= 36U);
  BOOST_TEST(!outcome.faults.empty());
  // Check-ins, shares and survivor signatures are each checked by all; there are few of the rest.
  const std::uint64_t made = outcome.signature_checks - outcome.signature_checks_memoised;
  BOOST_TEST(outcome.signature_checks > 2U * 36U * 36U);
  BOOST_TEST(made < 10U * 48U * outcome.attempts);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
