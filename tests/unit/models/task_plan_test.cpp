#include "models/task_plan.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

TaskPlan plan_of(TaskKind kind) {
  TaskPlan plan;
  plan.kind = kind;
  plan.items = kind == TaskKind::vocabulary ? 4096 : 3148;
  if (kind == TaskKind::evaluation) plan.evaluation.candidates = {{{1, {}}, 0, {}, 0}};
  return plan;
}

constexpr TaskKind kKinds[] = {TaskKind::popularity, TaskKind::ease,       TaskKind::ials,
                               TaskKind::vocabulary, TaskKind::bpr,        TaskKind::softmax,
                               TaskKind::evaluation, TaskKind::transitions};

template <class Change>
bool invalid(TaskKind kind, std::string_view why, Change change) {
  TaskPlan plan = plan_of(kind);
  change(plan);
  return refused(plan.validate(), ModelsErrc::bad_plan, why) &&
         refused(TaskPlan::parse(plan.canonical_bytes()), ModelsErrc::malformed, why);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(task_plan_test)

BOOST_AUTO_TEST_CASE(kinds_have_names) {
  for (const auto kind : kKinds) BOOST_TEST((must(parse_task_kind(to_string(kind))) == kind));
  BOOST_TEST(refused(parse_task_kind("EASE"), ModelsErrc::bad_plan, "evaluation or transitions"));
  BOOST_TEST(to_string(static_cast<TaskKind>(9)) == "unknown");
}

BOOST_AUTO_TEST_CASE(rows_figures_and_transitions_recommend_nothing_to_a_set) {
  for (const auto kind : kKinds) {
    const bool recommends = kind != TaskKind::vocabulary && kind != TaskKind::evaluation &&
                            kind != TaskKind::transitions;
    BOOST_TEST(is_recommender(kind) == recommends);
    BOOST_TEST(is_recommender(to_string(kind)) == recommends);
  }
  BOOST_TEST(!is_recommender("alone"));
}

BOOST_AUTO_TEST_CASE(defaults_are_valid_and_survive_their_bytes) {
  for (const auto kind : kKinds) {
    const auto plan = plan_of(kind);
    must(plan.validate());
    BOOST_TEST((must(TaskPlan::parse(plan.canonical_bytes())) == plan));
  }
}

BOOST_AUTO_TEST_CASE(every_setting_of_the_kind_is_in_the_bytes) {
  auto popularity = plan_of(TaskKind::popularity);
  popularity.popularity.customers_min = 77;
  popularity.customers_max = 12;
  auto ease = plan_of(TaskKind::ease);
  ease.ease = {123.5, 0.25};
  auto ials = plan_of(TaskKind::ials);
  ials.ials = {7, 0.1, 0.2, 0.5, 0.3, 4, 3, 99, 1024, 55};
  auto vocabulary = plan_of(TaskKind::vocabulary);
  vocabulary.vocabulary.holders_min = 9;
  auto bpr = plan_of(TaskKind::bpr);
  bpr.gradient.rounds = 41;
  bpr.gradient.optimiser = ServerOptimiser::yogi;
  auto softmax = plan_of(TaskKind::softmax);
  softmax.gradient = GradientPlan::for_softmax();
  auto transitions = plan_of(TaskKind::transitions);
  transitions.transitions = {5, 7, {1.5, 0.25, 2}};
  for (const auto& plan : {popularity, ease, ials, vocabulary, bpr, softmax, transitions}) {
    const auto again = must(TaskPlan::parse(plan.canonical_bytes()));
    BOOST_TEST((again == plan));
    BOOST_TEST((again.canonical_bytes() == plan.canonical_bytes()));
  }
}

BOOST_AUTO_TEST_CASE(the_bytes_are_fixed) {
  TaskPlan plan = plan_of(TaskKind::popularity);
  plan.items = 258;
  plan.customers_max = 3;
  plan.popularity.customers_min = 5;
  BOOST_TEST(to_hex(plan.canonical_bytes()) ==
             "47535450"
             "0100"
             "01"
             "02010000"
             "03000000"
             "05000000");
}

BOOST_AUTO_TEST_CASE(cut_extended_and_changed_bytes_are_refused) {
  for (const auto kind : kKinds) {
    auto bytes = plan_of(kind).canonical_bytes();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      BOOST_TEST(refused(TaskPlan::parse(ByteView{bytes}.first(length)), ModelsErrc::malformed));
    }
    for (std::size_t at = 0; at < 6; ++at) {
      auto changed = bytes;
      changed[at] ^= std::byte{0x40};
      BOOST_TEST(refused(TaskPlan::parse(changed), ModelsErrc::malformed));
    }
    bytes.push_back(std::byte{0});
    BOOST_TEST(refused(TaskPlan::parse(bytes), ModelsErrc::malformed));
  }
  auto unknown = plan_of(TaskKind::ease).canonical_bytes();
  unknown[6] = std::byte{9};
  BOOST_TEST(refused(TaskPlan::parse(unknown), ModelsErrc::malformed, "unknown kind"));
}

