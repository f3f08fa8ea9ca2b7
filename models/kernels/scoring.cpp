// Compiled once per instruction set, under the rules of dense.cpp, and without fused operations.
#include "models/kernels/scoring.hpp"

#include "models/kernels/lanes.hpp"
#include "models/kernels/variant.hpp"

namespace guildsum::models::kernels {
namespace {

constexpr std::size_t kSums = 8;
constexpr std::size_t kDoubles = kLanes / 2;
constexpr std::size_t kRegisters = kSums / kDoubles;
constexpr std::size_t kRows = 4;
constexpr std::size_t kAheadBytes = 4'096;
constexpr std::size_t kLineFloats = 16;

constexpr std::size_t kDoublesBytes = kDoubles * sizeof(double);
constexpr std::size_t kFloatsBytes = kDoubles * sizeof(float);
using Doubles [[gnu::vector_size(kDoublesBytes), gnu::aligned(8), gnu::may_alias]] = double;
using Floats [[gnu::vector_size(kFloatsBytes), gnu::aligned(4), gnu::may_alias]] = float;

[[gnu::always_inline]] inline Doubles load_floats(const float* values) {
  return __builtin_convertvector(*reinterpret_cast<const Floats*>(values), Doubles);
}

/// ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7))
[[gnu::always_inline]] inline double total_of(const Doubles* sums) {
  double values[kSums];
  __builtin_memcpy(values, sums, sizeof values);
  for (std::size_t half = kSums / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) values[k] += values[k + half];
  }
  return values[0];
}

template <std::size_t Rows>
[[gnu::always_inline]] inline void score_rows(const float* rows, std::size_t stride,
                                              const double* customer, double* out) {
  Doubles sums[Rows][kRegisters] = {};
  for (std::size_t k = 0; k < stride; k += kSums) {
    for (std::size_t part = 0; part < kRegisters; ++part) {
      const std::size_t at = k + part * kDoubles;
      const Doubles weights = *reinterpret_cast<const Doubles*>(customer + at);
      for (std::size_t r = 0; r < Rows; ++r) {
        sums[r][part] += load_floats(rows + r * stride + at) * weights;
      }
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) out[r] += total_of(sums[r]);
}

void add_scores(const float* rows, std::size_t count, std::size_t stride, const double* customer,
                double* out) {
  std::size_t i = 0;
  for (; i + kRows <= count; i += kRows) {
    const float* const block = rows + i * stride;
    for (std::size_t k = 0; k < kRows * stride; k += kLineFloats) {
      __builtin_prefetch(reinterpret_cast<const char*>(block + k) + kAheadBytes);
    }
    score_rows<kRows>(block, stride, customer, out + i);
  }
  for (; i < count; ++i) score_rows<1>(rows + i * stride, stride, customer, out + i);
}

}  // namespace

extern const ScoreKernels GS_KERNEL_NAME(kScoreKernels);
const ScoreKernels GS_KERNEL_NAME(kScoreKernels){GS_KERNEL_TEXT, add_scores};

}  // namespace guildsum::models::kernels
