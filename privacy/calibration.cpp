#include "privacy/calibration.hpp"

#include <cmath>

#include "base/errors.hpp"

namespace guildsum::privacy {
namespace {

constexpr double kVarianceMax = 0x1p40;
constexpr double kUnitsMax = kVarianceMax * kVarianceUnits;

Result<double> spent(double variance_micro, double delta, const Sensitivity& sensitivity,
                     std::uint64_t sums) {
  GS_TRY(const auto curve, RdpCurve::skellam(sensitivity, variance_micro / kVarianceUnits));
  GS_TRY(const auto loss, curve.times(sums).at(delta));
  return loss.epsilon;
}

/// log of Chernoff's bound of P(X >= reach): sqrt(mu^2 + t^2) - mu - t asinh(t / mu).
double log_tail(double reach, double variance) {
  return std::hypot(variance, reach) - variance - reach * std::asinh(reach / variance);
}

}  // namespace

Result<std::uint64_t> skellam_variance_micro(const Budget& budget, const Sensitivity& sensitivity,
                                             std::uint64_t sums) {
  if (!std::isfinite(budget.epsilon) || budget.epsilon <= 0) {
    return Error{BaseErrc::invalid_argument, "epsilon is above 0"};
  }
  if (sums == 0) return Error{BaseErrc::invalid_argument, "a budget is for one sum at least"};
  GS_TRY(const double least, spent(kUnitsMax, budget.delta, sensitivity, sums));
  if (least > budget.epsilon) {
    return Error{BaseErrc::too_large, "no noise of a variance up to 2^40 is within this epsilon"};
  }
  std::uint64_t low = 0;  // Not enough.
  auto high = static_cast<std::uint64_t>(kUnitsMax);
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    GS_TRY(const double epsilon,
           spent(static_cast<double>(middle), budget.delta, sensitivity, sums));
    (epsilon <= budget.epsilon ? high : low) = middle;
  }
  return high;
}

std::uint64_t skellam_reach(double variance, std::uint64_t values, std::uint32_t failure_bits) {
  if (!(variance > 0) || values == 0) return 0;
  // Both tails of every value.
  const double allowed =
      -std::log(2.0) * failure_bits - std::log(2.0 * static_cast<double>(values));
  std::uint64_t low = 0;
  std::uint64_t high = 1;
  while (log_tail(static_cast<double>(high), variance) > allowed) high *= 2;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (log_tail(static_cast<double>(middle), variance) > allowed ? low : high) = middle;
  }
  return high;
}

}  // namespace guildsum::privacy
