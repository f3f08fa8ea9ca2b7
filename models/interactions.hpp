#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace guildsum::models {

/// Position of an item in the published list.
using ItemIndex = std::uint32_t;

/// Which customer bought which items, as a compressed sparse binary matrix [customers x items]: one
/// row per customer, item indexes ascending and without repeats. Immutable; safe to read from
/// several threads.
class Interactions {
 public:
  Interactions() = default;
  /// `rows[u]` lists the items of customer u in any order; repeats count once.
  /// ModelsErrc::unknown_item on an index of `items` or above.
  [[nodiscard]] static Result<Interactions> build(std::uint32_t items,
                                                  std::span<const std::vector<ItemIndex>> rows);

  [[nodiscard]] std::size_t customers() const noexcept { return offsets_.size() - 1; }
  [[nodiscard]] std::uint32_t items() const noexcept { return items_; }
  /// Number of (customer, item) pairs.
  [[nodiscard]] std::size_t pairs() const noexcept { return columns_.size(); }
  [[nodiscard]] std::span<const ItemIndex> row(std::size_t customer) const noexcept {
    return std::span{columns_}.subspan(offsets_[customer],
                                       offsets_[customer + 1] - offsets_[customer]);
  }
  /// Row starts [customers + 1] and all rows one after the other [pairs], for kernels.
  [[nodiscard]] std::span<const std::uint64_t> offsets() const noexcept { return offsets_; }
  [[nodiscard]] std::span<const ItemIndex> columns() const noexcept { return columns_; }
  /// Customers per item [items].
  [[nodiscard]] std::vector<std::uint32_t> item_counts() const;
  /// The item's view: row i lists the customers of item i, ascending. Shape [items x customers].
  [[nodiscard]] Interactions transposed() const;

 private:
  std::uint32_t items_ = 0;
  std::vector<std::uint64_t> offsets_{0};
  std::vector<ItemIndex> columns_;
};

}  // namespace guildsum::models
