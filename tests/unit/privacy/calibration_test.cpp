#include "privacy/calibration.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "tests/unit/privacy/skellam_pmf.hpp"

namespace guildsum::privacy {
namespace {

double epsilon_of(std::uint64_t variance_micro, const Sensitivity& sensitivity, std::uint64_t sums,
                  double delta) {
  const double variance = static_cast<double>(variance_micro) / kVarianceUnits;
  return RdpCurve::skellam(sensitivity, variance)->times(sums).at(delta)->epsilon;
}

/// P(|X| > reach).
double beyond(std::uint64_t reach, double variance) {
  double tail = 0;
  const auto first = static_cast<std::int64_t>(reach) + 1;
  for (std::int64_t k = first; k < first + 400; ++k) tail += 2 * test::skellam_pmf(k, variance);
  return tail;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calibration_test)

BOOST_AUTO_TEST_CASE(the_variance_is_the_least_that_stays_within_the_budget) {
  const Sensitivity sensitivity{55, std::sqrt(55.0)};
  for (const double epsilon : {0.1, 1.0, 8.0, 64.0}) {
    for (const std::uint64_t sums : {1, 24}) {
      const auto variance = skellam_variance_micro({epsilon, 1e-5}, sensitivity, sums);
      BOOST_REQUIRE(variance.has_value());
      BOOST_TEST(epsilon_of(*variance, sensitivity, sums, 1e-5) <= epsilon);
      BOOST_TEST(epsilon_of(*variance - 1, sensitivity, sums, 1e-5) > epsilon);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_smaller_budget_and_more_sums_take_more_noise) {
  const Sensitivity one{1, 1};
  const auto least = *skellam_variance_micro({2, 1e-5}, one, 1);
  BOOST_TEST(*skellam_variance_micro({1, 1e-5}, one, 1) > least);
  BOOST_TEST(*skellam_variance_micro({2, 1e-7}, one, 1) > least);
  BOOST_TEST(*skellam_variance_micro({2, 1e-5}, one, 10) > least);
}

BOOST_AUTO_TEST_CASE(budgets_that_cannot_be_are_refused) {
  const Sensitivity one{1, 1};
  for (const double bad : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
    BOOST_TEST((skellam_variance_micro({bad, 1e-5}, one, 1).error().code() ==
               BaseErrc::invalid_argument));
  }
  BOOST_TEST((skellam_variance_micro({1, 0}, one, 1).error().code() == BaseErrc::invalid_argument));
  BOOST_TEST((skellam_variance_micro({1, 1e-5}, one, 0).error().code() ==
             BaseErrc::invalid_argument));
  BOOST_TEST((skellam_variance_micro({1e-6, 1e-9}, {1e9, 1e9}, 1000).error().code() ==
             BaseErrc::too_large));
}

BOOST_AUTO_TEST_CASE(noise_reaches_no_further_but_with_the_stated_probability) {
  for (const double variance : {0.25, 3.0, 200.0}) {
    const auto reach = skellam_reach(variance, 1, 20);
    BOOST_TEST(beyond(reach, variance) <= 0x1p-20);
    // Chernoff's bound is not far: half of it would be too little.
    BOOST_TEST(beyond(reach / 2, variance) > 0x1p-20);
  }
}

BOOST_AUTO_TEST_CASE(more_values_reach_further) {
  BOOST_TEST(skellam_reach(100, 1'000'000) > skellam_reach(100, 1));
  BOOST_TEST(skellam_reach(0, 1'000'000) == 0U);
  BOOST_TEST(skellam_reach(100, 0) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::privacy
