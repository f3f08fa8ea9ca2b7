#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "models/gradient_plan.hpp"

namespace guildsum::models::detail {

/// What the coordinator's optimiser keeps between rounds; all arrays have one length.
struct ServerState {
  std::vector<float> vectors;  ///< The model.
  /// Running mean of the average deltas (with sgd the last one); empty before the first round.
  std::vector<float> first;
  std::vector<float> second;  ///< Running mean of their squares: Adam and Yogi only.
};

/// Whether the optimiser keeps a second moment.
[[nodiscard]] bool is_adaptive(ServerOptimiser optimiser) noexcept;

/// One step of the plan's optimiser along the average delta x (Reddi et al. 2021, algorithm 2,
/// without bias correction):
///   sgd       m = x,                     step = rate m
///   momentum  m = b1 m + x,              step = rate m
///   adam      m = b1 m + (1 - b1) x,     v = b2 v + (1 - b2) x^2
///   yogi      m as Adam,                 v = v - (1 - b2) x^2 sign(v - x^2)
/// where Adam and Yogi step by rate m / (sqrt(v) + tau), starting from m = v = 0.
/// Computed in double, kept in float32. ModelsErrc::not_finite, changing nothing, where a value
/// leaves float32's range.
[[nodiscard]] Result<> take_step(const GradientPlan& plan, std::span<const double> average,
                                 ServerState& state);

/// A third of the step that the moments of the last round give: for a round whose sum is lost.
/// `state.first` must not be empty. ModelsErrc::not_finite, changing nothing.
[[nodiscard]] Result<> take_damped_step(const GradientPlan& plan, ServerState& state);

}  // namespace guildsum::models::detail
