#pragma once

#include <memory>
#include <span>

#include "models/interactions.hpp"
#include "models/recommender.hpp"
#include "models/released.hpp"

namespace guildsum::models {

/// Customers per item of one data set; counts below `customers_min` become 0.
[[nodiscard]] PopularityModel popularity_of(const Interactions& interactions,
                                            std::uint32_t customers_min = 0);

/// Scores every item by its number of customers, whatever the history is.
/// @param stock  items the shop sells, ascending; no other is ranked. Empty means all.
[[nodiscard]] std::unique_ptr<Recommender> make_popularity(PopularityModel model,
                                                           std::span<const ItemIndex> stock = {});

/// The buy-again baseline for next baskets: what the customer bought before comes first, ordered by
/// popularity, then everything else by popularity.
[[nodiscard]] std::unique_ptr<Recommender> make_history_popularity(PopularityModel model);

}  // namespace guildsum::models
