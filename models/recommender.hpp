#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/interactions.hpp"
#include "models/released.hpp"

namespace guildsum::models {

/// The part of a score that comes from one item of the history.
struct ItemContribution {
  ItemIndex item = 0;
  double weight = 0;
};

/// Why an item got its score: an exact split, `constant` plus all `from_history` weights is the
/// score.
struct Explanation {
  double score = 0;
  double constant = 0;                         ///< What does not depend on the history: popularity.
  std::vector<ItemContribution> from_history;  ///< Descending weight, ties by item index.
};

/// Scores every item of the published list for a history. Immutable and safe to call from several
/// threads.
class Recommender {
 public:
  virtual ~Recommender() = default;
  /// "popularity", "knn", "ease", "ials", "bpr" or "softmax".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual std::uint32_t items() const noexcept = 0;
  /// Fills `scores` [items()]; -infinity for items the model cannot rank (outside the shop's
  /// stock). `history`: distinct item indexes below items(), in any order.
  virtual void score(std::span<const ItemIndex> history, std::span<double> scores) const = 0;
  /// The split of one item's score over the history.
  [[nodiscard]] virtual Explanation explain(std::span<const ItemIndex> history,
                                            ItemIndex item) const = 0;
};

struct Recommendation {
  ItemIndex item = 0;
  double score = 0;
};

struct RecommendOptions {
  std::size_t count = 10;
  bool exclude_history = true;
  std::span<const ItemIndex> exclude = {};  ///< Further items that must not appear.
};

/// The best of `scores` [items], which it overwrites: descending score, ties by ascending item
/// index; items with a score of -infinity never appear. `history`: what `exclude_history` excludes.
[[nodiscard]] std::vector<Recommendation> best_of(std::span<double> scores,
                                                  std::span<const ItemIndex> history,
                                                  const RecommendOptions& options);

/// The best items, descending score, ties by ascending item index; unrankable items never appear.
[[nodiscard]] std::vector<Recommendation> recommend(const Recommender& model,
                                                    std::span<const ItemIndex> history,
                                                    const RecommendOptions& options);

/// What a shop decides when it turns a released model into its recommender.
struct ServingOptions {
  std::vector<ItemIndex> stock;         ///< Items the shop sells, ascending; empty means all.
  double ridge = 0;                     ///< EASE: l; 0 takes the plan's value for the shared Gram.
  const GramModel* own_gram = nullptr;  ///< EASE: the shop's own Gram, added `own_weight` times.
  double own_weight = 0;                ///< gamma
  /// EASE: pairs of items with fewer common customers count as none.
  std::uint32_t pair_customers_min = 0;
};

/// ModelsErrc::wrong_shape, not_positive_definite.
[[nodiscard]] Result<std::unique_ptr<Recommender>> make_recommender(
    const TaskPlan& plan, const Released& released, const ServingOptions& options = {});

}  // namespace guildsum::models
