#include "privacy/rdp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "tests/unit/privacy/skellam_pmf.hpp"

namespace guildsum::privacy {
namespace {

/// Rényi divergence of this order between Skellam noise and the same moved by `shift`, summed up
/// term by term.
double divergence(int shift, double variance, double order) {
  const auto reach = static_cast<int>(12 * std::sqrt(variance)) + 30 + shift;
  double sum = 0;
  for (int k = -reach; k <= reach; ++k) {
    const double moved = test::skellam_pmf(k - shift, variance);
    const double still = test::skellam_pmf(k, variance);
    if (moved <= 0 || still <= 0) continue;
    sum += std::exp(order * std::log(moved) + (1.0 - order) * std::log(still));
  }
  return std::log(sum) / (order - 1.0);
}

double loss_at(const RdpCurve& curve, double order) {
  const auto orders = RdpCurve::orders();
  const auto found = std::ranges::find(orders, order);
  BOOST_REQUIRE(found != orders.end());
  return curve.losses()[static_cast<std::size_t>(found - orders.begin())];
}

RdpCurve skellam(double l1, double l2, double variance) {
  auto curve = RdpCurve::skellam({l1, l2}, variance);
  BOOST_REQUIRE(curve.has_value());
  return std::move(curve).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rdp_test)

BOOST_AUTO_TEST_CASE(the_skellam_bound_holds_against_the_divergence_itself_and_is_not_far) {
  for (const double variance : {2.0, 9.0, 60.0, 400.0}) {
    for (const int shift : {1, 2, 5}) {
      const auto curve = skellam(shift, shift, variance);
      for (const double order : {2.0, 3.0, 8.0}) {
        const double exact = divergence(shift, variance, order);
        const double bound = loss_at(curve, order);
        BOOST_TEST(bound >= exact * (1 - 1e-9), "variance " << variance << ", shift " << shift
                                                            << ", order " << order << ": " << bound
                                                            << " below " << exact);
        if (variance >= 60) BOOST_TEST(bound <= 1.2 * exact + 1e-3);
      }
    }
  }
}

// Coordinates are drawn independently, so that their divergences add up: a customer of d ones.
BOOST_AUTO_TEST_CASE(the_bound_holds_where_a_customer_moves_many_values_by_one) {
  for (const int ones : {4, 210}) {
    for (const double variance : {30.0, 400.0}) {
      const auto curve = skellam(ones, std::sqrt(ones), variance);
      for (const double order : {2.0, 8.0}) {
        const double exact = ones * divergence(1, variance, order);
        BOOST_TEST(loss_at(curve, order) >= exact * (1 - 1e-9));
        BOOST_TEST(loss_at(curve, order) <= 1.2 * exact);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(orders_between_whole_ones_take_the_upper_ones_loss) {
  const auto curve = skellam(3, 3, 50);
  BOOST_TEST(loss_at(curve, 2.5) == loss_at(curve, 3.0));
  BOOST_TEST(divergence(3, 50, 2.5) <= loss_at(curve, 2.5));
}

BOOST_AUTO_TEST_CASE(much_skellam_noise_costs_what_gaussian_noise_of_the_same_variance_costs) {
  const double l2 = 10;
  const double variance = 1e6 * l2 * l2;
  const auto discrete = skellam(l2, l2, variance).at(1e-5);
  const auto continuous = RdpCurve::gaussian(std::sqrt(variance) / l2)->at(1e-5);
  BOOST_TEST(discrete->epsilon >= continuous->epsilon);
  BOOST_TEST(discrete->epsilon <= 1.001 * continuous->epsilon);
}

BOOST_AUTO_TEST_CASE(losses_add_up) {
  auto sum = *RdpCurve::gaussian(2);
  sum += *RdpCurve::gaussian(2);
  const auto twice = RdpCurve::gaussian(2)->times(2);
  for (std::size_t k = 0; k < sum.losses().size(); ++k) {
    BOOST_TEST(sum.losses()[k] == twice.losses()[k]);
  }
  BOOST_TEST(sum.at(1e-5)->epsilon > RdpCurve::gaussian(2)->at(1e-5)->epsilon);
}

BOOST_AUTO_TEST_CASE(nothing_published_costs_nothing) {
  BOOST_TEST(RdpCurve{}.at(1e-9)->epsilon == 0.0);
  BOOST_TEST(RdpCurve::gaussian(1)->times(0).at(1e-9)->epsilon == 0.0);
}

BOOST_AUTO_TEST_CASE(more_noise_and_a_larger_delta_cost_less) {
  const auto noisy = RdpCurve::gaussian(4)->at(1e-5)->epsilon;
  BOOST_TEST(noisy < RdpCurve::gaussian(2)->at(1e-5)->epsilon);
  BOOST_TEST(noisy < RdpCurve::gaussian(4)->at(1e-6)->epsilon);
}

BOOST_AUTO_TEST_CASE(what_is_no_noise_no_sensitivity_or_no_delta_is_refused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -1.0, nan, HUGE_VAL}) {
    BOOST_TEST((RdpCurve::gaussian(bad).error().code() == BaseErrc::invalid_argument));
    BOOST_TEST((RdpCurve::skellam({1, 1}, bad).error().code() == BaseErrc::invalid_argument));
    BOOST_TEST((RdpCurve::skellam({bad, 1}, 1).error().code() == BaseErrc::invalid_argument));
    BOOST_TEST((RdpCurve::skellam({1, bad}, 1).error().code() == BaseErrc::invalid_argument));
    BOOST_TEST((RdpCurve{}.at(bad).error().code() == BaseErrc::invalid_argument));
  }
  BOOST_TEST((RdpCurve{}.at(1).error().code() == BaseErrc::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::privacy
