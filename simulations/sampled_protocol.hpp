#pragma once

#include <cstddef>
#include <cstdint>

#include "models/history_recommender.hpp"

namespace guildsum::simulations {

/// Quality of ranking one held-out item among sampled ones.
struct SampledQuality {
  std::size_t customers = 0;
  double hit_rate_at_10 = 0;
  double ndcg_at_10 = 0;
};

/// The leave-one-out protocol of He et al. 2017 (neural collaborative filtering): for each customer
/// one item of `later` that her history does not have (drawn if there are several) is ranked among
/// `negatives` items that she never bought, drawn without repeats; ties by item index. Figures of
/// it compare with published tables only: sampled metrics order models differently than a full
/// ranking does (Krichene and Rendle 2020). The same `seed` draws the same items for every model.
/// Customers who bought so much that too few items are left are skipped.
[[nodiscard]] SampledQuality sampled_leave_one_out(const models::HistoryRecommender& model,
                                                   const models::Histories& histories,
                                                   const models::Interactions& later,
                                                   std::size_t negatives, std::uint64_t seed);

}  // namespace guildsum::simulations
