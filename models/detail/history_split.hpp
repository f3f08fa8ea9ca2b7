#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <string>

#include "base/result.hpp"
#include "models/errors.hpp"
#include "models/recommender.hpp"

namespace guildsum::models::detail {

/// Descending weight, ties by item index.
inline bool heavier(const ItemContribution& a, const ItemContribution& b) noexcept {
  return a.weight != b.weight ? a.weight > b.weight : a.item < b.item;
}

/// An explanation whose score is the sum of `weight(j)` over the history.
template <class Weight>
Explanation split_over_history(std::span<const ItemIndex> history, bool rankable, Weight weight) {
  if (!rankable) return {-std::numeric_limits<double>::infinity(), 0, {}};
  Explanation result;
  for (const auto j : history) {
    const double part = weight(j);
    result.score += part;
    if (part != 0) result.from_history.push_back({j, part});
  }
  std::ranges::sort(result.from_history, heavier);
  return result;
}

/// ModelsErrc::wrong_shape unless the stock is ascending without repeats and below `items`.
inline Result<> check_stock(std::span<const ItemIndex> stock, std::uint32_t items) {
  for (std::size_t k = 0; k < stock.size(); ++k) {
    if (stock[k] >= items || (k > 0 && stock[k] <= stock[k - 1])) {
      return Error{ModelsErrc::wrong_shape, "stock is not ascending at " + std::to_string(k)};
    }
  }
  return {};
}

}  // namespace guildsum::models::detail
