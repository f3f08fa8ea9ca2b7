#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "models/task_plan.hpp"

namespace guildsum::models {

/// Customers per item over the federation.
struct PopularityModel {
  std::vector<std::uint64_t> customers;  ///< [items]; 0 below the plan's minimum.
};

/// Number of common customers of every pair of items, upper triangle.
struct GramModel {
  std::uint32_t items = 0;
  std::vector<std::uint32_t>
      upper;  ///< Row-major with the diagonal: (0,0) (0,1) .. (1,1) .. [n (n + 1) / 2]

  [[nodiscard]] static std::size_t packed_length(std::uint32_t items) noexcept {
    return std::size_t{items} * (std::size_t{items} + 1) / 2;
  }
  /// Position of (row, column) in `upper`; row <= column.
  [[nodiscard]] static std::size_t packed_index(std::uint32_t items, std::uint32_t row,
                                                std::uint32_t column) noexcept {
    return std::size_t{row} * items - std::size_t{row} * (std::size_t{row} + 1) / 2 + column;
  }
  [[nodiscard]] std::uint32_t at(std::uint32_t i, std::uint32_t j) const noexcept {
    return upper[i <= j ? packed_index(items, i, j) : packed_index(items, j, i)];
  }
};

/// Item factors of implicit ALS; a customer's own vector is folded in from her history at the shop.
struct FactorModel {
  std::uint32_t items = 0;
  std::uint32_t factors = 0;
  std::vector<float> item_factors;  ///< [items x factors], row-major
  IalsPlan plan;
};

/// Item vectors of a BPR or softmax task; a customer's own vector is the sum of her items' vectors
/// over the square root of their number.
struct VectorModel {
  TaskKind kind = TaskKind::bpr;
  std::uint32_t items = 0;
  std::uint32_t factors = 0;
  std::vector<float> item_vectors;  ///< [items x (factors + 1)], row-major; the last is the bias.
};

/// What follows what: for items i and j the sum over customers and over pairs of baskets (or of
/// clicks of a session) of 60 / distance, i in the earlier one and j in the later.
struct TransitionModel {
  std::uint32_t items = 0;
  std::vector<std::uint32_t> counts;  ///< [items x items], row = from, column = to; 1/60 units
};

/// A row of a private vocabulary: an item under the shops' key, without its id.
struct SharedRow {
  std::uint32_t slot = 0;
  std::uint32_t tag = 0;      ///< Tells the item from others that fall into the same slot.
  std::uint32_t holders = 0;  ///< Shops that have it; at least the plan's `holders_min`.
  friend bool operator==(const SharedRow&, const SharedRow&) = default;
};

/// The items that enough shops hold. Their position is their index in later tasks.
struct VocabularyModel {
  std::uint32_t slots = 0;
  std::uint32_t holders_min = 0;
  std::vector<SharedRow> rows;  ///< Ascending slot.
  friend bool operator==(const VocabularyModel&, const VocabularyModel&) = default;
};

/// What a federated evaluation opened; `evaluation_report` reads it.
struct EvaluationSums {
  std::vector<std::int64_t> customers;  ///< The sum of "evaluation.customers".
  /// The sum of "evaluation.quality"; empty when too few customers or shops had held-out purchases.
  std::vector<std::int64_t> quality;
  friend bool operator==(const EvaluationSums&, const EvaluationSums&) = default;
};

/// A model as the shops receive it.
using Released = std::variant<PopularityModel, GramModel, FactorModel, VectorModel, VocabularyModel,
                              EvaluationSums, TransitionModel>;

/// The model inside a task's checkpoint. For iALS, BPR and softmax any checkpoint after the first
/// sums holds usable factors; for the others the task must be finished.
/// ModelsErrc::malformed, wrong_step.
[[nodiscard]] Result<Released> release(const TaskPlan& plan, ByteView checkpoint);

}  // namespace guildsum::models
