#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "models/history_recommender.hpp"

namespace guildsum::models {

/// One model of a blend. Its scores are divided by `spread` to make models comparable, then
/// multiplied by `weight`.
struct BlendPart {
  std::shared_ptr<const HistoryRecommender> model;
  double weight = 1.0;  ///< 0 or above
  double spread = 1.0;  ///< Above 0; see `score_spread`
};

/// How far a model's scores differ: the standard deviation over the rankable items, averaged over
/// at most `customers_max` customers with a history, evenly picked. 1 where there is nothing to
/// measure.
[[nodiscard]] double score_spread(const HistoryRecommender& model, const Histories& histories,
                                  std::size_t customers_max = 200);

/// Linear blend: score_i = sum over parts of weight / spread x the part's score. Fixed numbers for
/// every customer, so an explanation stays an exact split. An item is rankable where every part
/// with a weight can rank it. ModelsErrc::wrong_shape (no part, other numbers of items), bad_plan
/// (weight, spread).
[[nodiscard]] Result<std::unique_ptr<HistoryRecommender>> make_blend(std::vector<BlendPart> parts);

}  // namespace guildsum::models
