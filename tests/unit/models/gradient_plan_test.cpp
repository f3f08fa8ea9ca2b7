#include "models/gradient_plan.hpp"

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

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class Change>
bool bad(std::string_view why, Change change) {
  GradientPlan plan;
  change(plan);
  return refused(plan.validate(), ModelsErrc::bad_plan, why);
}

/// Whether `field` is refused below and above its range.
bool bounded(std::string_view why, double GradientPlan::*field, std::vector<double> outside) {
  outside.insert(outside.end(), {-1.0, 1000.5, kInfinity, -kInfinity, std::nan("")});
  return std::ranges::all_of(outside, [&](double value) {
    return bad(why, [&](GradientPlan& plan) { plan.*field = value; });
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_plan_test)

BOOST_AUTO_TEST_CASE(optimisers_have_names) {
  for (const auto optimiser : {ServerOptimiser::sgd, ServerOptimiser::momentum,
                               ServerOptimiser::adam, ServerOptimiser::yogi}) {
    BOOST_TEST((must(parse_server_optimiser(to_string(optimiser))) == optimiser));
  }
  BOOST_TEST(refused(parse_server_optimiser("Adam"), ModelsErrc::bad_plan, "adam or yogi"));
  BOOST_TEST(to_string(static_cast<ServerOptimiser>(4)) == "unknown");
}

BOOST_AUTO_TEST_CASE(the_measured_settings_are_valid) {
  for (const auto& plan : {GradientPlan{}, GradientPlan::for_softmax(),
                           GradientPlan::centralised_bpr(), GradientPlan::centralised_softmax()}) {
    must(plan.validate());
    BOOST_TEST(plan.rounds >= 40U);
    BOOST_TEST(plan.rounds <= 60U);
  }
}

BOOST_AUTO_TEST_CASE(settings_outside_their_range_are_named) {
  BOOST_TEST(bad("factors", [](auto& p) { p.factors = 0; }));
  BOOST_TEST(bad("factors", [](auto& p) { p.factors = 1025; }));
  BOOST_TEST(bad("rounds", [](auto& p) { p.rounds = 0; }));
  BOOST_TEST(bad("rounds", [](auto& p) { p.rounds = 10'001; }));
  BOOST_TEST(bad("local_epochs", [](auto& p) { p.local_epochs = 0; }));
  BOOST_TEST(bad("local_epochs", [](auto& p) { p.local_epochs = 101; }));
  BOOST_TEST(bad("negatives", [](auto& p) { p.negatives = 0; }));
  BOOST_TEST(bad("negatives", [](auto& p) { p.negatives = 1001; }));
  BOOST_TEST(bad("candidates", [](auto& p) { p.candidates = 0; }));
  BOOST_TEST(bad("candidates", [](auto& p) { p.candidates = 100'001; }));
  BOOST_TEST(bad("optimiser", [](auto& p) { p.optimiser = static_cast<ServerOptimiser>(4); }));
  BOOST_TEST(bad("scale", [](auto& p) { p.scale = 0; }));
  BOOST_TEST(bad("scale", [](auto& p) { p.scale = (std::uint64_t{1} << 32) + 1; }));
  BOOST_TEST(bad("clip_norm_l2", [](auto& p) { p.clip_norm_l2 = 0; }));
  BOOST_TEST(bad("clip_norm_l2", [](auto& p) { p.clip_norm_l2 = (std::uint64_t{1} << 40) + 1; }));
  BOOST_TEST(bad("clip_norm_l2 times scale", [](auto& p) {
    p.scale = std::uint64_t{1} << 32;
    p.clip_norm_l2 = (std::uint64_t{1} << 29) + 1;
  }));
}

BOOST_AUTO_TEST_CASE(real_settings_outside_their_range_are_named) {
  BOOST_TEST(bounded("init_scale", &GradientPlan::init_scale, {0}));
  BOOST_TEST(bounded("local_rate", &GradientPlan::local_rate, {0}));
  BOOST_TEST(bounded("regularisation", &GradientPlan::regularisation, {}));
  BOOST_TEST(bounded("proximal", &GradientPlan::proximal, {}));
  BOOST_TEST(bounded("server_rate", &GradientPlan::server_rate, {0}));
  BOOST_TEST(bounded("momentum", &GradientPlan::momentum, {1}));
  BOOST_TEST(bounded("second_moment", &GradientPlan::second_moment, {1}));
  BOOST_TEST(bounded("adaptivity", &GradientPlan::adaptivity, {0, 1e-13}));
}

BOOST_AUTO_TEST_CASE(the_ends_of_the_ranges_are_allowed) {
  GradientPlan plan;
  plan.regularisation = 0;
  plan.proximal = 0;
  plan.momentum = 0;
  plan.second_moment = 0;
  must(plan.validate());
  plan.scale = std::uint64_t{1} << 21;
  plan.clip_norm_l2 = std::uint64_t{1} << 40;
  must(plan.validate());
}

BOOST_AUTO_TEST_CASE(every_setting_is_written_and_read_back) {
  const GradientPlan plan{7,   0.5, 41,  3,   0.25, 0.125, 2, 99, 0.0625, ServerOptimiser::yogi,
                          1.5, 0.6, 0.7, 0.8, 11,   12,    13};
  models::detail::CanonicalWriter out;
  plan.write(out);
  const auto bytes = std::move(out).take();
  models::detail::CanonicalReader in{bytes};
  BOOST_TEST((GradientPlan::read(in) == plan));
  must(in.finish("plan"));
  models::detail::CanonicalReader cut{ByteView{bytes}.first(bytes.size() - 1)};
  (void)GradientPlan::read(cut);
  BOOST_TEST(cut.failed());
}

BOOST_AUTO_TEST_SUITE_END()