BOOST_AUTO_TEST_CASE(sizes_outside_their_range_are_named) {
  for (const auto kind : kKinds) {
    BOOST_TEST(invalid(kind, "items", [](TaskPlan& plan) { plan.items = 0; }));
    BOOST_TEST(invalid(kind, "items", [](TaskPlan& plan) { plan.items = 10'000'001; }));
    BOOST_TEST(invalid(kind, "customers_max", [](TaskPlan& plan) { plan.customers_max = 0; }));
  }
  BOOST_TEST(
      invalid(TaskKind::ease, "at most 50,000", [](TaskPlan& plan) { plan.items = 50'001; }));
  BOOST_TEST(invalid(TaskKind::transitions, "at most 16,384",
                     [](TaskPlan& plan) { plan.items = 16'385; }));
}

BOOST_AUTO_TEST_CASE(a_ridge_must_be_a_number_above_zero) {
  for (const double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    BOOST_TEST(invalid(TaskKind::ease, "ridge_shared",
                       [&](TaskPlan& plan) { plan.ease.ridge_shared = bad; }));
    BOOST_TEST(invalid(TaskKind::ease, "ridge_alone",
                       [&](TaskPlan& plan) { plan.ease.ridge_alone = bad; }));
  }
}

BOOST_AUTO_TEST_CASE(settings_of_ials_outside_their_range_are_named) {
  const auto bad = [](std::string_view why, auto change) {
    return invalid(TaskKind::ials, why, [&](TaskPlan& plan) { change(plan.ials); });
  };
  BOOST_TEST(bad("factors", [](IalsPlan& p) { p.factors = 0; }));
  BOOST_TEST(bad("factors", [](IalsPlan& p) { p.factors = 1025; }));
  BOOST_TEST(bad("unobserved_weight", [](IalsPlan& p) { p.unobserved_weight = 0; }));
  BOOST_TEST(bad("unobserved_weight", [](IalsPlan& p) { p.unobserved_weight = std::nan(""); }));
  BOOST_TEST(bad("regularisation", [](IalsPlan& p) { p.regularisation = -1; }));
  BOOST_TEST(bad("exponent", [](IalsPlan& p) { p.exponent = 0.75; }));
  BOOST_TEST(bad("exponent", [](IalsPlan& p) { p.exponent = std::nan(""); }));
  BOOST_TEST(bad("init_scale", [](IalsPlan& p) { p.init_scale = 0; }));
  BOOST_TEST(bad("epochs", [](IalsPlan& p) { p.epochs = 0; }));
  BOOST_TEST(bad("epochs", [](IalsPlan& p) { p.epochs = 1001; }));
  BOOST_TEST(bad("products", [](IalsPlan& p) { p.products = 0; }));
  BOOST_TEST(bad("products", [](IalsPlan& p) { p.products = 17; }));
  BOOST_TEST(bad("scale", [](IalsPlan& p) { p.scale = 0; }));
  BOOST_TEST(bad("scale", [](IalsPlan& p) { p.scale = (std::uint64_t{1} << 32) + 1; }));
  BOOST_TEST(bad("clip_norm_l2", [](IalsPlan& p) { p.clip_norm_l2 = 0; }));
  BOOST_TEST(
      bad("clip_norm_l2", [](IalsPlan& p) { p.clip_norm_l2 = (std::uint64_t{1} << 40) + 1; }));
  BOOST_TEST(bad("clip_norm_l2 times scale", [](IalsPlan& p) {
    p.scale = std::uint64_t{1} << 32;
    p.clip_norm_l2 = (std::uint64_t{1} << 29) + 1;
  }));
}

BOOST_AUTO_TEST_CASE(both_gradient_kinds_check_their_settings) {
  for (const auto kind : {TaskKind::bpr, TaskKind::softmax}) {
    BOOST_TEST(invalid(kind, "rounds", [](TaskPlan& plan) { plan.gradient.rounds = 0; }));
  }
  auto bpr = plan_of(TaskKind::bpr);
  bpr.gradient.rounds = 0;
  bpr.kind = TaskKind::ease;  // Whose settings are all that counts then.
  must(bpr.validate());
}

BOOST_AUTO_TEST_CASE(a_transitions_plan_checks_its_settings) {
  BOOST_TEST(invalid(TaskKind::transitions, "distance_max",
                     [](TaskPlan& plan) { plan.transitions.distance_max = 6; }));
  BOOST_TEST(invalid(TaskKind::transitions, "decay",
                     [](TaskPlan& plan) { plan.transitions.scoring.decay = 0; }));
}

BOOST_AUTO_TEST_CASE(the_measured_settings_change_above_64_factors) {
  BOOST_TEST((IalsPlan::for_factors(64) == IalsPlan{}));
  const auto large = IalsPlan::for_factors(128);
  BOOST_TEST(large.factors == 128U);
  BOOST_TEST(large.unobserved_weight == 0.3);
  BOOST_TEST(large.regularisation == 0.01);
  BOOST_TEST(large.products == 2U);
  BOOST_TEST(IalsPlan::for_factors(16).products == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
