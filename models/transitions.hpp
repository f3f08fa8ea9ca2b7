#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "models/history_recommender.hpp"

namespace guildsum::models {

/// Units per pair of neighbouring baskets: divisible by every distance up to 5, so that
/// distance-weighted counts are integers and sums over shops exact.
inline constexpr std::uint32_t kTransitionUnits = 60;
/// Farthest distance counted.
inline constexpr std::uint32_t kTransitionDistanceMax = 5;

/// What follows what: for items i and j the sum over customers and over pairs of baskets (or of
/// clicks of a session) of 60 / distance, i in the earlier one and j in the later.
struct TransitionModel {
  std::uint32_t items = 0;
  std::vector<std::uint32_t> counts;  ///< [items x items], row = from, column = to; 1/60 units
};

struct TransitionOptions {
  /// Added to a row's total: damps items with little behind them, in units of one next basket.
  double shrink = 20.0;
  /// How much less each earlier basket of the history says; in (0, 1].
  double decay = 0.8;
  std::uint32_t baskets = 5;  ///< How many of the latest baskets are looked at.
};

/// Counts the transitions of one data set. A customer adds at most one unit of each distance per
/// pair of baskets; an item to itself counts. Memory 4 n^2 bytes. ModelsErrc::out_of_range
/// (distance_max not 1 to 5, more than 50,000 items, a count above 2^32 - 1).
[[nodiscard]] Result<TransitionModel> transitions_of(const Histories& histories,
                                                     std::uint32_t distance_max = 3);

/// First-order Markov scores with recency decay: score_j = sum over the latest baskets b (0 is the
/// last) and their items i of decay^b x T_ij / (sum_j T_ij + shrink). ModelsErrc::wrong_shape,
/// bad_plan.
[[nodiscard]] Result<std::unique_ptr<HistoryRecommender>> make_transitions(
    TransitionModel model, const TransitionOptions& options = {});

}  // namespace guildsum::models
