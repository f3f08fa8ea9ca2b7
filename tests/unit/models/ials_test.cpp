#include "models/ials.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/detail/ials_task.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using boost::test_tools::tolerance;
using models::detail::frequency_regularisation;
using models::test::Draw;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

IalsPlan plan_of(std::uint32_t factors) {
  IalsPlan plan;
  plan.factors = factors;
  return plan;
}

/// (H_u^T H_u + a H^T H + reg I) w = sum of the rows that u bought, the direct way.
std::vector<double> exact_customer(const IalsPlan& plan, std::span<const float> factors,
                                   std::span<const ItemIndex> row) {
  const std::size_t d = plan.factors;
  const std::size_t n = factors.size() / d;
  const auto h = [&](std::size_t i, std::size_t k) {
    return static_cast<double>(factors[i * d + k]);
  };
  std::vector<double> matrix(d * d, 0.0);
  std::vector<double> right(d, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const bool bought = std::ranges::binary_search(row, static_cast<ItemIndex>(i));
    const double weight = plan.unobserved_weight + (bought ? 1.0 : 0.0);
    for (std::size_t k = 0; k < d * d; ++k) matrix[k] += weight * h(i, k / d) * h(i, k % d);
    for (std::size_t k = 0; bought && k < d; ++k) right[k] += h(i, k);
  }
  const double reg =
      frequency_regularisation(plan, static_cast<double>(row.size()), static_cast<double>(n));
  for (std::size_t k = 0; k < d; ++k) matrix[k * d + k] += reg;
  return models::test::solve(matrix, right);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ials_test)

BOOST_AUTO_TEST_CASE(one_factor_by_hand) {
  // H = (1, 2), a = 0.5, l = 0.1, one purchase of item 1:
  // (2^2 + 0.5 (1 + 4) + 0.1 (1 + 0.5 x 2)) w = 2, so w = 2 / 6.7.
  IalsPlan plan = plan_of(1);
  plan.unobserved_weight = 0.5;
  plan.regularisation = 0.1;
  const auto w = must(solve_customers(plan, std::vector<float>{1, 2}, purchases(2, {{1}})));
  BOOST_TEST(w.size() == 1U);
  BOOST_TEST(static_cast<double>(w[0]) == 2 / 6.7, tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(every_customer_is_solved_exactly) {
  for (const std::uint32_t d : {1U, 2U, 7U, 16U, 20U}) {
    const auto plan = plan_of(d);
    const auto factors = Draw{d}.floats(25 * d);
    const auto data = purchases(25, random_rows(40, 25, d));
    const auto users = must(solve_customers(plan, factors, data));
    for (std::size_t u = 0; u < data.customers(); ++u) {
      const auto exact = exact_customer(plan, factors, data.row(u));
      for (std::size_t k = 0; k < d; ++k) {
        BOOST_TEST(std::abs(static_cast<double>(users[u * d + k]) - exact[k]) < 1e-4);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(customers_without_a_purchase_are_zero) {
  const auto plan = plan_of(3);
  const auto users = must(solve_customers(plan, Draw{1}.floats(6), purchases(2, {{}, {0}, {}})));
  for (const std::size_t k : {0U, 1U, 2U, 6U, 7U, 8U}) BOOST_TEST(users[k] == 0.0F);
}

BOOST_AUTO_TEST_CASE(factors_of_another_shape_are_refused) {
  BOOST_TEST(refused(solve_customers(plan_of(3), std::vector<float>(7), purchases(2, {})),
                     ModelsErrc::wrong_shape));
}

BOOST_AUTO_TEST_CASE(an_indefinite_system_is_an_error) {
  IalsPlan plan = plan_of(2);
  plan.regularisation = -100;
  BOOST_TEST(refused(solve_customers(plan, Draw{1}.floats(6), purchases(3, {{0}})),
                     ModelsErrc::not_positive_definite));
}

BOOST_AUTO_TEST_CASE(the_loss_by_hand) {
  // H = (1, 2), w = 0.5, bought item 1, a = 0.5, l = 0.1, nu = 1.
  IalsPlan plan = plan_of(1);
  plan.unobserved_weight = 0.5;
  plan.regularisation = 0.1;
  const std::vector<float> w{0.5F};
  const std::vector<float> h{1, 2};
  const double observed = 0;                     // (1 - 0.5 x 2)^2
  const double unobserved = 0.5 * (0.25 + 1.0);  // all pairs
  const double customer = 0.1 * (1 + 0.5 * 2) * 0.25;
  const double items = 0.1 * (0 + 0.5) * 1 + 0.1 * (1 + 0.5) * 4;
  BOOST_TEST(ials_loss(plan, w, h, purchases(2, {{1}})) == observed + unobserved + customer + items,
             tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(alternation_lowers_the_loss_every_epoch) {
  IalsPlan plan = plan_of(4);
  const auto data = purchases(20, random_rows(60, 20, 3));
  double before = 1e300;
  for (std::uint32_t epochs = 1; epochs <= 8; ++epochs) {
    plan.epochs = epochs;
    const auto model = must(train_ials(plan, data));
    const auto users = must(solve_customers(plan, model.item_factors, data));
    const double after = ials_loss(plan, users, model.item_factors, data);
    BOOST_TEST(after < before);
    before = after;
  }
}

BOOST_AUTO_TEST_CASE(training_reports_its_epochs_and_keeps_its_plan) {
  IalsPlan plan = plan_of(4);
  plan.epochs = 3;
  std::vector<std::uint32_t> seen;
  const auto model = must(train_ials(plan, purchases(6, random_rows(20, 6, 1)),
                                     [&](std::uint32_t epoch) { seen.push_back(epoch); }));
  BOOST_TEST(seen == (std::vector<std::uint32_t>{1, 2, 3}));
  BOOST_TEST(model.items == 6U);
  BOOST_TEST(model.item_factors.size() == 24U);
  BOOST_TEST((model.plan == plan));
}

BOOST_AUTO_TEST_CASE(nobody_to_learn_from_gives_factors_of_zero) {
  for (const auto& nobody : {purchases(3, {}), purchases(3, {{}, {}})}) {
    const auto model = must(train_ials(plan_of(2), nobody));
    BOOST_TEST(model.item_factors == std::vector<float>(6, 0.0F));
  }
}

BOOST_AUTO_TEST_CASE(a_plan_out_of_range_is_refused_before_training) {
  IalsPlan plan = plan_of(0);
  BOOST_TEST(refused(train_ials(plan, purchases(3, {{0}})), ModelsErrc::bad_plan, "factors"));
  BOOST_TEST(refused(train_ials(plan_of(2), purchases(0, {})), ModelsErrc::bad_plan, "items"));
}

BOOST_AUTO_TEST_SUITE_END()
