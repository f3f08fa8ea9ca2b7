#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/detail/aligned.hpp"
#include "models/interactions.hpp"

namespace guildsum::models::detail {

/// The released vectors of all items, laid out for scoring. Immutable.
class ItemVectors {
 public:
  /// Takes the first `factors` of each of the `items` rows of `values`, `row_length` apart.
  ItemVectors(std::span<const float> values, std::size_t items, std::size_t factors,
              std::size_t row_length);
  [[nodiscard]] std::size_t items() const noexcept { return items_; }
  [[nodiscard]] std::size_t factors() const noexcept { return factors_; }
  [[nodiscard]] std::span<const float> operator[](ItemIndex item) const noexcept {
    return {values_.data() + item * stride_, factors_};
  }
  /// The sum of the vectors of `history` [factors], in doubles.
  [[nodiscard]] std::vector<double> sum_of(std::span<const ItemIndex> history) const;
  /// scores[i] += own vector . customer, the same bits on every CPU; scores [items], customer
  /// [factors].
  void add_scores(std::span<const double> customer, std::span<double> scores) const;

 private:
  std::size_t items_;
  std::size_t factors_;
  std::size_t stride_;
  AlignedFloats values_;  // [items x stride], zeros behind the factors
};

/// The items that may not be ranked: all below `items` that are not in `stock`, ascending; none if
/// `stock` is empty.
[[nodiscard]] std::vector<ItemIndex> outside_stock(std::span<const ItemIndex> stock,
                                                   std::size_t items);

}  // namespace guildsum::models::detail
