#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "models/evaluation_sums.hpp"
#include "models/fairness.hpp"

/// Figures between 0 and 1 as whole numbers, so that sums over shops are exact, and back again.
namespace guildsum::models::detail {

inline std::int64_t in_units(double value) {
  return std::llround(std::ldexp(value, static_cast<int>(kEvaluationUnitBits)));
}

inline double from_units(std::int64_t value) {
  return std::ldexp(static_cast<double>(value), -static_cast<int>(kEvaluationUnitBits));
}

/// The mean over `customers` (at least 1) and its standard error, of the sums of a figure and of
/// its squares, both in units.
inline MeanEstimate mean_of(std::int64_t sum, std::int64_t squares, std::int64_t customers) {
  const auto n = static_cast<double>(customers);
  const double all = from_units(sum);
  MeanEstimate mean{all / n, 0};
  if (customers > 1) {
    const double variance = std::max(0.0, from_units(squares) - all * all / n) / (n - 1);
    mean.error = std::sqrt(variance / n);
  }
  return mean;
}

}  // namespace guildsum::models::detail
