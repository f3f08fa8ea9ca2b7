#include "models/popularity.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace guildsum::models {
namespace {

class Popularity : public Recommender {
 public:
  explicit Popularity(PopularityModel model, std::span<const ItemIndex> stock = {})
      : model_{std::move(model)} {
    for (ItemIndex item = 0; !stock.empty() && item < items(); ++item) {
      if (!std::ranges::binary_search(stock, item)) unsold_.push_back(item);
    }
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "popularity"; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(model_.customers.size());
  }
  void score(std::span<const ItemIndex>, std::span<double> scores) const override {
    std::ranges::transform(model_.customers, scores.begin(),
                           [](std::uint64_t count) { return static_cast<double>(count); });
    for (const auto item : unsold_) scores[item] = -std::numeric_limits<double>::infinity();
  }
  [[nodiscard]] Explanation explain(std::span<const ItemIndex>, ItemIndex item) const override {
    const auto count = static_cast<double>(model_.customers[item]);
    return {count, count, {}};
  }

 protected:
  [[nodiscard]] const PopularityModel& model() const noexcept { return model_; }

 private:
  PopularityModel model_;
  std::vector<ItemIndex> unsold_;
};

class HistoryPopularity final : public Popularity {
 public:
  explicit HistoryPopularity(PopularityModel model)
      : Popularity{std::move(model)}, bonus_{1.0 + highest()} {}
  [[nodiscard]] std::string_view name() const noexcept override { return "history+popularity"; }
  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    Popularity::score(history, scores);
    for (const auto item : history) scores[item] += bonus_;
  }
  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    auto explanation = Popularity::explain(history, item);
    if (std::ranges::find(history, item) != history.end()) {
      explanation.from_history.push_back({item, bonus_});
      explanation.score += bonus_;
    }
    return explanation;
  }

 private:
  [[nodiscard]] double highest() const {
    return model().customers.empty() ? 0.0
                                     : static_cast<double>(std::ranges::max(model().customers));
  }
  double bonus_;
};

}  // namespace

PopularityModel popularity_of(const Interactions& interactions, std::uint32_t customers_min) {
  const auto counts = interactions.item_counts();
  PopularityModel model{{counts.begin(), counts.end()}};
  for (auto& count : model.customers) count = count < customers_min ? 0 : count;
  return model;
}

std::unique_ptr<Recommender> make_popularity(PopularityModel model,
                                             std::span<const ItemIndex> stock) {
  return std::make_unique<Popularity>(std::move(model), stock);
}

std::unique_ptr<Recommender> make_history_popularity(PopularityModel model) {
  return std::make_unique<HistoryPopularity>(std::move(model));
}

}  // namespace guildsum::models
