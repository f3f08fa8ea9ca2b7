#include "simulations/private_training.hpp"

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "models/contribute.hpp"
#include "models/errors.hpp"
#include "simulations/masked_sum.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::must;
using test::random_purchases;
using test::refused;

PrivacySettings spending(double epsilon, std::uint32_t customer_items = 4) {
  PrivacySettings settings;
  settings.budget.epsilon = epsilon;
  settings.customer_items = customer_items;
  return settings;
}

models::TaskPlan plan_of(models::TaskKind kind) {
  models::TaskPlan plan;
  plan.kind = kind;
  plan.items = test::kSmallItems;
  return plan;
}

std::vector<std::int64_t> contribution(const models::TaskPlan& plan,
                                       const std::vector<std::vector<models::ItemIndex>>& rows) {
  const auto request = must(must(models::make_task(plan))->next_request());
  SeededRandom random{1};
  const auto data = must(models::Interactions::build(plan.items, rows));
  return must(models::contribute(plan, request, data, random)).values;
}

/// Opened sums of shops that contribute nothing but their noise.
std::vector<std::int64_t> noise_of(const PrivacyPlan& privacy, std::size_t shops,
                                   SecureSum& inner) {
  const auto plan = plan_of(models::TaskKind::ease);
  const auto request = must(must(models::make_task(plan))->next_request());
  const std::vector<std::vector<std::int64_t>> zeros(
      shops, std::vector<std::int64_t>(request.layout.total_length(), 0));
  SeededRandom random{5};
  auto noisy = must(PrivateSum::create(privacy, inner, random));
  return must(noisy.sum(plan, request, zeros));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(private_training_test)

BOOST_AUTO_TEST_CASE(a_customer_moves_the_sum_by_exactly_the_sensitivity_that_is_paid_for) {
  const std::vector<models::ItemIndex> everything{1, 5, 7, 23};
  for (const auto& [model, kind] : {std::pair{ModelKind::popularity, models::TaskKind::popularity},
                                    std::pair{ModelKind::ease, models::TaskKind::ease}}) {
    const auto plan = plan_of(kind);
    const auto without = contribution(plan, {{2, 5}, {7}});
    const auto with = contribution(plan, {{2, 5}, {7}, everything});
    double l1 = 0;
    double squares = 0;
    for (std::size_t i = 0; i < with.size(); ++i) {
      const auto moved = static_cast<double>(with[i] - without[i]);
      l1 += std::abs(moved);
      squares += moved * moved;
    }
    const auto privacy = must(plan_privacy(spending(1), model, 8));
    BOOST_TEST(privacy.sensitivity.l1 == l1);
    BOOST_TEST(privacy.sensitivity.l2 == std::sqrt(squares));
  }
}

BOOST_AUTO_TEST_CASE(the_noise_of_the_honest_survivors_alone_keeps_the_budget) {
  for (const std::uint32_t shops : {3U, 8U, 32U}) {
    for (const double epsilon : {0.5, 4.0, 64.0}) {
      const auto settings = spending(epsilon);
      const auto privacy = must(plan_privacy(settings, ModelKind::ease, shops));
      const double honest = static_cast<double>(privacy.shop_variance_micro) * privacy.honest /
                            privacy::kVarianceUnits;
      const auto curve = must(privacy::RdpCurve::skellam(privacy.sensitivity, honest));
      BOOST_TEST(must(curve.at(settings.budget.delta)).epsilon == privacy.epsilon,
                 boost::test_tools::tolerance(1e-9));
      BOOST_TEST(privacy.epsilon <= epsilon);
      BOOST_TEST(privacy.epsilon > 0.99 * epsilon);
    }
  }
  // n = 8: c = 1, s_min = 5; n = 32: c = 4, t = 19.
  BOOST_TEST(must(plan_privacy(spending(1), ModelKind::ease, 8)).honest == 4U);
  BOOST_TEST(must(plan_privacy(spending(1), ModelKind::ease, 32)).honest == 15U);
}

BOOST_AUTO_TEST_CASE(models_without_a_bound_on_a_customer_and_lonely_shops_are_refused) {
  for (const auto model : {ModelKind::ials, ModelKind::bpr, ModelKind::softmax, ModelKind::blend,
                           ModelKind::transitions, ModelKind::title, ModelKind::buy_again}) {
    BOOST_TEST(refused(plan_privacy(spending(1), model, 8), "popularity, knn and ease"));
  }
  BOOST_TEST(refused(plan_privacy(spending(1), ModelKind::ease, 1), "two at least"));
  BOOST_TEST(refused(plan_privacy(spending(1, 0), ModelKind::ease, 8), "at least one item"));
  BOOST_TEST(refused(plan_privacy(spending(0), ModelKind::ease, 8), "epsilon is above 0"));
  BOOST_TEST(refused(plan_privacy(spending(0.005, 20), ModelKind::ease, 8), "count fewer items"));
}

BOOST_AUTO_TEST_CASE(customers_keep_so_many_of_their_own_items_drawn_evenly) {
  std::vector<std::vector<models::ItemIndex>> rows(3'000, {0, 1, 2, 3, 4, 5, 6, 7});
  rows.push_back({9, 11});
  rows.push_back({});
  const auto data = must(models::Interactions::build(test::kSmallItems, rows));
  SeededRandom random{4};
  const auto limited = with_items_limited(data, 3, random);
  BOOST_TEST(limited.customers() == data.customers());
  for (std::size_t u = 0; u < 3'000; ++u) BOOST_REQUIRE(limited.row(u).size() == 3U);
  BOOST_TEST(limited.row(3'000).size() == 2U);
  BOOST_TEST(limited.row(3'001).empty());
  const auto counts = limited.item_counts();
  // 3 of 8: 1,125 each, standard deviation 27.
  for (models::ItemIndex item = 0; item < 8; ++item) {
    BOOST_TEST(std::abs(static_cast<int>(counts[item]) - 1'125) < 135);
  }
}

BOOST_AUTO_TEST_CASE(every_shop_adds_its_share_of_the_noise) {
  auto privacy = must(plan_privacy(spending(1), ModelKind::ease, 8));
  privacy.kept_from = 0;  // Negative sums count as 0: half of the variance is left.
  PlainSum plain;
  double squares = 0;
  const auto total = noise_of(privacy, 8, plain);
  for (const auto value : total) squares += static_cast<double>(value * value);
  const double variance = privacy.noise_deviation * privacy.noise_deviation;
  const auto n = static_cast<double>(total.size());
  BOOST_TEST(std::abs(2 * squares / n - variance) < 5 * variance * std::sqrt(5 / n));
}

BOOST_AUTO_TEST_CASE(noise_passes_masks_as_it_passes_the_open_and_small_sums_are_cut_off) {
  const auto privacy = must(plan_privacy(spending(2), ModelKind::ease, 5));
  PlainSum plain;
  MaskedSum masked{5, 9};
  const auto in_the_open = noise_of(privacy, 5, plain);
  BOOST_TEST((noise_of(privacy, 5, masked) == in_the_open));
  BOOST_TEST(privacy.kept_from > 2 * privacy.noise_deviation);
  for (const auto value : in_the_open) BOOST_TEST((value == 0 || value >= privacy.kept_from));
  BOOST_TEST(std::ranges::count(in_the_open, 0) > 280);  // Of 300, 99.9 % are expected.
}

BOOST_AUTO_TEST_CASE(noise_that_the_layout_does_not_hold_is_an_error_not_a_wrapped_sum) {
  auto plan = plan_of(models::TaskKind::ease);
  plan.customers_max = 1;
  const auto request = must(must(models::make_task(plan))->next_request());
  const std::vector<std::vector<std::int64_t>> zeros(
      5, std::vector<std::int64_t>(request.layout.total_length(), 0));
  PlainSum plain;
  SeededRandom random{5};
  const auto privacy = must(plan_privacy(spending(0.5), ModelKind::ease, 5));
  auto noisy = must(PrivateSum::create(privacy, plain, random));
  const auto sum = noisy.sum(plan, request, zeros);
  BOOST_TEST((sum.error() == models::ModelsErrc::out_of_range));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
