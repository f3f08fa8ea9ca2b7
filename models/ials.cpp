#include "models/ials.hpp"

#include <cmath>
#include <string>

#include "models/detail/ials_task.hpp"
#include "models/errors.hpp"
#include "models/half_step.hpp"

namespace guildsum::models {
namespace {

double count_active(const Interactions& interactions) {
  std::size_t active = 0;
  for (std::size_t u = 0; u < interactions.customers(); ++u) active += !interactions.row(u).empty();
  return static_cast<double>(active);
}

}  // namespace

Result<std::vector<float>> solve_customers(const IalsPlan& plan,
                                           std::span<const float> item_factors,
                                           const Interactions& interactions, ThreadPool* threads) {
  if (item_factors.size() != std::size_t{interactions.items()} * plan.factors) {
    return Error{ModelsErrc::wrong_shape, "item factors do not fit the item list"};
  }
  return solve_half_step(
      {plan, item_factors, interactions, static_cast<double>(interactions.items()), threads});
}

Result<FactorModel> train_ials(const IalsPlan& plan, const Interactions& interactions,
                               const std::function<void(std::uint32_t)>& after_epoch,
                               const IalsTraining& training) {
  TaskPlan task;
  task.kind = TaskKind::ials;
  task.items = interactions.items();
  task.ials = plan;
  GS_CHECK(task.validate());
  const Interactions by_item = interactions.transposed();
  const auto items = static_cast<double>(interactions.items());
  const double customers = count_active(interactions);
  FactorModel model{interactions.items(), plan.factors, detail::starting_factors(task), plan};
  std::vector<float> users(interactions.customers() * plan.factors, 0.0F);
  for (std::uint32_t epoch = 1; epoch <= plan.epochs; ++epoch) {
    const HalfStep for_users{plan, model.item_factors, interactions, items, training.threads};
    const HalfStep for_items{plan, users, by_item, customers, training.threads};
    if (training.gradient_steps > 0) {
      take_half_step(for_users, training.gradient_steps, users);
      take_half_step(for_items, training.gradient_steps, model.item_factors);
    } else {
      GS_TRY(users, solve_half_step(for_users));
      // The customers' factors lie elsewhere now.
      GS_TRY(model.item_factors,
             solve_half_step({plan, users, by_item, customers, training.threads}));
    }
    if (after_epoch) after_epoch(epoch);
  }
  return model;
}

double ials_loss(const IalsPlan& plan, std::span<const float> user_factors,
                 std::span<const float> item_factors, const Interactions& interactions) {
  const std::size_t d = plan.factors;
  const double customers = count_active(interactions);
  const auto dot = [&](const float* a, const float* b) {
    double sum = 0;
    for (std::size_t k = 0; k < d; ++k)
      sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
    return sum;
  };
  std::vector<double> counts(interactions.items(), 0.0);
  double loss = 0;
  for (std::size_t u = 0; u < interactions.customers(); ++u) {
    const float* w = user_factors.data() + u * d;
    const auto row = interactions.row(u);
    if (row.empty()) continue;
    for (const auto item : row) {
      const double gap = 1.0 - dot(w, item_factors.data() + item * d);
      loss += gap * gap;
      counts[item] += 1;
    }
    for (std::size_t i = 0; i < interactions.items(); ++i) {
      const double score = dot(w, item_factors.data() + i * d);
      loss += plan.unobserved_weight * score * score;
    }
    loss += detail::frequency_regularisation(plan, static_cast<double>(row.size()),
                                             static_cast<double>(interactions.items())) *
            dot(w, w);
  }
  for (std::size_t i = 0; i < interactions.items(); ++i) {
    const float* h = item_factors.data() + i * d;
    loss += detail::frequency_regularisation(plan, counts[i], customers) * dot(h, h);
  }
  return loss;
}

}  // namespace guildsum::models
