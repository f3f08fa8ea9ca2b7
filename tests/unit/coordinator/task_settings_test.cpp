#include "coordinator/task_settings.hpp"

#include "models/errors.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using models::IalsPlan;
using models::ModelsErrc;
using models::TaskKind;

namespace {

Result<models::TaskPlan> make(std::string_view kind, const TaskSettings& settings) {
  return make_task_plan(kind, 100, 5000, settings);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(task_settings_test)

BOOST_AUTO_TEST_CASE(without_settings_a_plan_has_the_measured_defaults) {
  for (const std::string_view kind : {"popularity", "ease", "ials"}) {
    const auto plan = make(kind, {}).value();
    BOOST_TEST(models::to_string(plan.kind) == kind);
    BOOST_TEST(plan.items == 100U);
    BOOST_TEST(plan.customers_max == 5000U);
    BOOST_TEST((plan.ease == models::EasePlan{}));
    BOOST_TEST((plan.ials == IalsPlan{}));
  }
}

BOOST_AUTO_TEST_CASE(the_number_of_factors_decides_the_other_defaults) {
  const auto plan = make("ials", {{"factors", "128"}, {"epochs", "3"}}).value();
  IalsPlan expected = IalsPlan::for_factors(128);
  expected.epochs = 3;
  BOOST_TEST((plan.ials == expected));
  BOOST_TEST(plan.ials.products == 2U);
  // What is set by hand stays, wherever it sorts.
  const auto by_hand = make("ials", {{"factors", "128"}, {"products", "1"}}).value();
  BOOST_TEST(by_hand.ials.products == 1U);
}

BOOST_AUTO_TEST_CASE(both_gradient_kinds_have_their_own_defaults) {
  BOOST_TEST((make("bpr", {}).value().gradient == models::GradientPlan{}));
  BOOST_TEST((make("softmax", {}).value().gradient == models::GradientPlan::for_softmax()));
}

BOOST_AUTO_TEST_CASE(every_gradient_setting_reaches_its_field) {
  const TaskSettings settings{{"factors", "3"},
                              {"init_scale", "0.5"},
                              {"rounds", "4"},
                              {"local_epochs", "5"},
                              {"local_rate", "0.25"},
                              {"regularisation", "0"},
                              {"negatives", "6"},
                              {"candidates", "7"},
                              {"proximal", "0.125"},
                              {"optimiser", "yogi"},
                              {"server_rate", "2"},
                              {"momentum", "0.5"},
                              {"second_moment", "0.75"},
                              {"adaptivity", "0.0625"},
                              {"seed", "8"},
                              {"scale", "9"},
                              {"clip_norm_l2", "10"}};
  models::GradientPlan expected{
      3,   0.5, 4,    5,      0.25, 0, 6, 7, 0.125, models::ServerOptimiser::yogi,
      2.0, 0.5, 0.75, 0.0625, 8,    9, 10};
  for (const auto* kind : {"bpr", "softmax"}) {
    BOOST_TEST((make(kind, settings).value().gradient == expected));
  }
  GS_CHECK_FAILS(ModelsErrc::bad_plan, make("bpr", {{"optimiser", "newton"}}));
  GS_CHECK_FAILS(ModelsErrc::bad_plan, make("bpr", {{"epochs", "3"}}));
}

BOOST_AUTO_TEST_CASE(every_setting_of_every_kind_reaches_its_field) {
  const auto ials = make("ials", {{"unobserved_weight", "0.25"},
                                  {"regularisation", "1e-2"},
                                  {"exponent", "0.5"},
                                  {"init_scale", "2"},
                                  {"epochs", "7"},
                                  {"products", "3"},
                                  {"seed", "18446744073709551615"},
                                  {"scale", "1024"},
                                  {"clip_norm_l2", "99"}})
                        .value()
                        .ials;
  BOOST_TEST(ials.unobserved_weight == 0.25);
  BOOST_TEST(ials.regularisation == 0.01);
  BOOST_TEST(ials.exponent == 0.5);
  BOOST_TEST(ials.init_scale == 2.0);
  BOOST_TEST(ials.epochs == 7U);
  BOOST_TEST(ials.products == 3U);
  BOOST_TEST(ials.seed == ~std::uint64_t{0});
  BOOST_TEST(ials.scale == 1024U);
  BOOST_TEST(ials.clip_norm_l2 == 99U);
  const auto ease = make("ease", {{"ridge_shared", "3.5"}, {"ridge_alone", "4"}}).value().ease;
  BOOST_TEST(ease.ridge_shared == 3.5);
  BOOST_TEST(ease.ridge_alone == 4.0);
  BOOST_TEST(make("popularity", {{"customers_min", "9"}}).value().popularity.customers_min == 9U);
  const auto transitions = make("transitions", {{"distance_max", "5"},
                                                {"pairs_max", "7"},
                                                {"shrink", "1.5"},
                                                {"decay", "0.25"},
                                                {"baskets", "2"}})
                               .value()
                               .transitions;
  BOOST_TEST((transitions == models::TransitionPlan{5, 7, {1.5, 0.25, 2}}));
}

BOOST_AUTO_TEST_CASE(a_misspelt_setting_is_refused_with_the_ones_there_are) {
  const auto refused = make("ease", {{"ridge", "3"}});
  GS_CHECK_FAILS(ModelsErrc::bad_plan, refused);
  BOOST_TEST(refused.error().detail() ==
             "unknown setting \"ridge\"; there are: ridge_shared, ridge_alone");
  GS_CHECK_FAILS(ModelsErrc::bad_plan, make("popularity", {{"factors", "3"}}));
}

BOOST_AUTO_TEST_CASE(an_unknown_kind_is_refused) {
  BOOST_TEST(make("knn", {}).has_error());
  BOOST_TEST(make("", {}).has_error());
}

BOOST_AUTO_TEST_CASE(values_that_are_no_numbers_in_range_are_refused_by_name) {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"factors", ""},           {"factors", "64x"},
      {"factors", "-1"},         {"factors", "0"},
      {"factors", "4294967296"}, {"factors", "6.5"},
      {"exponent", "nan"},       {"regularisation", "inf"},
      {"regularisation", "0"},   {"exponent", "0.75"},
      {"epochs", " 3"},          {"unobserved_weight", "1,5"},
      {"init_scale", "1e999"},   {"clip_norm_l2", "99999999999999"}};
  for (const auto& [key, value] : bad) {
    const auto refused = make("ials", {{key, value}});
    BOOST_TEST_CONTEXT(key << " = " << value) {
      GS_CHECK_FAILS(ModelsErrc::bad_plan, refused);
      BOOST_TEST(refused.error().detail().find(key) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_value_that_is_no_number_is_quoted) {
  BOOST_TEST(make("ials", {{"factors", "-1"}}).error().detail() ==
             "factors = \"-1\" is not a value it can have");
}

BOOST_AUTO_TEST_CASE(without_an_item_list_there_is_no_plan) {
  GS_CHECK_FAILS(ModelsErrc::bad_plan, make_task_plan("ease", 0, 5000, {}));
  GS_CHECK_FAILS(ModelsErrc::bad_plan, make_task_plan("ease", 100, 0, {}));
}

BOOST_AUTO_TEST_CASE(a_vocabulary_task_takes_its_number_of_slots) {
  const auto plan = make_task_plan("vocabulary", 1U << 18, 5000, {{"slots", "4096"}});
  GS_REQUIRE_DONE(plan);
  BOOST_TEST(plan->items == 4096U);
  GS_CHECK_FAILS(ModelsErrc::bad_plan,
                 make_task_plan("vocabulary", 1U << 18, 5000, {{"slots", "4000"}}));
}

BOOST_AUTO_TEST_SUITE_END()
