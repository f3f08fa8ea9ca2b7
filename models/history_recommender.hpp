#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/histories.hpp"
#include "models/recommender.hpp"

namespace guildsum::models {

/// Scores every item for a history with times and repeats: what a model of sets of items
/// (`Recommender`) cannot see. Immutable and safe to call from several threads.
class HistoryRecommender {
 public:
  virtual ~HistoryRecommender() = default;
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual std::uint32_t items() const noexcept = 0;
  /// Fills `scores` [items()]; -infinity for items that cannot be ranked. `history`: items below
  /// items(), in order of time.
  virtual void score(std::span<const PastPurchase> history, std::span<double> scores) const = 0;
  /// The split of one item's score over the items of the history; `constant` and the contributions
  /// add up to the score.
  [[nodiscard]] virtual Explanation explain(std::span<const PastPurchase> history,
                                            ItemIndex item) const = 0;
};

/// A model of sets of items, as one of histories: it sees the distinct items.
[[nodiscard]] std::unique_ptr<HistoryRecommender> of_histories(std::unique_ptr<Recommender> model);

/// The same for the latest `baskets` only (purchases of one second are one basket): what she looks
/// for lately, in a blend beside what she always liked.
[[nodiscard]] std::unique_ptr<HistoryRecommender> of_latest_baskets(
    std::shared_ptr<const HistoryRecommender> model, std::size_t baskets);

/// The best items, as `recommend` of a Recommender: descending score, ties by ascending index.
[[nodiscard]] std::vector<Recommendation> recommend(const HistoryRecommender& model,
                                                    std::span<const PastPurchase> history,
                                                    const RecommendOptions& options);

/// "Hide this purchase": the history without every purchase of `item`. Scoring it again gives what
/// would have been recommended had she not bought the item.
[[nodiscard]] std::vector<PastPurchase> without(std::span<const PastPurchase> history,
                                                ItemIndex item);

}  // namespace guildsum::models
