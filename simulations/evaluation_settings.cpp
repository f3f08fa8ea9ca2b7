#include "simulations/evaluation_settings.hpp"

namespace guildsum::simulations {

models::GradientPlan gradient_plan(const EvaluationSettings& settings) {
  if (settings.gradient) return *settings.gradient;
  const bool softmax = settings.model == ModelKind::softmax;
  if (settings.mode == TrainingMode::federated) {
    return softmax ? models::GradientPlan::for_softmax() : models::GradientPlan{};
  }
  return softmax ? models::GradientPlan::centralised_softmax()
                 : models::GradientPlan::centralised_bpr();
}

}  // namespace guildsum::simulations
