#pragma once

#include "models/histories.hpp"
#include "participant/store/purchase_store.hpp"

namespace guildsum::participant {

/// The purchases behind `data`, in order of time, as models over the items in common see them:
/// [customers x items in common], rows by `data.customer_ids`. With a private vocabulary, what is
/// in no shared row stays out. Read from the store when it is called; `ShopData` has no times.
/// @param vocabulary  the published or own list that `data` was loaded with
[[nodiscard]] Result<models::Histories> shop_histories(PurchaseStore& purchases,
                                                       const models::Vocabulary& vocabulary,
                                                       const ShopData& data);

}  // namespace guildsum::participant
