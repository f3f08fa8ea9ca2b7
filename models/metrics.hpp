#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/histories.hpp"
#include "models/history_recommender.hpp"
#include "models/interactions.hpp"
#include "models/recommender.hpp"

namespace guildsum::models {

/// Which items are ranked for a customer and which of her later items count as relevant.
enum class EvaluationProtocol : std::uint8_t {
  discover,  ///< Rank what the customer has not bought; relevant are the later items that are new
             ///< to her.
  next_basket,  ///< Rank everything; relevant is the whole next basket, repeats included.
};

/// Quality over a set of customers. Averages are over customers with at least one relevant item.
struct Quality {
  std::size_t customers = 0;
  double recall_at_20 = 0;    ///< hits / relevant
  double ndcg_at_20 = 0;      ///< ideal over min(20, relevant)
  double hit_rate_at_10 = 0;  ///< share of customers with a hit among the first ten
  double coverage_at_20 = 0;  ///< share of all items that appear in somebody's first twenty
  double recall_error = 0;    ///< standard error of recall_at_20 over the customers
  double ndcg_error = 0;      ///< the same of ndcg_at_20
};

/// Of the first `top` of a ranking (best first): gain with a discount of 1 / log2(rank + 1), ideal
/// over min(top, relevant). `relevant`: distinct items, must not be empty.
[[nodiscard]] double ranking_ndcg(std::span<const Recommendation> ranked,
                                  std::span<const ItemIndex> relevant, std::size_t top);
/// The share of the relevant items among the first `top`.
[[nodiscard]] double ranking_recall(std::span<const Recommendation> ranked,
                                    std::span<const ItemIndex> relevant, std::size_t top);

/// Adds customers one by one. Two accumulators over disjoint customers can be merged.
class QualityMeter {
 public:
  explicit QualityMeter(std::uint32_t items) : shown_(items, false) {}
  /// `ranked`: best first, at least 20 where the list allows; `relevant`: distinct items, must not
  /// be empty.
  void add(std::span<const Recommendation> ranked, std::span<const ItemIndex> relevant);
  void merge(const QualityMeter& other);
  [[nodiscard]] Quality quality() const;
  /// Sum of NDCG@20 over the customers, and how many they are: what a shop adds to a secure sum
  /// that compares candidates.
  [[nodiscard]] double ndcg_sum() const noexcept { return ndcg_sum_; }
  [[nodiscard]] std::size_t customers() const noexcept { return customers_; }

 private:
  std::size_t customers_ = 0;
  double recall_sum_ = 0;
  double ndcg_sum_ = 0;
  double recall_squares_ = 0;
  double ndcg_squares_ = 0;
  std::size_t hits_ = 0;
  std::vector<bool> shown_;
};

/// The later items that count as relevant for a customer; both lists ascending.
[[nodiscard]] std::vector<ItemIndex> relevant_items(std::span<const ItemIndex> history,
                                                    std::span<const ItemIndex> later,
                                                    EvaluationProtocol protocol);

/// What is told of a customer with something relevant: her row, the best 20 items, the relevant
/// ones (ascending).
using RankingVisitor = std::function<void(std::size_t customer,
                                          std::span<const Recommendation> ranked,
                                          std::span<const ItemIndex> relevant)>;

/// Ranks for each customer of `history` that has something relevant in `later`, in order of rows,
/// as `evaluate` below does.
void for_each_ranking(const HistoryRecommender& model, const Histories& history,
                      const Interactions& later, EvaluationProtocol protocol,
                      std::span<const std::size_t> only, std::span<const ItemIndex> candidates,
                      const RankingVisitor& visit);

/// Ranks for each customer of `history` and compares with `later` (same number of customers, same
/// items). `only`: restrict to these customers (row numbers); empty means all.
[[nodiscard]] QualityMeter evaluate(const Recommender& model, const Interactions& history,
                                    const Interactions& later, EvaluationProtocol protocol,
                                    std::span<const std::size_t> only = {});

/// The same for a model of histories. `candidates` (may be empty: all): ascending items; no other
/// is ranked or relevant.
[[nodiscard]] QualityMeter evaluate(const HistoryRecommender& model, const Histories& history,
                                    const Interactions& later, EvaluationProtocol protocol,
                                    std::span<const std::size_t> only = {},
                                    std::span<const ItemIndex> candidates = {});

}  // namespace guildsum::models
