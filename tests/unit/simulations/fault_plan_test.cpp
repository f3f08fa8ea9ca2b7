#include "simulations/faults/fault_plan.hpp"

#include <set>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

namespace guildsum::simulations {

namespace {

constexpr milliseconds kEarly{1'000};

Scenario lossy() {
  Scenario scenario;
  scenario.faults.lose_request = 0.3;
  scenario.faults.partition = 1;
  scenario.faults.skew_max = milliseconds{1'000};
  return scenario;
}

std::vector<std::uint64_t> lost(FaultPlan& plan) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    if (plan.at(FaultKind::lose_request, 2, n, kEarly)) numbers.push_back(n);
  }
  return numbers;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fault_plan_test)

BOOST_AUTO_TEST_CASE(a_seed_draws_the_same_faults_again_and_another_one_others) {
  const Scenario scenario = lossy();
  FaultPlan first{scenario, 7, 5};
  FaultPlan again{scenario, 7, 5};
  FaultPlan other{scenario, 8, 5};
  const auto numbers = lost(first);
  BOOST_TEST((numbers == lost(again)));
  BOOST_TEST((numbers != lost(other)));
  BOOST_TEST(first.fired().size() == numbers.size());
}

BOOST_AUTO_TEST_CASE(the_share_of_faults_is_the_rate_times_one_of_four_intensities) {
  Scenario scenario = lossy();
  scenario.sweep.key = "lose_request";  // a sweep takes the rates as they are
  FaultPlan plan{scenario, 7, 5};
  const auto count = lost(plan).size();
  BOOST_TEST(count > 240U);
  BOOST_TEST(count < 360U);
}

BOOST_AUTO_TEST_CASE(nothing_goes_wrong_once_faults_stop) {
  const Scenario scenario = lossy();
  FaultPlan plan{scenario, 7, 5};
  for (std::uint64_t n = 1; n <= 1000; ++n) {
    BOOST_TEST(!plan.at(FaultKind::lose_request, 2, n, scenario.faults.until).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_script_is_followed_to_the_letter) {
  const Scenario scenario = lossy();
  const Fault partition{FaultKind::partition, 1, 500, 2'000};
  FaultPlan plan{scenario, 7, 5, {{FaultKind::lose_request, 2, 30, 0}, partition}};
  BOOST_TEST((lost(plan) == std::vector<std::uint64_t>{30}));
  const auto initial = plan.initial();
  BOOST_REQUIRE(initial.size() == 1U);
  BOOST_TEST((initial.front() == partition));
}

BOOST_AUTO_TEST_CASE(peeking_is_not_remembered) {
  const Scenario scenario = lossy();
  FaultPlan plan{scenario, 7, 5, {{FaultKind::departure, 2, 1, 3}}};
  BOOST_TEST(plan.peek(FaultKind::departure, 2, 1, kEarly).has_value());
  BOOST_TEST(plan.fired().empty());
}

BOOST_AUTO_TEST_CASE(departures_for_good_have_a_probability_of_their_own) {
  Scenario scenario;
  scenario.sweep.key = "departure";  // the rates as they are
  scenario.faults.departure = 1;
  scenario.faults.departure_max = milliseconds{60'000};
  const auto share_for_good = [&](double probability) {
    scenario.faults.departure_for_good = probability;
    const FaultPlan plan{scenario, 7, 5};
    std::set<std::uint64_t> phases;
    int for_good = 0;
    for (std::uint64_t n = 1; n <= 1000; ++n) {
      const auto fault = plan.peek(FaultKind::departure, 2, n, kEarly);
      BOOST_REQUIRE(fault.has_value());
      BOOST_TEST(fault->value / 8 <= 60'000U);
      if (fault->value / 8 != 0) continue;
      ++for_good;
      phases.insert(fault->value % 8);
    }
    if (probability > 0) BOOST_TEST(phases.size() == 6U);
    return for_good;
  };
  BOOST_TEST(share_for_good(0) == 0);
  BOOST_TEST(share_for_good(1) == 1000);
  const int quarter = share_for_good(0.25);
  BOOST_TEST(quarter > 190);
  BOOST_TEST(quarter < 310);
  scenario.faults.departure_max = milliseconds{0};
  BOOST_TEST(share_for_good(0) == 1000);  // Nobody comes back after no time.
}

BOOST_AUTO_TEST_CASE(each_kind_has_a_name_and_a_sentence) {
  for (std::size_t k = 0; k < kFaultKinds; ++k) {
    const Fault fault{static_cast<FaultKind>(k), 3, 4, 9};
    BOOST_TEST(!to_string(fault.kind).empty());
    BOOST_TEST(describe(fault).size() > 10U);
    BOOST_TEST(to_json(fault).at("kind").as_string() == to_string(fault.kind));
  }
}

BOOST_AUTO_TEST_CASE(a_seed_draws_the_number_of_shops_between_the_bounds) {
  Scenario scenario;
  std::set<std::uint32_t> drawn;
  for (std::uint64_t seed = 1; seed < 100; ++seed) {
    drawn.insert(drawn_shops(scenario, FaultPlan{scenario, seed, 0}));
  }
  BOOST_TEST((drawn == std::set<std::uint32_t>{5, 6, 7, 8}));
}

BOOST_AUTO_TEST_CASE(shares_draw_the_attackers_that_are_not_named) {
  Scenario scenario;
  scenario.attackers = {{4, AttackKind::garbage}};
  scenario.attacker_shares = {{0.1, AttackKind::scales}, {0.2, AttackKind::free_rider}};
  const FaultPlan plan{scenario, 3, 1000};
  std::size_t scaling = 0;
  std::size_t free = 0;
  for (std::uint32_t shop = 0; shop < 1000; ++shop) {
    const auto attack = attack_of(scenario, plan, shop);
    scaling += attack == AttackKind::scales ? 1 : 0;
    free += attack == AttackKind::free_rider ? 1 : 0;
  }
  BOOST_TEST((attack_of(scenario, plan, 4) == AttackKind::garbage));
  BOOST_TEST(scaling > 60U);
  BOOST_TEST(scaling < 140U);
  BOOST_TEST(free > 150U);
  BOOST_TEST(free < 250U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
