#include "models/contribute.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/detail/delta_task.hpp"
#include "models/detail/ials_task.hpp"
#include "models/detail/local_training.hpp"
#include "models/gram.hpp"
#include "models/ials.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::IalsInputs;
using models::test::Draw;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

constexpr std::uint32_t kItems = 9;
constexpr std::uint32_t kD = 3;

TaskPlan plan_of(TaskKind kind) {
  TaskPlan plan;
  plan.kind = kind;
  plan.items = kItems;
  plan.customers_max = 30;
  plan.ials.factors = kD;
  plan.ials.scale = 1 << 20;
  plan.gradient.factors = kD;
  plan.gradient.scale = 1 << 20;
  return plan;
}

Interactions shop() { return purchases(kItems, random_rows(25, kItems, 6)); }

SumRequest request_of(const TaskPlan& plan) { return must(must(make_task(plan))->next_request()); }

/// The Hessian product that follows a gradient, along `direction`.
SumRequest product_request(const TaskPlan& plan, std::vector<float> factors,
                           std::vector<float> direction) {
  return {"ials.product", 2, models::detail::ials_product_layout(plan),
          IalsInputs{std::move(factors), std::move(direction)}.encode()};
}

Result<Contribution> contribute_with(const TaskPlan& plan, const SumRequest& request,
                                     const Interactions& data) {
  SeededRandom random{1};
  return contribute(plan, request, data, random);
}

/// Value k of the contribution in real units of its segment `s`.
double real(const SumRequest& request, const Contribution& part, std::size_t s, std::size_t k) {
  std::size_t first = 0;
  for (std::size_t before = 0; before < s; ++before)
    first += request.layout.segments[before].length;
  const auto scale = static_cast<double>(request.layout.segments[s].scale);
  return static_cast<double>(part.values[first + k]) / scale;
}

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
  }
  return sum;
}

constexpr double kUnit =
    1.01 / (1 << 20);  // Stochastic rounding moves a value by less than a unit.

}  // namespace

BOOST_AUTO_TEST_SUITE(contribute_test)

BOOST_AUTO_TEST_CASE(counts_are_customers_per_item) {
  const auto plan = plan_of(TaskKind::popularity);
  const auto data = shop();
  const auto part = must(contribute_with(plan, request_of(plan), data));
  const auto counts = data.item_counts();
  BOOST_TEST((part.values == std::vector<std::int64_t>(counts.begin(), counts.end())));
  BOOST_TEST(part.segments_clipped == 0U);
}

BOOST_AUTO_TEST_CASE(a_gram_contribution_is_the_upper_triangle) {
  const auto plan = plan_of(TaskKind::ease);
  const auto part = must(contribute_with(plan, request_of(plan), shop()));
  const auto gram = gram_of(shop());
  BOOST_TEST((part.values == std::vector<std::int64_t>(gram.upper.begin(), gram.upper.end())));
}

