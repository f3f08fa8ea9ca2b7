#include "models/gradient.hpp"

#include <utility>

#include "models/detail/delta_task.hpp"
#include "models/detail/local_training.hpp"
#include "models/detail/server_step.hpp"

namespace guildsum::models {
namespace {

Result<VectorModel> train(TaskKind kind, const GradientPlan& plan, const Interactions& interactions,
                          Random& random, const std::function<void(std::uint32_t)>& after_round) {
  TaskPlan task;
  task.kind = kind;
  task.items = interactions.items();
  task.gradient = plan;
  GS_CHECK(task.validate());
  detail::ServerState state{detail::starting_vectors(task), {}, {}};
  std::vector<double> delta(state.vectors.size());
  for (std::uint32_t round = 1; round <= plan.rounds; ++round) {
    GS_TRY(const auto trained, detail::train_locally(task, state.vectors, interactions, random));
    for (std::size_t k = 0; k < delta.size(); ++k) {
      delta[k] = static_cast<double>(trained[k]) - static_cast<double>(state.vectors[k]);
    }
    GS_CHECK(detail::take_step(plan, delta, state));
    if (after_round) after_round(round);
  }
  return VectorModel{kind, task.items, plan.factors, std::move(state.vectors)};
}

}  // namespace

Result<VectorModel> train_bpr(const GradientPlan& plan, const Interactions& interactions,
                              Random& random,
                              const std::function<void(std::uint32_t)>& after_round) {
  return train(TaskKind::bpr, plan, interactions, random, after_round);
}

Result<VectorModel> train_softmax(const GradientPlan& plan, const Interactions& interactions,
                                  Random& random,
                                  const std::function<void(std::uint32_t)>& after_round) {
  return train(TaskKind::softmax, plan, interactions, random, after_round);
}

}  // namespace guildsum::models
