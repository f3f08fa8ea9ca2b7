#include "models/half_step.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/ials.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::Draw;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;

namespace {

IalsPlan plan_of(std::uint32_t factors) {
  IalsPlan plan;
  plan.factors = factors;
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(half_step_test)

BOOST_AUTO_TEST_CASE(threads_change_no_bit) {
  // More rows than one piece holds, and more columns than one piece of the Gram.
  const auto data = purchases(9'000, random_rows(1'300, 9'000, 5, 1));
  const auto plan = plan_of(8);
  const auto factors = Draw{1}.floats(9'000 * 8);
  const auto start = Draw{2}.floats(1'300 * 8);
  const HalfStep half{plan, factors, data, 9'000.0};
  const auto solved = must(solve_half_step(half));
  auto moved = start;
  take_half_step(half, 3, moved);
  for (const std::size_t threads : {1U, 2U, 3U}) {
    ThreadPool pool{threads};
    const HalfStep shared{plan, factors, data, 9'000.0, &pool};
    BOOST_TEST((must(solve_half_step(shared)) == solved));
    auto again = start;
    take_half_step(shared, 3, again);
    BOOST_TEST((again == moved));
  }
}

BOOST_AUTO_TEST_CASE(factors_wider_than_a_batch_are_solved_too) {
  const auto data = purchases(40, random_rows(6, 40, 3));
  const auto plan = plan_of(130);
  const auto factors = Draw{4}.floats(40 * 130);
  const HalfStep half{plan, factors, data, 40.0};
  const auto solved = must(solve_half_step(half));
  std::vector<float> moved(solved.size(), 0.0F);
  take_half_step(half, 100, moved);
  for (std::size_t k = 0; k < solved.size(); ++k) {
    BOOST_TEST_REQUIRE(std::abs(solved[k] - moved[k]) < 1e-4F);
  }
}

BOOST_AUTO_TEST_CASE(nobody_and_nothing_are_no_rows) {
  const auto plan = plan_of(3);
  const auto nobody = purchases(0, {});
  BOOST_TEST(must(solve_half_step({plan, {}, nobody, 0.0})).empty());
  const auto idle = purchases(2, {{}, {}});
  const auto factors = Draw{1}.floats(6);
  BOOST_TEST((must(solve_half_step({plan, factors, idle, 2.0})) == std::vector<float>(6, 0.0F)));
}

BOOST_AUTO_TEST_CASE(three_gradient_steps_an_epoch_reach_the_loss_of_exact_training) {
  IalsPlan plan = plan_of(8);
  const auto data = purchases(60, random_rows(300, 60, 7, 15));
  const auto loss_of = [&](const IalsTraining& training) {
    const auto model = must(train_ials(plan, data, {}, training));
    return ials_loss(plan, must(solve_customers(plan, model.item_factors, data)),
                     model.item_factors, data);
  };
  const double exact = loss_of({});
  BOOST_TEST(std::abs(loss_of({.gradient_steps = 3}) - exact) < 0.01 * exact);
  ThreadPool pool{2};
  BOOST_TEST(loss_of({.threads = &pool}) == exact);
}

BOOST_AUTO_TEST_SUITE_END()
