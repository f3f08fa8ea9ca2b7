#include "simulations/faults/arithmetic_run.hpp"

#include <algorithm>

#include "tests/simulation/thread_ranks.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

namespace {

Scenario many_shops() {
  Scenario scenario;
  scenario.mode = RunMode::arithmetic_only;
  scenario.shops_min = scenario.shops_max = 400;
  scenario.cohort_min = 100;
  scenario.vector_length = 60;
  scenario.rounds = 3;
  scenario.faults.until = milliseconds{7'200'000};
  scenario.sweep.key = "departure";  // the rates as they are
  return scenario;
}

RunOutcome outcome_of(const Scenario& scenario, std::uint64_t seed = 1) {
  OneRank alone;
  return test::must(run_arithmetic(scenario, seed, alone));
}

std::uint64_t departures(const RunOutcome& outcome) {
  return outcome.faults_by_kind[static_cast<std::size_t>(FaultKind::departure)];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(arithmetic_run_test)

BOOST_AUTO_TEST_CASE(honest_shops_that_stay_give_the_exact_mean) {
  const RunOutcome outcome = outcome_of(many_shops());
  BOOST_TEST(outcome.passed());
  BOOST_TEST(outcome.completed);
  BOOST_TEST(outcome.sums == 3U);
  BOOST_TEST(outcome.attempts == 3U);
  BOOST_TEST(outcome.counted == 1'200U);
  BOOST_TEST((outcome.update_errors == std::vector<double>(3, 0.0)));
  BOOST_TEST(outcome.signature_checks == 0U);
  BOOST_TEST(outcome.messages == 0U);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_bytes_on_any_number_of_ranks) {
  Scenario scenario = many_shops();
  scenario.faults.departure = 0.2;
  scenario.attacker_shares = {{0.05, AttackKind::flips_sign}};
  const RunOutcome alone = outcome_of(scenario, 5);
  BOOST_TEST(outcome_of(scenario, 6).digest != alone.digest);
  for (const std::uint32_t size : {2U, 3U, 7U}) {
    test::on_thread_ranks(size, [&](Ranks& ranks) {
      const auto outcome = run_arithmetic(scenario, 5, ranks);
      const bool same = outcome && outcome->digest == alone.digest &&
                        outcome->counted == alone.counted &&
                        outcome->update_errors == alone.update_errors;
      if (!same) throw std::runtime_error{"rank " + std::to_string(ranks.rank()) + " differs"};
    });
  }
}

BOOST_AUTO_TEST_CASE(shops_that_leave_before_their_input_are_not_counted) {
  Scenario scenario = many_shops();
  scenario.faults.departure = 0.3;
  scenario.faults.departure_max = milliseconds{60'000};
  const RunOutcome outcome = outcome_of(scenario);
  BOOST_TEST(outcome.passed());
  BOOST_TEST(outcome.completed);
  BOOST_TEST(departures(outcome) > 250U);
  BOOST_TEST(departures(outcome) < 470U);
  // Two phases of six come before the input.
  const std::uint64_t missing = 1'200 - outcome.counted;
  BOOST_TEST(missing > departures(outcome) / 5);
  BOOST_TEST(missing < departures(outcome) / 2);
  BOOST_TEST(*std::ranges::max_element(outcome.update_errors) > 0);
}

BOOST_AUTO_TEST_CASE(a_task_that_loses_too_many_shops_is_abandoned) {
  Scenario scenario = many_shops();
  scenario.faults.departure = 1;  // for good
  const RunOutcome outcome = outcome_of(scenario);
  BOOST_TEST(!outcome.completed);
  BOOST_TEST(outcome.reason == "too few shops");
  BOOST_TEST(outcome.passed());
  BOOST_TEST(outcome.attempts <= 1 + scenario.attempts_max);
}

BOOST_AUTO_TEST_CASE(attackers_move_the_mean_and_are_told) {
  Scenario scenario = many_shops();
  scenario.attackers = {{3, AttackKind::garbage}};
  BOOST_TEST(outcome_of(scenario).counted == 3U * 399U);
  scenario.attackers = {};
  const auto error_with = [&](AttackKind kind) {
    scenario.attacker_shares = {{0.1, kind}};
    const RunOutcome outcome = outcome_of(scenario);
    BOOST_TEST(outcome.passed());
    const AttackTally& tally = outcome.attacks[static_cast<std::size_t>(kind)];
    BOOST_TEST(tally.tried > 3U * 20U, to_string(kind));
    BOOST_TEST(tally.tried < 3U * 65U, to_string(kind));
    return outcome.update_errors.front();
  };
  const double lazy = error_with(AttackKind::free_rider);
  const double flipped = error_with(AttackKind::flips_sign);
  BOOST_TEST(lazy > 0.04);
  BOOST_TEST(flipped > 1.7 * lazy);  // twice as far from the truth
  BOOST_TEST(error_with(AttackKind::late_unmask) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
