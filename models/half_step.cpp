#include "models/half_step.hpp"

#include <algorithm>
#include <atomic>
#include <functional>

#include "models/detail/aligned.hpp"
#include "models/detail/ials_task.hpp"
#include "models/errors.hpp"
#include "models/kernels/als.hpp"
#include "models/kernels/kernels.hpp"

namespace guildsum::models {
namespace {

using kernels::AlsKernels;
using kernels::best_kernels;
using kernels::DenseKernels;

constexpr std::size_t kRowsPerPiece = 512;
constexpr std::size_t kGramRowsPerPiece = 8'192;

void in_pieces(ThreadPool* threads, std::size_t count, std::size_t grain,
               const std::function<void(std::size_t, std::size_t)>& body) {
  if (threads != nullptr) {
    threads->parallel_for(0, count, grain, body);
    return;
  }
  for (std::size_t first = 0; first < count; first += grain) {
    body(first, std::min(first + grain, count));
  }
}

/// a X^T X for the column factors X: the sum of the pieces' Grams in their order, so that it does
/// not depend on who computed which.
std::vector<float> shared_gram(const HalfStep& half) {
  const std::size_t d = half.plan.factors;
  const std::size_t rows = half.factors.size() / d;
  const std::size_t pieces = (rows + kGramRowsPerPiece - 1) / kGramRowsPerPiece;
  std::vector<float> grams(pieces * d * d);
  const auto weight = static_cast<float>(half.plan.unobserved_weight);
  in_pieces(half.threads, rows, kGramRowsPerPiece, [&](std::size_t first, std::size_t last) {
    best_kernels<DenseKernels>().gram(half.factors.data() + first * d, last - first, d, weight,
                                      grams.data() + first / kGramRowsPerPiece * d * d);
  });
  std::vector<float> shared(d * d, 0.0F);
  for (std::size_t k = 0; k < grams.size(); ++k) shared[k % (d * d)] += grams[k];
  return shared;
}

std::vector<float> regularisations(const HalfStep& half) {
  std::vector<float> values(half.matrix.customers());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const auto count = static_cast<double>(half.matrix.row(row).size());
    values[row] =
        static_cast<float>(detail::frequency_regularisation(half.plan, count, half.column_total));
  }
  return values;
}

struct Systems {
  explicit Systems(const HalfStep& half)
      : shared{shared_gram(half)},
        regularisation{regularisations(half)},
        side{half.factors.data(),
             half.plan.factors,
             shared.data(),
             half.matrix.offsets().data(),
             half.matrix.columns().data(),
             regularisation.data()} {}
  std::vector<float> shared;
  std::vector<float> regularisation;
  kernels::AlsSide side;
};

bool solve_piece(const kernels::AlsSide& side, std::size_t first, std::size_t last, float* out) {
  if (side.d > kernels::kBatchedFactorsMax) {
    return best_kernels<DenseKernels>().solve_rows(side.factors, side.d, side.shared, side.offsets,
                                                   side.columns, side.regularisation, first, last,
                                                   out);
  }
  const auto& kernels = best_kernels<AlsKernels>();
  detail::AlignedFloats scratch(kernels.exact_scratch(side.d));
  return kernels.solve_exact(side, first, last, scratch.data(), out);
}

}  // namespace

Result<std::vector<float>> solve_half_step(const HalfStep& half) {
  const Systems systems{half};
  std::vector<float> solved(half.matrix.customers() * half.plan.factors);
  std::atomic<bool> definite{true};
  in_pieces(half.threads, half.matrix.customers(), kRowsPerPiece,
            [&](std::size_t first, std::size_t last) {
              if (!solve_piece(systems.side, first, last, solved.data())) definite = false;
            });
  if (!definite) return Error{ModelsErrc::not_positive_definite, "iALS system"};
  return solved;
}

void take_half_step(const HalfStep& half, std::uint32_t steps, std::span<float> rows) {
  const Systems systems{half};
  const auto& kernels = best_kernels<AlsKernels>();
  in_pieces(half.threads, half.matrix.customers(), kRowsPerPiece,
            [&](std::size_t first, std::size_t last) {
              std::size_t longest = 0;
              for (std::size_t row = first; row < last; ++row) {
                longest = std::max(longest, half.matrix.row(row).size());
              }
              detail::AlignedFloats scratch(kernels.gradients_scratch(half.plan.factors, longest));
              kernels.step_gradients(systems.side, first, last, steps, scratch.data(), rows.data());
            });
}

}  // namespace guildsum::models
