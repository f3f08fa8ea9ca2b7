#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "models/interactions.hpp"

namespace guildsum::models {

/// One purchase of one item by one customer.
struct PastPurchase {
  ItemIndex item = 0;
  std::int64_t seconds = 0;  ///< When, since 1970-01-01 UTC; or any count that rises with time.
  float quantity = 1.0F;     ///< Above 0
  friend bool operator==(const PastPurchase&, const PastPurchase&) = default;
};

/// What each customer bought, how often and when: rows by customer, each in order of time (ties by
/// item, then as given). Purchases of the same second are one basket. Immutable; safe to read from
/// several threads.
class Histories {
 public:
  Histories() = default;
  /// ModelsErrc::unknown_item on an index of `items` or above; out_of_range on a quantity that is
  /// not a finite number above 0.
  [[nodiscard]] static Result<Histories> build(std::uint32_t items,
                                               std::span<const std::vector<PastPurchase>> rows);
  /// Histories without times: every item was bought once, all at time 0.
  [[nodiscard]] static Histories of(const Interactions& interactions);

  [[nodiscard]] std::size_t customers() const noexcept { return offsets_.size() - 1; }
  [[nodiscard]] std::uint32_t items() const noexcept { return items_; }
  [[nodiscard]] std::span<const PastPurchase> row(std::size_t customer) const noexcept {
    return std::span{purchases_}.subspan(offsets_[customer],
                                         offsets_[customer + 1] - offsets_[customer]);
  }
  /// Which items each customer bought at all.
  [[nodiscard]] Interactions interactions() const;
  /// The rows of these customers, in their order.
  [[nodiscard]] Histories rows_of(std::span<const std::size_t> customers) const;

 private:
  std::uint32_t items_ = 0;
  std::vector<std::uint64_t> offsets_{0};
  std::vector<PastPurchase> purchases_;
};

/// The distinct items of a history, ascending.
[[nodiscard]] std::vector<ItemIndex> distinct_items(std::span<const PastPurchase> history);

}  // namespace guildsum::models
