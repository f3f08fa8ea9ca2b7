#include "models/detail/ials_task.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/contribute.hpp"
#include "models/ials.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::frequency_regularisation;
using models::detail::IalsTask;
using models::test::apply_sum_of;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

constexpr std::uint32_t kItems = 12;
constexpr std::uint32_t kD = 4;

/// Fixed point so fine that rounding plays no part.
TaskPlan fine_plan(std::uint32_t products, std::uint32_t epochs) {
  TaskPlan plan;
  plan.kind = TaskKind::ials;
  plan.items = kItems;
  plan.ials.factors = kD;
  plan.ials.products = products;
  plan.ials.epochs = epochs;
  plan.ials.scale = std::uint64_t{1} << 32;
  plan.ials.clip_norm_l2 = 4096;
  return plan;
}

std::vector<Interactions> two_shops() {
  const auto rows = random_rows(50, kItems, 21, 40);
  return {purchases(kItems, {rows.begin(), rows.begin() + 20}),
          purchases(kItems, {rows.begin() + 20, rows.end()})};
}

/// Exact item factors for the customers' factors at `start`: each item's own dense system.
std::vector<double> exact_items(const TaskPlan& plan, std::span<const float> start) {
  std::vector<double> gram(kD * kD, 0.0);
  std::vector<std::vector<double>> systems(kItems, std::vector<double>(kD * kD, 0.0));
  std::vector<std::vector<double>> right(kItems, std::vector<double>(kD, 0.0));
  std::vector<double> counts(kItems, 0.0);
  double customers = 0;
  for (const auto& shop : two_shops()) {
    const auto users = must(solve_customers(plan.ials, start, shop));
    for (std::size_t u = 0; u < shop.customers(); ++u) {
      customers += !shop.row(u).empty();
      const auto w = std::span{users}.subspan(u * kD, kD);
      const auto add = [&](std::vector<double>& matrix) {
        for (std::size_t k = 0; k < kD * kD; ++k) {
          matrix[k] += static_cast<double>(w[k / kD]) * static_cast<double>(w[k % kD]);
        }
      };
      add(gram);
      for (const auto item : shop.row(u)) {
        add(systems[item]);
        for (std::size_t k = 0; k < kD; ++k) right[item][k] += static_cast<double>(w[k]);
        counts[item] += 1;
      }
    }
  }
  std::vector<double> exact;
  for (std::size_t i = 0; i < kItems; ++i) {
    for (std::size_t k = 0; k < kD * kD; ++k) {
      systems[i][k] += plan.ials.unobserved_weight * gram[k];
    }
    const double reg = frequency_regularisation(plan.ials, counts[i], customers);
    for (std::size_t k = 0; k < kD; ++k) systems[i][k * kD + k] += reg;
    const auto h = models::test::solve(systems[i], right[i]);
    exact.insert(exact.end(), h.begin(), h.end());
  }
  return exact;
}

double distance(std::span<const float> factors, const std::vector<double>& exact) {
  double squares = 0;
  for (std::size_t k = 0; k < exact.size(); ++k) {
    squares += std::pow(static_cast<double>(factors[k]) - exact[k], 2);
  }
  return std::sqrt(squares);
}

double loss(const TaskPlan& plan, std::span<const float> factors) {
  auto rows = random_rows(50, kItems, 21, 40);
  const auto all = purchases(kItems, rows);
  return ials_loss(plan.ials, must(solve_customers(plan.ials, factors, all)), factors, all);
}

/// The gradient sum with its number of customers or first count overwritten.
std::vector<std::int64_t> gradient_sum(const TaskPlan& plan, std::int64_t customers,
                                       std::int64_t first_count) {
  const auto layout = models::detail::ials_gradient_layout(plan);
  std::vector<std::int64_t> sum(layout.total_length(), 0);
  sum[kItems * kD + kD * (kD + 1) / 2] = first_count;
  sum[sum.size() - 2] = customers;
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ials_task_test)

BOOST_AUTO_TEST_CASE(as_many_products_as_factors_solve_every_item_exactly) {
  const auto plan = fine_plan(kD, 1);
  IalsTask task{plan};
  const auto start = task.factors();
  const auto exact = exact_items(plan, start);
  SeededRandom random{1};
  const auto shops = two_shops();
  double before = distance(start, exact);
  must(apply_sum_of(task, shops, random));
  while (!task.finished()) {
    must(apply_sum_of(task, shops, random));
    // Conjugate gradients come closer with every product.
    BOOST_TEST(distance(task.factors(), exact) < before);
    before = distance(task.factors(), exact);
  }
  BOOST_TEST(before < 1e-4 * distance(start, exact));
}

