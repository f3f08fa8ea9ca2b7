#include "simulations/round_costs.hpp"

#include <boost/test/unit_test.hpp>

namespace guildsum::simulations {

BOOST_AUTO_TEST_SUITE(round_costs_test)

BOOST_AUTO_TEST_CASE(work_is_timed_and_its_result_handed_on) {
  double seconds = 1;
  const auto sum = metered(seconds, [] {
    double total = 0;
    for (int k = 1; k < 2'000'000; ++k) total += 1.0 / k;
    return total;
  });
  BOOST_TEST(sum > 14);
  BOOST_TEST(seconds > 1);
}

BOOST_AUTO_TEST_CASE(costs_add_up) {
  PhaseCosts total{1, 2, 0.5, 0.25};
  total += PhaseCosts{10, 20, 1, 2};
  BOOST_TEST(total.bytes_up == 11U);
  BOOST_TEST(total.bytes_down == 22U);
  BOOST_TEST(total.shops == 1.5);
  BOOST_TEST(total.coordinator == 2.25);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
