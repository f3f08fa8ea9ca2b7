#include "models/detail/server_step.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {

constexpr double kDamping = 1.0 / 3.0;

double first_moment(const GradientPlan& plan, double before, double x) {
  switch (plan.optimiser) {
    case ServerOptimiser::sgd:
      return x;
    case ServerOptimiser::momentum:
      return plan.momentum * before + x;
    case ServerOptimiser::adam:
    case ServerOptimiser::yogi:
      return plan.momentum * before + (1.0 - plan.momentum) * x;
  }
  return x;
}

double second_moment(const GradientPlan& plan, double before, double x) {
  const double square = x * x;
  const double share = 1.0 - plan.second_moment;
  if (plan.optimiser == ServerOptimiser::adam) return plan.second_moment * before + share * square;
  if (before == square) return before;
  return before < square ? before + share * square : before - share * square;
}

/// The model moved by `damping` times the step of the moments.
Result<std::vector<float>> moved(const GradientPlan& plan, double damping,
                                 const ServerState& state) {
  std::vector<float> vectors(state.vectors.size());
  for (std::size_t k = 0; k < vectors.size(); ++k) {
    double step = plan.server_rate * static_cast<double>(state.first[k]);
    if (!state.second.empty()) {
      step = step / (std::sqrt(static_cast<double>(state.second[k])) + plan.adaptivity);
    }
    vectors[k] = static_cast<float>(static_cast<double>(state.vectors[k]) + damping * step);
    if (!std::isfinite(vectors[k])) return Error{ModelsErrc::not_finite, "step of the model"};
  }
  return vectors;
}

}  // namespace

bool is_adaptive(ServerOptimiser optimiser) noexcept {
  return optimiser == ServerOptimiser::adam || optimiser == ServerOptimiser::yogi;
}

Result<> take_step(const GradientPlan& plan, std::span<const double> average, ServerState& state) {
  ServerState next = state;
  const std::size_t length = state.vectors.size();
  next.first.resize(length, 0.0F);
  if (is_adaptive(plan.optimiser)) next.second.resize(length, 0.0F);
  for (std::size_t k = 0; k < length; ++k) {
    const double x = average[k];
    next.first[k] = static_cast<float>(first_moment(plan, static_cast<double>(next.first[k]), x));
    bool finite = std::isfinite(next.first[k]);
    if (!next.second.empty()) {
      next.second[k] =
          static_cast<float>(second_moment(plan, static_cast<double>(next.second[k]), x));
      finite = finite && std::isfinite(next.second[k]);
    }
    if (!finite) return Error{ModelsErrc::not_finite, "moments of the model"};
  }
  GS_TRY(next.vectors, moved(plan, 1.0, next));
  state = std::move(next);
  return {};
}

Result<> take_damped_step(const GradientPlan& plan, ServerState& state) {
  GS_TRY(state.vectors, moved(plan, kDamping, state));
  return {};
}

}  // namespace guildsum::models::detail
