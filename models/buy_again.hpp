#pragma once

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "models/history_recommender.hpp"
#include "models/released.hpp"

namespace guildsum::models {

struct BuyAgainOptions {
  /// After so many seconds a purchase counts half; 0 counts all alike. Age is measured from the
  /// customer's latest purchase, so that a pause does not change the order.
  std::int64_t half_life_seconds = 180LL * 24 * 3600;
  /// Added to an item's score: this times its share of the most popular item's customers, so that
  /// at 1 the most popular item weighs as much as one purchase of today.
  double popularity_weight = 1.0;
};

/// The buy-again head: what a customer bought often and lately comes first,
/// score_i = sum over her baskets with i of 2^(-age / half life), plus popularity. Needs nothing
/// but the shop's own data: no sum is asked for. ModelsErrc::bad_plan.
[[nodiscard]] Result<std::unique_ptr<HistoryRecommender>> make_buy_again(
    PopularityModel popularity, const BuyAgainOptions& options = {});

}  // namespace guildsum::models
