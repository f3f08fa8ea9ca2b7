#include "models/histories.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/assert.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

Result<> check(const PastPurchase& purchase, std::uint32_t items) {
  if (purchase.item >= items) {
    return Error{ModelsErrc::unknown_item, "index " + std::to_string(purchase.item) + " of " +
                                               std::to_string(items) + " items"};
  }
  if (!std::isfinite(purchase.quantity) || purchase.quantity <= 0) {
    return Error{ModelsErrc::out_of_range, "a quantity must be a number above 0"};
  }
  return {};
}

bool earlier(const PastPurchase& a, const PastPurchase& b) noexcept {
  return a.seconds != b.seconds ? a.seconds < b.seconds : a.item < b.item;
}

}  // namespace

Result<Histories> Histories::build(std::uint32_t items,
                                   std::span<const std::vector<PastPurchase>> rows) {
  Histories histories;
  histories.items_ = items;
  histories.offsets_.reserve(rows.size() + 1);
  for (const auto& row : rows) {
    for (const auto& purchase : row) GS_CHECK(check(purchase, items));
    histories.purchases_.insert(histories.purchases_.end(), row.begin(), row.end());
    const auto first = static_cast<std::ptrdiff_t>(histories.offsets_.back());
    std::stable_sort(histories.purchases_.begin() + first, histories.purchases_.end(), earlier);
    histories.offsets_.push_back(histories.purchases_.size());
  }
  return histories;
}

Histories Histories::of(const Interactions& interactions) {
  Histories histories;
  histories.items_ = interactions.items();
  const auto offsets = interactions.offsets();
  histories.offsets_.assign(offsets.begin(), offsets.end());
  histories.purchases_.reserve(interactions.pairs());
  for (const auto item : interactions.columns()) histories.purchases_.push_back({item, 0, 1.0F});
  return histories;
}

Interactions Histories::interactions() const {
  std::vector<std::vector<ItemIndex>> rows(customers());
  for (std::size_t u = 0; u < rows.size(); ++u) rows[u] = distinct_items(row(u));
  auto matrix = Interactions::build(items_, rows);
  GS_ASSERT(matrix.has_value());  // `build` checked every index.
  return std::move(matrix).value();
}

Histories Histories::rows_of(std::span<const std::size_t> customers) const {
  Histories part;
  part.items_ = items_;
  for (const auto customer : customers) {
    const auto purchases = row(customer);
    part.purchases_.insert(part.purchases_.end(), purchases.begin(), purchases.end());
    part.offsets_.push_back(part.purchases_.size());
  }
  return part;
}

std::vector<ItemIndex> distinct_items(std::span<const PastPurchase> history) {
  std::vector<ItemIndex> items;
  items.reserve(history.size());
  for (const auto& purchase : history) items.push_back(purchase.item);
  std::ranges::sort(items);
  const auto repeats = std::ranges::unique(items);
  items.erase(repeats.begin(), repeats.end());
  return items;
}

}  // namespace guildsum::models
