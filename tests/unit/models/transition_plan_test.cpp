#include "models/transition_plan.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/detail/canonical.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

template <class Change>
bool bad(std::string_view why, Change change) {
  TransitionPlan plan;
  change(plan);
  return refused(plan.validate(), ModelsErrc::bad_plan, why);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transition_plan_test)

BOOST_AUTO_TEST_CASE(by_default_256_shops_cannot_leave_32_bits) {
  const TransitionPlan plan;
  must(plan.validate());
  BOOST_TEST(plan.bound() == 15'000'000U);
  BOOST_TEST(256 * plan.bound() <= std::numeric_limits<std::uint32_t>::max());
}

BOOST_AUTO_TEST_CASE(values_outside_their_range_are_named) {
  using Plan = TransitionPlan;
  BOOST_TEST(bad("distance_max", [](Plan& plan) { plan.distance_max = 0; }));
  BOOST_TEST(bad("distance_max", [](Plan& plan) { plan.distance_max = 6; }));
  BOOST_TEST(bad("pairs_max", [](Plan& plan) { plan.pairs_max = 0; }));
  BOOST_TEST(bad("pairs_max", [](Plan& plan) { plan.pairs_max = 71'582'789; }));
  for (const double shrink : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    BOOST_TEST(bad("shrink", [&](Plan& plan) { plan.scoring.shrink = shrink; }));
  }
  for (const double decay : {0.0, -0.5, 1.5, std::nan("")}) {
    BOOST_TEST(bad("decay", [&](Plan& plan) { plan.scoring.decay = decay; }));
  }
  BOOST_TEST(bad("baskets", [](Plan& plan) { plan.scoring.baskets = 0; }));
  TransitionPlan widest;
  widest.distance_max = 5;
  widest.pairs_max = 71'582'788;
  must(widest.validate());
  BOOST_TEST(widest.bound() <= std::numeric_limits<std::uint32_t>::max());
}

BOOST_AUTO_TEST_CASE(every_value_survives_its_bytes) {
  const TransitionPlan plan{4, 77, {1.5, 0.25, 9}};
  models::detail::CanonicalWriter out;
  plan.write(out);
  const Bytes bytes = std::move(out).take();
  models::detail::CanonicalReader in{bytes};
  BOOST_TEST((TransitionPlan::read(in) == plan));
  must(in.finish("plan"));
}

BOOST_AUTO_TEST_SUITE_END()
