#include "simulations/evaluation_settings.hpp"

#include <boost/test/unit_test.hpp>

namespace guildsum::simulations {
namespace {

using models::GradientPlan;

models::GradientPlan plan_of(ModelKind model, TrainingMode mode) {
  EvaluationSettings settings;
  settings.model = model;
  settings.mode = mode;
  return gradient_plan(settings);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_settings_test)

BOOST_AUTO_TEST_CASE(gradient_steps_have_measured_settings_for_each_kind_and_mode) {
  BOOST_TEST((plan_of(ModelKind::bpr, TrainingMode::federated) == GradientPlan{}));
  BOOST_TEST((plan_of(ModelKind::softmax, TrainingMode::federated) == GradientPlan::for_softmax()));
  for (const auto mode : {TrainingMode::centralised, TrainingMode::alone}) {
    BOOST_TEST((plan_of(ModelKind::bpr, mode) == GradientPlan::centralised_bpr()));
    BOOST_TEST((plan_of(ModelKind::softmax, mode) == GradientPlan::centralised_softmax()));
  }
}

BOOST_AUTO_TEST_CASE(a_plan_that_is_given_is_taken) {
  EvaluationSettings settings;
  settings.model = ModelKind::softmax;
  settings.gradient.emplace();
  settings.gradient->rounds = 7;
  BOOST_TEST(gradient_plan(settings).rounds == 7U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
