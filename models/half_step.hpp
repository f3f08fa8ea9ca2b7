#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/thread_pool.hpp"
#include "models/interactions.hpp"
#include "models/task_plan.hpp"

namespace guildsum::models {

/// One half of an alternation of iALS: factors of the rows of `matrix` for fixed factors of its
/// columns.
struct HalfStep {
  const IalsPlan& plan;
  std::span<const float> factors;  ///< Of the columns [matrix.items() x plan.factors]
  const Interactions& matrix;
  double column_total;            ///< n of l (count + a n)^nu
  ThreadPool* threads = nullptr;  ///< The same bits for any number; null: the caller alone.
};

/// Exact factors [rows x plan.factors]; 0 for rows without a column.
/// ModelsErrc::not_positive_definite.
[[nodiscard]] Result<std::vector<float>> solve_half_step(const HalfStep& half);

/// Moves `rows` [rows x plan.factors] by `steps` conjugate gradient steps towards the exact
/// factors; rows without a column become 0.
void take_half_step(const HalfStep& half, std::uint32_t steps, std::span<float> rows);

}  // namespace guildsum::models
