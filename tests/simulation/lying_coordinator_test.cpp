#include "simulations/faults/lying_coordinator.hpp"

#include "simulations/faults/fault_run.hpp"
#include "tests/simulation/scenarios.hpp"

namespace guildsum::simulations {
namespace {

RunOutcome run_under(std::optional<CoordinatorLie> lie, std::uint64_t seed) {
  auto scenario = test::shipped_scenario("lying-coordinator");
  scenario.lie = lie;
  auto outcome = run_seed(scenario, seed);
  BOOST_REQUIRE(outcome.has_value());
  for (const auto& violation : outcome->violations) {
    BOOST_ERROR(violation.invariant << ": " << violation.what);
  }
  return *std::move(outcome);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lying_coordinator_test)

BOOST_AUTO_TEST_CASE(each_lie_has_a_word_that_names_it) {
  for (std::size_t k = 0; k < kCoordinatorLies; ++k) {
    const auto lie = static_cast<CoordinatorLie>(k);
    BOOST_TEST((lie_named(to_string(lie)) == lie));
  }
  BOOST_TEST(!lie_named("tells-the-truth").has_value());
}

BOOST_AUTO_TEST_CASE(no_shop_is_taken_in_and_nothing_becomes_readable) {
  const auto honest = run_under(std::nullopt, 1);
  BOOST_TEST(honest.lies == 0U);
  BOOST_TEST(honest.sums == 2U);
  for (std::size_t k = 0; k < kCoordinatorLies; ++k) {
    const auto lie = static_cast<CoordinatorLie>(k);
    const auto outcome = run_under(lie, 1);
    BOOST_TEST(outcome.lies > 0U, to_string(lie));
  }
}

BOOST_AUTO_TEST_CASE(lies_that_stop_a_round_open_no_sum) {
  for (const auto lie : {CoordinatorLie::drops_input, CoordinatorLie::splits_views}) {
    BOOST_TEST(run_under(lie, 2).sums == 0U, to_string(lie));
  }
  BOOST_TEST(run_under(CoordinatorLie::another_past, 2).sums == 1U);  // There is no past before it.
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