BOOST_AUTO_TEST_CASE(a_gradient_is_its_formula_summed_over_customers) {
  const auto plan = plan_of(TaskKind::ials);
  const auto request = request_of(plan);
  const auto data = shop();
  const auto part = must(contribute_with(plan, request, data));
  BOOST_TEST(part.values.size() == request.layout.total_length());
  const auto factors = models::detail::starting_factors(plan);
  const auto users = must(solve_customers(plan.ials, factors, data));
  std::vector<double> gradient(kItems * kD, 0.0);
  std::vector<double> gram;
  std::int64_t active = 0;
  for (std::size_t u = 0; u < data.customers(); ++u) {
    active += !data.row(u).empty();
    const auto w = std::span{users}.subspan(u * kD, kD);
    for (const auto i : data.row(u)) {
      const double gap = 1 - dot(w, std::span{factors}.subspan(i * kD, kD));
      for (std::size_t k = 0; k < kD; ++k) gradient[i * kD + k] += gap * static_cast<double>(w[k]);
    }
  }
  for (std::size_t i = 0; i < kD; ++i) {
    for (std::size_t j = i; j < kD; ++j) {
      double sum = 0;
      for (std::size_t u = 0; u < data.customers(); ++u) {
        sum += static_cast<double>(users[u * kD + i]) * static_cast<double>(users[u * kD + j]);
      }
      gram.push_back(sum);
    }
  }
  for (std::size_t k = 0; k < gradient.size(); ++k) {
    BOOST_TEST(std::abs(real(request, part, 0, k) - gradient[k]) < kUnit);
  }
  for (std::size_t k = 0; k < gram.size(); ++k) {
    BOOST_TEST(std::abs(real(request, part, 1, k) - gram[k]) < kUnit);
  }
  for (std::size_t i = 0; i < kItems; ++i) {
    BOOST_TEST(real(request, part, 2, i) == static_cast<double>(data.item_counts()[i]));
  }
  BOOST_TEST(real(request, part, 3, 0) == static_cast<double>(active));
  BOOST_TEST(real(request, part, 4, 0) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_product_is_its_formula_summed_over_customers) {
  const auto plan = plan_of(TaskKind::ials);
  const auto data = shop();
  Draw draw{3};
  const auto factors = draw.floats(kItems * kD);
  const auto direction = draw.floats(kItems * kD);
  const auto request = product_request(plan, factors, direction);
  const auto part = must(contribute_with(plan, request, data));
  const auto users = must(solve_customers(plan.ials, factors, data));
  std::vector<double> product(kItems * kD, 0.0);
  for (std::size_t u = 0; u < data.customers(); ++u) {
    const auto w = std::span{users}.subspan(u * kD, kD);
    for (const auto i : data.row(u)) {
      const double along = dot(w, std::span{direction}.subspan(i * kD, kD));
      for (std::size_t k = 0; k < kD; ++k) product[i * kD + k] += along * static_cast<double>(w[k]);
    }
  }
  for (std::size_t k = 0; k < product.size(); ++k) {
    BOOST_TEST(std::abs(real(request, part, 0, k) - product[k]) < kUnit);
  }
}

BOOST_AUTO_TEST_CASE(a_long_contribution_is_clipped_and_says_so_only_as_a_summed_count) {
  auto plan = plan_of(TaskKind::ials);
  plan.ials.clip_norm_l2 = 1;
  const auto request = request_of(plan);
  auto free_plan = plan;
  free_plan.ials.clip_norm_l2 = 4096;
  const auto free_request = request_of(free_plan);
  const auto part = must(contribute_with(plan, request, shop()));
  const auto whole = must(contribute_with(free_plan, free_request, shop()));
  BOOST_TEST(part.segments_clipped >= 1U);
  BOOST_TEST(part.values.back() == static_cast<std::int64_t>(part.segments_clipped));
  BOOST_TEST(whole.segments_clipped == 0U);
  // One factor for gradient and Gram, so that they still belong together.
  const double factor = real(request, part, 1, 0) / real(free_request, whole, 1, 0);
  BOOST_TEST(factor < 1.0);
  double squares = 0;
  for (std::size_t k = 0; k < kItems * kD; ++k) {
    const double own = real(request, part, 0, k);
    squares += own * own;
    BOOST_TEST(std::abs(own - factor * real(free_request, whole, 0, k)) < 1e-4);
  }
  BOOST_TEST(std::sqrt(squares) < 1 + 1e-4);
  // Counts are exact and never scaled.
  BOOST_TEST(real(request, part, 3, 0) == real(free_request, whole, 3, 0));
}

BOOST_AUTO_TEST_CASE(a_delta_counts_as_often_as_the_shop_has_customers) {
  for (const auto kind : {TaskKind::bpr, TaskKind::softmax}) {
    const auto plan = plan_of(kind);
    const auto request = request_of(plan);
    const auto part = must(contribute_with(plan, request, shop()));
    const auto start = models::detail::starting_vectors(plan);
    SeededRandom random{1};
    const auto trained = must(models::detail::train_locally(plan, start, shop(), random));
    const double customers = real(request, part, 1, 0);
    BOOST_TEST(customers > 20);
    for (std::size_t k = 0; k < start.size(); ++k) {
      const double moved = static_cast<double>(trained[k]) - static_cast<double>(start[k]);
      BOOST_TEST(std::abs(real(request, part, 0, k) - customers * moved) < kUnit);
    }
    BOOST_TEST(part.segments_clipped == 0U);
    BOOST_TEST(part.values.back() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_long_delta_is_clipped_to_its_norm_and_keeps_its_direction) {
  for (const auto kind : {TaskKind::bpr, TaskKind::softmax}) {
    auto plan = plan_of(kind);
    const auto free_request = request_of(plan);
    const auto whole = must(contribute_with(plan, free_request, shop()));
    plan.gradient.clip_norm_l2 = 1;
    const auto request = request_of(plan);
    const auto part = must(contribute_with(plan, request, shop()));
    BOOST_TEST(part.segments_clipped == 1U);
    BOOST_TEST(part.values.back() == 1);
    BOOST_TEST(real(request, part, 1, 0) == real(free_request, whole, 1, 0));
    double squares = 0;
    double whole_squares = 0;
    double product = 0;
    for (std::size_t k = 0; k < kItems * (kD + 1); ++k) {
      const double a = real(request, part, 0, k);
      const double b = real(free_request, whole, 0, k);
      squares += a * a;
      whole_squares += b * b;
      product += a * b;
    }
    BOOST_TEST(std::sqrt(squares) == 1.0, boost::test_tools::tolerance(1e-4));
    BOOST_TEST(product / std::sqrt(squares * whole_squares) > 0.9999);
  }
}

BOOST_AUTO_TEST_CASE(no_customers_contribute_zeros) {
  for (const auto kind :
       {TaskKind::popularity, TaskKind::ease, TaskKind::ials, TaskKind::bpr, TaskKind::softmax}) {
    const auto plan = plan_of(kind);
    const auto part = must(contribute_with(plan, request_of(plan), purchases(kItems, {})));
    BOOST_TEST(std::ranges::count(part.values, 0) ==
               static_cast<std::ptrdiff_t>(part.values.size()));
  }
}

BOOST_AUTO_TEST_CASE(data_that_does_not_fit_the_plan_is_refused) {
  const auto plan = plan_of(TaskKind::ease);
  const auto request = request_of(plan);
  BOOST_TEST(refused(contribute_with(plan, request, purchases(kItems + 1, {})),
                     ModelsErrc::wrong_shape, "10 items, the plan 9"));
  BOOST_TEST(refused(contribute_with(plan, request, purchases(kItems, random_rows(31, kItems, 1))),
                     ModelsErrc::out_of_range, "31 customers, the plan allows 30"));
  auto bad = plan;
  bad.ease.ridge_shared = -1;
  BOOST_TEST(refused(contribute_with(bad, request, shop()), ModelsErrc::bad_plan));
}

BOOST_AUTO_TEST_CASE(a_layout_that_the_plan_does_not_lead_to_is_refused) {
  for (const auto kind :
       {TaskKind::popularity, TaskKind::ease, TaskKind::ials, TaskKind::bpr, TaskKind::softmax}) {
    const auto plan = plan_of(kind);
    auto request = request_of(plan);
    request.layout.segments.back().bound *= 2;
    BOOST_TEST(refused(contribute_with(plan, request, shop()), ModelsErrc::wrong_shape, "layout"));
  }
  const auto plan = plan_of(TaskKind::ials);
  auto request =
      product_request(plan, std::vector<float>(kItems * kD), std::vector<float>(kItems * kD));
  request.layout = models::detail::ials_gradient_layout(plan);
  BOOST_TEST(refused(contribute_with(plan, request, shop()), ModelsErrc::wrong_shape, "layout"));
}

BOOST_AUTO_TEST_CASE(a_step_of_another_task_is_refused) {
  const auto plan = plan_of(TaskKind::popularity);
  auto request = request_of(plan);
  for (const char* kind : {"ease.gram", "ials.gradient", "ials.product", ""}) {
    request.step_kind = kind;
    BOOST_TEST(refused(contribute_with(plan, request, shop()), ModelsErrc::wrong_step,
                       "no step of a popularity task"));
  }
}

BOOST_AUTO_TEST_CASE(public_inputs_are_checked_before_any_use) {
  const auto plan = plan_of(TaskKind::ials);
  auto request = request_of(plan);
  request.public_inputs.pop_back();
  BOOST_TEST(refused(contribute_with(plan, request, shop()), ModelsErrc::malformed));
  request.public_inputs.clear();
  BOOST_TEST(refused(contribute_with(plan, request, shop()), ModelsErrc::malformed));
  std::vector<float> factors(kItems * kD, std::numeric_limits<float>::quiet_NaN());
  request.public_inputs = IalsInputs{factors, {}}.encode();
  BOOST_TEST(refused(contribute_with(plan, request, shop()), ModelsErrc::not_finite));
}

BOOST_AUTO_TEST_CASE(factors_whose_products_overflow_are_an_error) {
  const auto plan = plan_of(TaskKind::ials);
  const std::vector<float> huge(kItems * kD, 1e30F);
  BOOST_TEST(contribute_with(plan, product_request(plan, huge, huge), shop()).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
