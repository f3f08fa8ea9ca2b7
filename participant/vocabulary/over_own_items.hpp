#pragma once

#include <memory>

#include "models/history_recommender.hpp"
#include "models/recommender.hpp"
#include "participant/store/purchase_store.hpp"

namespace guildsum::participant {

/// A model over shared rows, answering about the shop's own items: what is in no row cannot be
/// ranked by it (score of minus infinity) and is passed over in histories.
/// @param over_rows  [rows of `shared`]
[[nodiscard]] std::unique_ptr<models::Recommender> over_own_items(
    std::unique_ptr<models::Recommender> over_rows, std::shared_ptr<const SharedPurchases> shared);

/// The same for a model of the order of purchases.
[[nodiscard]] std::unique_ptr<models::HistoryRecommender> over_own_items(
    std::unique_ptr<models::HistoryRecommender> over_rows,
    std::shared_ptr<const SharedPurchases> shared);

}  // namespace guildsum::participant
