#include "models/title_knn.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/detail/history_split.hpp"
#include "models/errors.hpp"
#include "models/title_features.hpp"

namespace guildsum::models {
namespace {

class TitleKnn final : public Recommender {
 public:
  /// `rows`: TF-IDF by item; `columns`: how many words there are.
  TitleKnn(const std::vector<SparseRow>& rows, std::uint32_t columns,
           const TitleKnnOptions& options)
      : into_(rows.size()) {
    std::vector<std::vector<ItemContribution>> with_word(columns);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (const auto& [column, value] : rows[i]) {
        with_word[column].push_back({static_cast<ItemIndex>(i), static_cast<double>(value)});
      }
    }
    std::vector<double> cosines(rows.size(), 0.0);
    std::vector<ItemContribution> similar;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      similar.clear();
      for (const auto& [column, value] : rows[i]) {
        for (const auto& other : with_word[column]) {
          if (cosines[other.item] == 0) similar.push_back({other.item, 0});
          cosines[other.item] += static_cast<double>(value) * other.weight;
        }
      }
      for (auto& other : similar) other.weight = std::exchange(cosines[other.item], 0.0);
      keep_nearest(static_cast<ItemIndex>(i), options.neighbours, similar);
    }
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "title-knn"; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(into_.size());
  }
  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    std::ranges::fill(scores, 0.0);
    for (const auto j : history) {
      for (const auto& [item, weight] : into_[j]) scores[item] += weight;
    }
  }
  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    return detail::split_over_history(history, true, [&](ItemIndex j) {
      const auto found = std::ranges::lower_bound(into_[j], item, {}, &ItemContribution::item);
      return found != into_[j].end() && found->item == item ? found->weight : 0.0;
    });
  }

 private:
  void keep_nearest(ItemIndex item, std::uint32_t neighbours,
                    std::vector<ItemContribution>& similar) {
    std::erase_if(similar, [item](const ItemContribution& other) { return other.item == item; });
    const auto kept = std::min<std::size_t>(neighbours, similar.size());
    std::ranges::partial_sort(similar, similar.begin() + static_cast<std::ptrdiff_t>(kept),
                              detail::heavier);
    similar.resize(kept);
    for (const auto& other : similar) into_[other.item].push_back({item, other.weight});
  }

  /// into_[j]: the items that have j among their nearest, ascending, with the cosine.
  std::vector<std::vector<ItemContribution>> into_;
};

}  // namespace

Result<std::unique_ptr<Recommender>> make_title_knn(std::span<const std::string> titles,
                                                    const TitleKnnOptions& options) {
  if (titles.empty()) return Error{ModelsErrc::wrong_shape, "no titles"};
  const auto features = TitleFeatures::build(titles);
  std::vector<SparseRow> rows;
  rows.reserve(titles.size());
  for (const auto& title : titles) rows.push_back(features.row(title));
  return std::unique_ptr<Recommender>{std::make_unique<TitleKnn>(rows, features.size(), options)};
}

}  // namespace guildsum::models
