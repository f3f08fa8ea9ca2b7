// Compiled once per instruction set, under the rules of dense.cpp.
#include "models/kernels/local_steps.hpp"

#include <Eigen/Core>

#include "models/kernels/variant.hpp"

namespace guildsum::models::kernels {
namespace {

using Eigen::Index;
using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// One group of kRowGroup values; compilers split it into the registers that the CPU has.
constexpr std::size_t kGroupBytes = kRowGroup * sizeof(float);
using Group [[gnu::vector_size(kGroupBytes), gnu::aligned(4), gnu::may_alias]] = float;

constexpr std::size_t kAhead = 8;  // Steps between fetching a row and using it.

const Group* groups(const float* row) { return reinterpret_cast<const Group*>(row); }
Group* groups(float* row) { return reinterpret_cast<Group*>(row); }

void prefetch_row(const float* row, std::size_t stride) {
  for (std::size_t k = 0; k < stride; k += kRowGroup) __builtin_prefetch(row + k, 1);
}

/// w . (a - b)
float margin(const float* w, const float* a, const float* b, std::size_t stride) {
  Group sum{};
  for (std::size_t k = 0; k < stride / kRowGroup; ++k) {
    sum += groups(w)[k] * (groups(a)[k] - groups(b)[k]);
  }
  float values[kRowGroup];
  __builtin_memcpy(values, &sum, sizeof values);
  for (std::size_t half = kRowGroup / 2; half > 0; half /= 2) {
    for (std::size_t k = 0; k < half; ++k) values[k] += values[k + half];
  }
  return values[0];
}

/// row += rate (gradient w - decay row + pull start)
void move_row(float* row, const float* w, const float* start, std::size_t stride, float gradient,
              float keep, float pull) {
  for (std::size_t k = 0; k < stride / kRowGroup; ++k) {
    Group moved = keep * groups(row)[k] + gradient * groups(w)[k];
    if (pull != 0) moved += pull * groups(start)[k];
    groups(row)[k] = moved;
  }
}

void bpr_steps(const BprSteps& steps) {
  const std::size_t stride = steps.stride;
  const float keep = 1 - steps.rate * (steps.regularisation + steps.proximal);
  const float pull = steps.rate * steps.proximal;
  for (std::size_t t = 0; t < steps.count; ++t) {
    if (t + kAhead < steps.count) {
      const BprTriple& later = steps.triples[t + kAhead];
      prefetch_row(steps.users + later.user * stride, stride);
      prefetch_row(steps.items + later.bought * stride, stride);
      prefetch_row(steps.items + later.other * stride, stride);
    }
    const BprTriple& triple = steps.triples[t];
    const float* const w = steps.users + triple.user * stride;
    const std::size_t bought = triple.bought * stride;
    const std::size_t other = triple.other * stride;
    const float x = margin(w, steps.items + bought, steps.items + other, stride);
    const float gradient = steps.rate / (1 + __builtin_expf(x));
    move_row(steps.items + bought, w, steps.start + bought, stride, gradient, keep, pull);
    move_row(steps.items + other, w, steps.start + other, stride, -gradient, keep, pull);
  }
}

void softmax_gradient(const SoftmaxBatch& batch) {
  const auto rows = static_cast<Index>(batch.users_count);
  const auto count = static_cast<Index>(batch.items_count);
  const auto stride = static_cast<Index>(batch.stride);
  const Eigen::Map<const RowMatrix> users{batch.users, rows, stride};
  const Eigen::Map<const RowMatrix> items{batch.items, count, stride};
  Eigen::Map<RowMatrix> logits{batch.logits, rows, count};
  logits.noalias() += users * items.transpose();
  for (Index u = 0; u < rows; ++u) {
    auto row = logits.row(u).array();
    row = (row - row.maxCoeff()).exp();
    row *= -batch.totals[u] / row.sum();
  }
  Eigen::Map<RowMatrix> gradient{batch.gradient, count, stride};
  gradient.noalias() = logits.transpose() * users;
}

}  // namespace

extern const LocalKernels GS_KERNEL_NAME(kLocalKernels);
const LocalKernels GS_KERNEL_NAME(kLocalKernels){GS_KERNEL_TEXT, bpr_steps, softmax_gradient};

}  // namespace guildsum::models::kernels
