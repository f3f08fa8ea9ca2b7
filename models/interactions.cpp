#include "models/interactions.hpp"

#include <algorithm>
#include <string>

#include "models/errors.hpp"

namespace guildsum::models {

Result<Interactions> Interactions::build(std::uint32_t items,
                                         std::span<const std::vector<ItemIndex>> rows) {
  Interactions matrix;
  matrix.items_ = items;
  matrix.offsets_.reserve(rows.size() + 1);
  std::vector<ItemIndex> sorted;
  for (const auto& row : rows) {
    sorted.assign(row.begin(), row.end());
    std::ranges::sort(sorted);
    const auto repeats = std::ranges::unique(sorted);
    sorted.erase(repeats.begin(), repeats.end());
    if (!sorted.empty() && sorted.back() >= items) {
      return Error{ModelsErrc::unknown_item, "index " + std::to_string(sorted.back()) + " of " +
                                                 std::to_string(items) + " items"};
    }
    matrix.columns_.insert(matrix.columns_.end(), sorted.begin(), sorted.end());
    matrix.offsets_.push_back(matrix.columns_.size());
  }
  return matrix;
}

std::vector<std::uint32_t> Interactions::item_counts() const {
  std::vector<std::uint32_t> counts(items_, 0);
  for (const auto item : columns_) ++counts[item];
  return counts;
}

Interactions Interactions::transposed() const {
  Interactions result;
  result.items_ = static_cast<std::uint32_t>(customers());
  result.offsets_.assign(std::size_t{items_} + 1, 0);
  for (const auto item : columns_) ++result.offsets_[item + 1];
  for (std::size_t i = 0; i < items_; ++i) result.offsets_[i + 1] += result.offsets_[i];
  result.columns_.resize(columns_.size());
  auto next = result.offsets_;
  for (std::size_t u = 0; u < customers(); ++u) {
    for (const auto item : row(u)) result.columns_[next[item]++] = static_cast<ItemIndex>(u);
  }
  return result;
}

}  // namespace guildsum::models
