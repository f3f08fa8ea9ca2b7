#pragma once

#include <cstddef>
#include <string_view>

#include "models/kernels/kernels.hpp"

namespace guildsum::models::kernels {

/// Scores of all items for one customer, once per instruction set. Unlike the other kernels these
/// give the same bits on every CPU: value k of a row goes into sum k modulo 8, the eight sums are
/// added in one order, and no product is fused with an addition. So rankings and the figures made
/// of them do not depend on the machine.
struct ScoreKernels {
  std::string_view name;
  /// out[i] += rows[i] . customer, in doubles, for rows [count x stride] and customer [stride];
  /// `stride` is a multiple of 8.
  void (*add_scores)(const float* rows, std::size_t count, std::size_t stride,
                     const double* customer, double* out);
};

}  // namespace guildsum::models::kernels
