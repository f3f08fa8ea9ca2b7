#include "models/history_recommender.hpp"

#include <algorithm>
#include <utility>

namespace guildsum::models {
namespace {

class OfHistories final : public HistoryRecommender {
 public:
  explicit OfHistories(std::unique_ptr<Recommender> model) : model_{std::move(model)} {}
  [[nodiscard]] std::string_view name() const noexcept override { return model_->name(); }
  [[nodiscard]] std::uint32_t items() const noexcept override { return model_->items(); }
  void score(std::span<const PastPurchase> history, std::span<double> scores) const override {
    model_->score(distinct_items(history), scores);
  }
  [[nodiscard]] Explanation explain(std::span<const PastPurchase> history,
                                    ItemIndex item) const override {
    return model_->explain(distinct_items(history), item);
  }

 private:
  std::unique_ptr<Recommender> model_;
};

class OfLatestBaskets final : public HistoryRecommender {
 public:
  OfLatestBaskets(std::shared_ptr<const HistoryRecommender> model, std::size_t baskets)
      : model_{std::move(model)}, baskets_{baskets} {}
  [[nodiscard]] std::string_view name() const noexcept override { return model_->name(); }
  [[nodiscard]] std::uint32_t items() const noexcept override { return model_->items(); }
  void score(std::span<const PastPurchase> history, std::span<double> scores) const override {
    model_->score(latest(history), scores);
  }
  [[nodiscard]] Explanation explain(std::span<const PastPurchase> history,
                                    ItemIndex item) const override {
    return model_->explain(latest(history), item);
  }

 private:
  [[nodiscard]] std::span<const PastPurchase> latest(std::span<const PastPurchase> history) const {
    std::size_t first = history.size();
    std::size_t baskets = 0;
    while (first > 0) {
      const bool begins =
          first == history.size() || history[first - 1].seconds != history[first].seconds;
      if (begins && baskets == baskets_) break;
      baskets += begins;
      --first;
    }
    return history.subspan(first);
  }

  std::shared_ptr<const HistoryRecommender> model_;
  std::size_t baskets_;
};

}  // namespace

std::unique_ptr<HistoryRecommender> of_histories(std::unique_ptr<Recommender> model) {
  return std::make_unique<OfHistories>(std::move(model));
}

std::unique_ptr<HistoryRecommender> of_latest_baskets(
    std::shared_ptr<const HistoryRecommender> model, std::size_t baskets) {
  return std::make_unique<OfLatestBaskets>(std::move(model), baskets);
}

std::vector<Recommendation> recommend(const HistoryRecommender& model,
                                      std::span<const PastPurchase> history,
                                      const RecommendOptions& options) {
  std::vector<double> scores(model.items());
  model.score(history, scores);
  return best_of(scores, distinct_items(history), options);
}

std::vector<PastPurchase> without(std::span<const PastPurchase> history, ItemIndex item) {
  std::vector<PastPurchase> kept;
  std::ranges::copy_if(history, std::back_inserter(kept),
                       [item](const PastPurchase& purchase) { return purchase.item != item; });
  return kept;
}

}  // namespace guildsum::models
