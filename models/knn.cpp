#include "models/knn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/detail/history_split.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

class Knn final : public Recommender {
 public:
  Knn(const GramModel& gram, const KnnOptions& options)
      : items_{gram.items}, stock_(gram.items, options.stock.empty()), into_(gram.items) {
    for (const auto item : options.stock) stock_[item] = true;
    std::vector<ItemContribution> row;
    for (std::uint32_t i = 0; i < items_; ++i) {
      if (!stock_[i]) continue;
      similar_to(gram, options, i, row);
      for (const auto& neighbour : row) into_[neighbour.item].push_back({i, neighbour.weight});
    }
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "knn"; }
  [[nodiscard]] std::uint32_t items() const noexcept override { return items_; }
  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    for (std::uint32_t i = 0; i < items_; ++i) {
      scores[i] = stock_[i] ? 0.0 : -std::numeric_limits<double>::infinity();
    }
    for (const auto j : history) {
      for (const auto& [item, weight] : into_[j]) scores[item] += weight;
    }
  }
  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    return detail::split_over_history(history, stock_[item], [&](ItemIndex j) {
      const auto found = std::ranges::lower_bound(into_[j], item, {}, &ItemContribution::item);
      return found != into_[j].end() && found->item == item ? found->weight : 0.0;
    });
  }

 private:
  /// The kept neighbours of item i, most similar first.
  void similar_to(const GramModel& gram, const KnnOptions& options, std::uint32_t i,
                  std::vector<ItemContribution>& row) const {
    row.clear();
    for (std::uint32_t j = 0; j < items_; ++j) {
      const auto common = gram.at(i, j);
      if (j == i || !stock_[j] || common == 0) continue;
      const double norm =
          std::sqrt(static_cast<double>(gram.at(i, i)) * static_cast<double>(gram.at(j, j)));
      row.push_back({j, static_cast<double>(common) / (norm + options.shrink)});
    }
    const auto kept = std::min<std::size_t>(options.neighbours, row.size());
    std::ranges::partial_sort(row, row.begin() + static_cast<std::ptrdiff_t>(kept),
                              detail::heavier);
    row.resize(kept);
  }

  std::uint32_t items_;
  std::vector<bool> stock_;
  /// into_[j]: the items that have j among their neighbours, ascending, with the similarity.
  std::vector<std::vector<ItemContribution>> into_;
};

}  // namespace

Result<std::unique_ptr<Recommender>> make_knn(const GramModel& gram, const KnnOptions& options) {
  if (gram.upper.size() != GramModel::packed_length(gram.items)) {
    return Error{ModelsErrc::wrong_shape, "Gram matrix"};
  }
  GS_CHECK(detail::check_stock(options.stock, gram.items));
  return std::unique_ptr<Recommender>{std::make_unique<Knn>(gram, options)};
}

}  // namespace guildsum::models
