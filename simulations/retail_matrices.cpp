#include "simulations/retail_matrices.hpp"

#include <chrono>
#include <utility>

#include "models/errors.hpp"
#include "participant/source/time_format.hpp"

namespace guildsum::simulations {

Result<SplitMatrices> retail_matrices(const RetailData& data, const RetailSplit& split) {
  const auto items = static_cast<std::uint32_t>(split.items.size());
  std::vector<std::vector<models::PastPurchase>> rows(split.users.size());
  for (const auto& row : split.rows) {
    if (row.part == Part::test) continue;
    GS_TRY(const auto when, participant::parse_time(data.purchases[row.purchase].time));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when.time).time_since_epoch();
    rows[row.user].push_back({row.item, seconds.count(), 1.0F});
  }
  SplitMatrices result;
  GS_TRY(result.histories, models::Histories::build(items, rows));
  result.train = result.histories.interactions();
  GS_TRY(result.test, models::Interactions::build(items, split.baskets(Part::test)));
  return result;
}

std::vector<std::string> titles_of(const RetailSplit& split) {
  std::vector<std::string> titles;
  for (const auto& item : split.items) titles.push_back(item.title);
  return titles;
}

Result<RetailSource> read_retail_source(const std::filesystem::path& file) {
  GS_TRY(const auto data, read_retail(file));
  RetailSource source;
  source.split = split_last_basket(data);
  if (source.split.baskets(Part::test).empty() || source.split.items.empty()) {
    return Error{models::ModelsErrc::malformed,
                 file.string() + ": no customer has three baskets of items that at least five "
                                 "customers bought"};
  }
  GS_TRY(source.parts, retail_matrices(data, source.split));
  source.titles = titles_of(source.split);
  return source;
}

}  // namespace guildsum::simulations