BOOST_AUTO_TEST_CASE(one_product_per_epoch_lowers_the_loss_to_that_of_exact_alternation) {
  const auto plan = fine_plan(1, 30);
  IalsTask task{plan};
  SeededRandom random{2};
  const auto shops = two_shops();
  double before = loss(plan, task.factors());
  while (!task.finished()) {
    must(apply_sum_of(task, shops, random));
    must(apply_sum_of(task, shops, random));
    const double after = loss(plan, task.factors());
    BOOST_TEST(after <= before * (1 + 1e-6));
    before = after;
  }
  auto reference = plan.ials;
  const auto all = purchases(kItems, random_rows(50, kItems, 21, 40));
  const auto exact = must(train_ials(reference, all));
  BOOST_TEST(before == loss(plan, exact.item_factors), boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(steps_alternate_and_are_numbered) {
  IalsTask task{fine_plan(2, 2)};
  SeededRandom random{1};
  const auto shops = two_shops();
  std::vector<std::string> kinds;
  for (std::uint64_t step = 1; !task.finished(); ++step) {
    const auto request = must(task.next_request());
    BOOST_TEST(request.step_number == step);
    BOOST_TEST(task.progress().sums_done == step - 1);
    kinds.push_back(request.step_kind.substr(5, 1));
    must(apply_sum_of(task, shops, random));
  }
  BOOST_TEST(kinds == (std::vector<std::string>{"g", "p", "p", "g", "p", "p"}),
             boost::test_tools::per_element());
  BOOST_TEST(task.progress().sums_total == 6U);
  BOOST_TEST(refused(task.next_request(), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply({}, {.survivors = 2}), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::wrong_step));
}

BOOST_AUTO_TEST_CASE(equal_sums_give_equal_bytes) {
  const auto run = [] {
    IalsTask task{fine_plan(2, 2)};
    SeededRandom random{5};
    const auto shops = two_shops();
    while (!task.finished()) must(apply_sum_of(task, shops, random));
    return task.checkpoint();
  };
  BOOST_TEST((run() == run()));
}

BOOST_AUTO_TEST_CASE(other_survivors_bound_the_step_and_end_the_epoch) {
  const auto plan = fine_plan(2, 3);
  IalsTask task{plan};
  SeededRandom random{1};
  const auto shops = two_shops();
  must(apply_sum_of(task, shops, random));
  const double before = loss(plan, task.factors());
  must(apply_sum_of(task, std::span{shops}.first(1), random, false));
  BOOST_TEST(must(task.next_request()).step_kind == "ials.gradient");
  // The product of one shop, scaled to the customers of both, is still a good direction.
  BOOST_TEST(loss(plan, task.factors()) < before);
}

BOOST_AUTO_TEST_CASE(a_lost_first_sum_leaves_nothing) {
  IalsTask task{fine_plan(1, 2)};
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::nothing_opened));
  BOOST_TEST(!task.moved());
}

BOOST_AUTO_TEST_CASE(a_lost_product_takes_a_damped_step_and_moves_on) {
  const auto plan = fine_plan(2, 3);
  IalsTask task{plan};
  SeededRandom random{1};
  const auto shops = two_shops();
  must(apply_sum_of(task, shops, random));
  const auto start = task.factors();
  const double before = loss(plan, start);
  must(task.apply_lost());
  BOOST_TEST(task.moved());
  BOOST_TEST(task.factors() != start);
  BOOST_TEST(loss(plan, task.factors()) < before);
  const auto request = must(task.next_request());
  BOOST_TEST(request.step_kind == "ials.gradient");
  BOOST_TEST(request.step_number == 3U);
}

BOOST_AUTO_TEST_CASE(a_lost_later_product_keeps_the_steps_already_taken) {
  IalsTask task{fine_plan(2, 3)};
  SeededRandom random{1};
  const auto shops = two_shops();
  must(apply_sum_of(task, shops, random));
  must(apply_sum_of(task, shops, random));
  const auto reached = task.factors();
  must(task.apply_lost());
  BOOST_TEST(task.factors() == reached);
  BOOST_TEST(must(task.next_request()).step_kind == "ials.gradient");
}

BOOST_AUTO_TEST_CASE(a_lost_gradient_of_a_later_epoch_moves_the_factors) {
  IalsTask task{fine_plan(1, 3)};
  SeededRandom random{1};
  const auto shops = two_shops();
  must(apply_sum_of(task, shops, random));
  must(apply_sum_of(task, shops, random));
  const auto before = task.factors();
  must(task.apply_lost());
  BOOST_TEST(task.factors() != before);  // The differencing guard forbids the same state twice.
}

BOOST_AUTO_TEST_CASE(impossible_gradient_sums_are_refused_and_change_nothing) {
  const auto plan = fine_plan(1, 2);
  IalsTask task{plan};
  const auto before = task.checkpoint();
  const auto apply = [&](std::vector<std::int64_t> sum) {
    return task.apply(sum, {.survivors = 2});
  };
  BOOST_TEST(refused(apply(gradient_sum(plan, 0, 0)), ModelsErrc::out_of_range, "no customers"));
  BOOST_TEST(refused(apply(gradient_sum(plan, -3, 0)), ModelsErrc::out_of_range));
  BOOST_TEST(refused(apply(gradient_sum(plan, 5, 6)), ModelsErrc::out_of_range, "than there are"));
  BOOST_TEST(refused(apply(gradient_sum(plan, 5, -1)), ModelsErrc::out_of_range));
  BOOST_TEST(refused(apply({1, 2, 3}), ModelsErrc::wrong_shape));
  BOOST_TEST((task.checkpoint() == before));
}

BOOST_AUTO_TEST_CASE(a_product_over_no_customers_is_refused_and_changes_nothing) {
  const auto plan = fine_plan(1, 2);
  IalsTask task{plan};
  SeededRandom random{1};
  must(apply_sum_of(task, two_shops(), random));
  const auto before = task.checkpoint();
  const std::vector<std::int64_t> nothing(models::detail::ials_product_layout(plan).total_length(),
                                          0);
  BOOST_TEST(refused(task.apply(nothing, {.survivors = 2}), ModelsErrc::out_of_range));
  BOOST_TEST((task.checkpoint() == before));
}

BOOST_AUTO_TEST_SUITE_END()
