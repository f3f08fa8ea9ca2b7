#include "participant/training/shop_histories.hpp"

namespace guildsum::participant {

Result<models::Histories> shop_histories(PurchaseStore& purchases,
                                         const models::Vocabulary& vocabulary,
                                         const ShopData& data) {
  GS_TRY(auto rows, purchases.histories(vocabulary, data));
  if (!data.shared) return models::Histories::build(vocabulary.size(), rows);
  const SharedPurchases& shared = *data.shared;
  for (auto& row : rows) {
    std::erase_if(row, [&](const models::PastPurchase& purchase) {
      return !shared.row_of_item[purchase.item];
    });
    for (auto& purchase : row) purchase.item = *shared.row_of_item[purchase.item];
  }
  return models::Histories::build(static_cast<std::uint32_t>(shared.item_of_row.size()), rows);
}

}  // namespace guildsum::participant
