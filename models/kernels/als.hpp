#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/kernels/kernels.hpp"

namespace guildsum::models::kernels {

/// Widest factors that the batched Cholesky keeps in the cache of one core.
inline constexpr std::size_t kBatchedFactorsMax = 128;

/// One side of an alternation of implicit ALS. For each row r, with F_r the rows of `factors`
/// listed in columns[offsets[r] .. offsets[r + 1]): (F_r^T F_r + shared + regularisation[r] I) w =
/// sum of F_r's rows.
struct AlsSide {
  const float* factors;          ///< [. x d]
  std::size_t d;                 ///< At least 1.
  const float* shared;           ///< [d x d], symmetric
  const std::uint64_t* offsets;  ///< [rows + 1]
  const std::uint32_t* columns;  ///< [offsets[rows]]
  const float* regularisation;   ///< [rows]
};

/// The half steps of implicit ALS, once per instruction set, under the rules of `DenseKernels`.
/// What a row becomes depends on that row alone, not on first, last or the rows beside it. Rows
/// without a column become 0. `out`: all rows [rows x d], of which [first, last) are written.
/// `scratch`: as many floats as the function beside it says, best on a multiple of 64 bytes.
struct AlsKernels {
  std::string_view name;
  /// Solves rows exactly, as many at once as a register has lanes (d up to kBatchedFactorsMax).
  /// Returns false if a system is not positive definite.
  bool (*solve_exact)(const AlsSide& side, std::size_t first, std::size_t last, float* scratch,
                      float* out);
  std::size_t (*exact_scratch)(std::size_t d);
  /// `steps` conjugate gradient steps (Takacs, Pilaszy, Tikk 2011) from the rows already in `out`.
  /// `longest`: at least the number of columns of the longest row in [first, last).
  void (*step_gradients)(const AlsSide& side, std::size_t first, std::size_t last,
                         std::size_t steps, float* scratch, float* out);
  std::size_t (*gradients_scratch)(std::size_t d, std::size_t longest);
};

}  // namespace guildsum::models::kernels
