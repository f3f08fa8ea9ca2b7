#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/detail/ials_task.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using boost::test_tools::tolerance;
using models::detail::IalsInputs;
using models::test::must;
using models::test::refused;

namespace {

TaskPlan plan_for(std::uint32_t items, std::uint32_t factors) {
  TaskPlan plan;
  plan.kind = TaskKind::ials;
  plan.items = items;
  plan.ials.factors = factors;
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ials_shared_test)

BOOST_AUTO_TEST_CASE(starting_factors_are_the_same_on_every_machine) {
  auto plan = plan_for(4, 1);
  plan.ials.seed = 1234567;
  plan.ials.init_scale = 1;
  // Sums of twelve SplitMix64 outputs of this seed minus six, computed independently.
  const std::vector<float> expected{-0.392269027039002F, -2.1855483548254333F, 2.133385783748942F,
                                    -1.3058726667490619F};
  BOOST_TEST(models::detail::starting_factors(plan) == expected);
}

BOOST_AUTO_TEST_CASE(starting_factors_have_the_planned_spread) {
  auto plan = plan_for(2000, 16);
  plan.ials.init_scale = 0.4;
  const auto factors = models::detail::starting_factors(plan);
  BOOST_TEST(factors.size() == 32'000U);
  double sum = 0;
  double squares = 0;
  for (const float value : factors) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  // Standard deviation 0.4 / sqrt(16) = 0.1; five standard errors.
  BOOST_TEST(std::abs(sum / 32'000) < 5 * 0.1 / std::sqrt(32'000));
  BOOST_TEST(std::abs(std::sqrt(squares / 32'000) - 0.1) < 5 * 0.1 / std::sqrt(64'000));
}

BOOST_AUTO_TEST_CASE(another_seed_starts_elsewhere) {
  auto plan = plan_for(3, 2);
  const auto first = models::detail::starting_factors(plan);
  BOOST_TEST(models::detail::starting_factors(plan) == first);
  ++plan.ials.seed;
  BOOST_TEST(models::detail::starting_factors(plan) != first);
}

BOOST_AUTO_TEST_CASE(regularisation_follows_the_frequency) {
  IalsPlan plan;
  plan.regularisation = 0.1;
  plan.unobserved_weight = 0.5;
  const auto at = [&](double exponent) {
    plan.exponent = exponent;
    return models::detail::frequency_regularisation(plan, 4.0, 10.0);
  };
  BOOST_TEST(at(1.0) == 0.9, tolerance(1e-14));  // 0.1 (4 + 0.5 x 10)
  BOOST_TEST(at(0.5) == 0.3, tolerance(1e-14));
  BOOST_TEST(at(0.0) == 0.1, tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(layouts_have_the_lengths_of_the_sums) {
  const auto plan = plan_for(10, 4);
  const auto gradient = models::detail::ials_gradient_layout(plan);
  must(gradient.validate());
  BOOST_TEST(gradient.total_length() == 10U * 4 + 10 + 10 + 1 + 1);
  const auto product = models::detail::ials_product_layout(plan);
  must(product.validate());
  BOOST_TEST(product.total_length() == 10U * 4 + 1 + 1);
  BOOST_TEST(product.segments[0].bound == 4096U * 16384);
}

BOOST_AUTO_TEST_CASE(inputs_survive_their_bytes) {
  const auto plan = plan_for(3, 2);
  const IalsInputs inputs{{1, 2, 3, 4, 5, 6}, {-1, -2, -3, -4, -5, 0.5F}};
  const auto again = must(IalsInputs::parse(plan, true, inputs.encode()));
  BOOST_TEST(again.item_factors == inputs.item_factors);
  BOOST_TEST(again.direction == inputs.direction);
  const auto alone =
      must(IalsInputs::parse(plan, false, IalsInputs{inputs.item_factors, {}}.encode()));
  BOOST_TEST(alone.direction.empty());
}

BOOST_AUTO_TEST_CASE(inputs_of_another_shape_are_refused) {
  const auto plan = plan_for(3, 2);
  const IalsInputs both{std::vector<float>(6), std::vector<float>(6)};
  const IalsInputs short_one{std::vector<float>(4), {}};
  const auto malformed = ModelsErrc::malformed;
  BOOST_TEST(refused(IalsInputs::parse(plan, false, both.encode()), malformed, "another shape"));
  BOOST_TEST(refused(IalsInputs::parse(plan, false, short_one.encode()), malformed));
  BOOST_TEST(refused(IalsInputs::parse(plan_for(4, 2), true, both.encode()), malformed));
  auto bytes = both.encode();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(refused(IalsInputs::parse(plan, true, ByteView{bytes}.first(length)), malformed));
  }
  bytes.push_back(std::byte{});
  BOOST_TEST(refused(IalsInputs::parse(plan, true, bytes), malformed));
}

BOOST_AUTO_TEST_CASE(inputs_that_are_not_finite_are_refused) {
  const auto plan = plan_for(3, 2);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    IalsInputs inputs{std::vector<float>(6, bad), std::vector<float>(6)};
    BOOST_TEST(refused(IalsInputs::parse(plan, true, inputs.encode()), ModelsErrc::not_finite));
    std::swap(inputs.item_factors, inputs.direction);
    BOOST_TEST(refused(IalsInputs::parse(plan, true, inputs.encode()), ModelsErrc::not_finite));
  }
}

BOOST_AUTO_TEST_SUITE_END()
