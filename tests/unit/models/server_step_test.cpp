#include "models/detail/server_step.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::ServerState;
using models::detail::take_damped_step;
using models::detail::take_step;
using models::test::must;
using models::test::refused;

namespace {

using Floats = std::vector<float>;

/// Every setting is a power of two, so that the steps below come out without rounding.
GradientPlan plan_of(ServerOptimiser optimiser) {
  GradientPlan plan;
  plan.optimiser = optimiser;
  plan.server_rate = 0.5;
  plan.momentum = 0.75;
  plan.second_moment = 0.75;
  plan.adaptivity = 0.5;
  return plan;
}

ServerState start() { return {{1.0F, -2.0F}, {}, {}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(server_step_test)

BOOST_AUTO_TEST_CASE(sgd_moves_by_the_rate_times_the_delta) {
  const auto plan = plan_of(ServerOptimiser::sgd);
  auto state = start();
  must(take_step(plan, std::array{4.0, -2.0}, state));
  BOOST_TEST(state.vectors == (Floats{3, -3}));
  must(take_step(plan, std::array{-1.0, 0.0}, state));
  BOOST_TEST(state.vectors == (Floats{2.5, -3}));
  BOOST_TEST(state.first == (Floats{-1, 0}));
  BOOST_TEST(state.second.empty());
}

BOOST_AUTO_TEST_CASE(at_a_rate_of_one_sgd_is_federated_averaging) {
  auto plan = plan_of(ServerOptimiser::sgd);
  plan.server_rate = 1;
  auto state = start();
  // The average of models at 4 and at 0, whose deltas from 1 are 3 and -1.
  must(take_step(plan, std::array{(3.0 - 1.0) / 2, 0.0}, state));
  BOOST_TEST(state.vectors == (Floats{2, -2}));
}

BOOST_AUTO_TEST_CASE(momentum_adds_up_what_came_before) {
  const auto plan = plan_of(ServerOptimiser::momentum);
  auto state = start();
  must(take_step(plan, std::array{4.0, -2.0}, state));
  BOOST_TEST(state.vectors == (Floats{3, -3}));
  must(take_step(plan, std::array{1.0, 0.0}, state));
  // m = 0.75 (4, -2) + (1, 0) = (4, -1.5)
  BOOST_TEST(state.first == (Floats{4, -1.5}));
  BOOST_TEST(state.vectors == (Floats{5, -3.75}));
}

BOOST_AUTO_TEST_CASE(adam_divides_by_the_root_of_the_second_moment) {
  const auto plan = plan_of(ServerOptimiser::adam);
  auto state = start();
  must(take_step(plan, std::array{2.0, -4.0}, state));
  // m = (0.5, -1), v = (1, 4); steps 0.5 * 0.5 / 1.5 and 0.5 * -1 / 2.5.
  BOOST_TEST(state.first == (Floats{0.5, -1}));
  BOOST_TEST(state.second == (Floats{1, 4}));
  BOOST_TEST(state.vectors == (Floats{static_cast<float>(1 + 0.25 / 1.5), -2.2F}));
  must(take_step(plan, std::array{0.0, 4.0}, state));
  // m = (0.375, 0.25), v = (0.75, 7)
  BOOST_TEST(state.first == (Floats{0.375, 0.25}));
  BOOST_TEST(state.second == (Floats{0.75, 7}));
}

BOOST_AUTO_TEST_CASE(yogi_moves_the_second_moment_toward_the_square_by_its_share) {
  const auto plan = plan_of(ServerOptimiser::yogi);
  auto state = start();
  must(take_step(plan, std::array{2.0, -4.0}, state));
  BOOST_TEST(state.second == (Floats{1, 4}));  // From 0 as Adam.
  must(take_step(plan, std::array{0.0, 4.0}, state));
  // Above its square v falls by a quarter of the square, not of itself; below it rises.
  BOOST_TEST(state.second == (Floats{1, 8}));
  must(take_step(plan, std::array{1.0, 1.0}, state));
  BOOST_TEST(state.second == (Floats{1, 7.75}));  // Equal to its square v stays.
  BOOST_TEST(state.first == (Floats{0.53125, 0.4375}));
}

BOOST_AUTO_TEST_CASE(a_damped_step_is_a_third_of_the_last_and_keeps_the_moments) {
  for (const auto optimiser : {ServerOptimiser::sgd, ServerOptimiser::momentum,
                               ServerOptimiser::adam, ServerOptimiser::yogi}) {
    const auto plan = plan_of(optimiser);
    auto state = start();
    must(take_step(plan, std::array{6.0, -3.0}, state));
    const auto before = state;
    must(take_damped_step(plan, state));
    BOOST_TEST(state.first == before.first);
    BOOST_TEST(state.second == before.second);
    for (std::size_t k = 0; k < 2; ++k) {
      const float last = before.vectors[k] - start().vectors[k];
      const float damped = state.vectors[k] - before.vectors[k];
      BOOST_TEST(damped == last / 3, boost::test_tools::tolerance(1e-5F));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_step_out_of_range_changes_nothing) {
  for (const auto optimiser : {ServerOptimiser::sgd, ServerOptimiser::momentum,
                               ServerOptimiser::adam, ServerOptimiser::yogi}) {
    auto state = start();
    for (const double bad : {1e39, -1e39, 1e300, std::nan("")}) {
      BOOST_TEST(refused(take_step(plan_of(optimiser), std::array{0.0, bad}, state),
                         ModelsErrc::not_finite));
      BOOST_TEST(state.vectors == start().vectors);
      BOOST_TEST(state.first.empty());
      BOOST_TEST(state.second.empty());
    }
  }
  auto plan = plan_of(ServerOptimiser::sgd);
  plan.server_rate = 1000;
  auto state = start();
  BOOST_TEST(refused(take_step(plan, std::array{0.0, 3e38}, state), ModelsErrc::not_finite));
  state = {{3e38F}, {3e38F}, {}};
  BOOST_TEST(refused(take_damped_step(plan, state), ModelsErrc::not_finite));
  BOOST_TEST(state.vectors.front() == 3e38F);
}

BOOST_AUTO_TEST_CASE(a_second_moment_never_falls_below_zero) {
  for (const auto optimiser : {ServerOptimiser::adam, ServerOptimiser::yogi}) {
    models::test::Draw draw{11};
    auto plan = plan_of(optimiser);
    plan.second_moment = 0.9;
    auto state = start();
    for (int round = 0; round < 500; ++round) {
      const double size = std::ldexp(1.0, static_cast<int>(draw.below(40)) - 20);
      must(take_step(plan, std::array{draw.real() * size, draw.real()}, state));
      BOOST_TEST_REQUIRE(!std::signbit(state.second[0]));
      BOOST_TEST_REQUIRE(!std::signbit(state.second[1]));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
