#include "participant/vocabulary/over_own_items.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace guildsum::participant {
namespace {

using models::ItemIndex;
using models::PastPurchase;

constexpr double kUnrankable = -std::numeric_limits<double>::infinity();

std::vector<ItemIndex> rows_of(std::span<const ItemIndex> history, const SharedPurchases& shared) {
  std::vector<ItemIndex> rows;
  for (const ItemIndex item : history) {
    if (const auto& row = shared.row_of_item[item]) rows.push_back(*row);
  }
  return rows;
}

/// Rows of one basket in ascending order, as models of histories expect them.
std::vector<PastPurchase> rows_of(std::span<const PastPurchase> history,
                                  const SharedPurchases& shared) {
  std::vector<PastPurchase> rows;
  for (PastPurchase purchase : history) {
    const auto& row = shared.row_of_item[purchase.item];
    if (!row) continue;
    purchase.item = *row;
    rows.push_back(purchase);
  }
  std::ranges::sort(rows, {}, [](const PastPurchase& purchase) {
    return std::pair{purchase.seconds, purchase.item};
  });
  return rows;
}

/// @tparam Model  models::Recommender or models::HistoryRecommender
/// @tparam Past   what one entry of a customer's history is to it
template <class Model, class Past>
class OverOwnItems final : public Model {
 public:
  OverOwnItems(std::unique_ptr<Model> inner, std::shared_ptr<const SharedPurchases> shared)
      : inner_{std::move(inner)}, shared_{std::move(shared)} {}

  [[nodiscard]] std::string_view name() const noexcept override { return inner_->name(); }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(shared_->row_of_item.size());
  }
  void score(std::span<const Past> history, std::span<double> scores) const override {
    std::vector<double> by_row(inner_->items());
    inner_->score(rows_of(history, *shared_), by_row);
    for (std::size_t item = 0; item < scores.size(); ++item) {
      const auto& row = shared_->row_of_item[item];
      scores[item] = row ? by_row[*row] : kUnrankable;
    }
  }
  [[nodiscard]] models::Explanation explain(std::span<const Past> history,
                                            ItemIndex item) const override {
    const auto& row = shared_->row_of_item[item];
    if (!row) return {kUnrankable, kUnrankable, {}};
    auto split = inner_->explain(rows_of(history, *shared_), *row);
    for (auto& part : split.from_history) part.item = *shared_->item_of_row[part.item];
    return split;
  }

 private:
  std::unique_ptr<Model> inner_;
  std::shared_ptr<const SharedPurchases> shared_;
};

}  // namespace

std::unique_ptr<models::Recommender> over_own_items(std::unique_ptr<models::Recommender> over_rows,
                                                    std::shared_ptr<const SharedPurchases> shared) {
  return std::make_unique<OverOwnItems<models::Recommender, ItemIndex>>(std::move(over_rows),
                                                                        std::move(shared));
}

std::unique_ptr<models::HistoryRecommender> over_own_items(
    std::unique_ptr<models::HistoryRecommender> over_rows,
    std::shared_ptr<const SharedPurchases> shared) {
  return std::make_unique<OverOwnItems<models::HistoryRecommender, PastPurchase>>(
      std::move(over_rows), std::move(shared));
}

}  // namespace guildsum::participant
