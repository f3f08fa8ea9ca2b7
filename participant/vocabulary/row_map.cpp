#include "participant/vocabulary/row_map.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace guildsum::participant {

using models::ItemIndex;

Result<models::Vocabulary> own_vocabulary(PurchaseStore& purchases,
                                          const std::vector<std::string>& stock) {
  GS_TRY(const auto bought, purchases.item_ids());
  std::set<std::string> ids{bought.begin(), bought.end()};
  ids.insert(stock.begin(), stock.end());
  std::vector<models::Item> items;
  for (const std::string& id : ids) items.push_back({id, id});
  return models::Vocabulary::build(std::move(items));
}

std::vector<std::string> bought_ids(const models::Vocabulary& own,
                                    const models::Interactions& bought) {
  std::vector<std::string> ids;
  const auto counts = bought.item_counts();
  for (ItemIndex item = 0; item < counts.size(); ++item) {
    if (counts[item] > 0) ids.push_back(own.at(item).id);
  }
  return ids;
}

Result<std::shared_ptr<const SharedPurchases>> share_purchases(const VocabularyKeeper& keeper,
                                                               const models::Vocabulary& own,
                                                               const models::Interactions& bought) {
  const auto model = keeper.shared();
  if (!model) return std::shared_ptr<const SharedPurchases>{};
  std::map<std::pair<std::uint32_t, std::uint32_t>, ItemIndex> row_at;
  for (ItemIndex row = 0; row < model->rows.size(); ++row) {
    row_at.emplace(std::pair{model->rows[row].slot, model->rows[row].tag}, row);
  }
  std::vector<std::string> ids;
  for (ItemIndex item = 0; item < own.size(); ++item) ids.push_back(own.at(item).id);
  GS_TRY(const auto places, keeper.places_of(ids, model->slots));
  auto shared = std::make_shared<SharedPurchases>();
  shared->root = keeper.shared_root();
  shared->since = keeper.shared_since();
  shared->row_of_item.resize(own.size());
  shared->item_of_row.resize(model->rows.size());
  for (ItemIndex item = 0; item < own.size(); ++item) {
    const auto found = row_at.find({places[item].slot, places[item].tag});
    if (found == row_at.end() || shared->item_of_row[found->second]) continue;
    shared->row_of_item[item] = found->second;
    shared->item_of_row[found->second] = item;
  }
  std::vector<std::vector<ItemIndex>> rows(bought.customers());
  for (std::size_t u = 0; u < bought.customers(); ++u) {
    for (const ItemIndex item : bought.row(u)) {
      if (const auto& row = shared->row_of_item[item]) rows[u].push_back(*row);
    }
  }
  GS_TRY(shared->bought,
         models::Interactions::build(static_cast<std::uint32_t>(model->rows.size()), rows));
  return std::shared_ptr<const SharedPurchases>{std::move(shared)};
}

std::vector<ItemIndex> stocked_rows(const SharedPurchases& shared,
                                    const std::vector<ItemIndex>& stock) {
  std::vector<ItemIndex> rows;
  for (ItemIndex row = 0; row < shared.item_of_row.size(); ++row) {
    const auto& item = shared.item_of_row[row];
    if (item && (stock.empty() || std::ranges::binary_search(stock, *item))) rows.push_back(row);
  }
  return rows;
}

}  // namespace guildsum::participant
