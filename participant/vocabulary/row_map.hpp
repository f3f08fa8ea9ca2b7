#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "participant/store/purchase_store.hpp"
#include "participant/vocabulary/vocabulary_keeper.hpp"

namespace guildsum::participant {

/// The items that the shop knows: the purchased ones and its stock, ascending by id. A private
/// vocabulary brings no list of its own.
[[nodiscard]] Result<models::Vocabulary> own_vocabulary(PurchaseStore& purchases,
                                                        const std::vector<std::string>& stock);

/// Ids of the items that at least one customer of the shop bought.
[[nodiscard]] std::vector<std::string> bought_ids(const models::Vocabulary& own,
                                                  const models::Interactions& bought);

/// The purchases as models over the shared rows see them: items that too few shops hold, and
/// whether anybody else knows them, stay out. Nothing while no rows are shared.
/// @param bought  [customers x own items]
[[nodiscard]] Result<std::shared_ptr<const SharedPurchases>> share_purchases(
    const VocabularyKeeper& keeper, const models::Vocabulary& own,
    const models::Interactions& bought);

/// The rows that the shop can name and sells, ascending; `stock` as `stock_of` gives it.
[[nodiscard]] std::vector<models::ItemIndex> stocked_rows(
    const SharedPurchases& shared, const std::vector<models::ItemIndex>& stock);

}  // namespace guildsum::participant
