#pragma once

#include <filesystem>
#include <string>

#include "base/cli/command_line.hpp"
#include "base/result.hpp"
#include "simulations/retail_data.hpp"
#include "simulations/retail_split.hpp"
#include "simulations/shop_assignment.hpp"

namespace guildsum::simulations {

/// The transactions that come with the sources.
[[nodiscard]] std::filesystem::path bundled_transactions();
/// The bundled random assignment to shops of unequal size. BaseErrc::not_found;
/// ModelsErrc::malformed.
[[nodiscard]] Result<ShopAssignment> shops_by_skew(const RetailSplit& split);

/// The same shops, each with the bundled 60 % of the items that it sells.
[[nodiscard]] Result<ShopAssignment> shops_by_skew_partial(const RetailSplit& split);

/// `country`, `skew`, `32`, or the path of a shops file.
[[nodiscard]] Result<ShopAssignment> choose_shops(const std::string& choice,
                                                  const RetailSplit& split);

/// A shop's purchases as its own system would export them: CSV with the columns
/// customer,item,time,quantity,price,order,title in file order. `test`: its test baskets, else all
/// others.
[[nodiscard]] std::string shop_csv(const RetailData& data, const RetailSplit& split,
                                   const ShopAssignment& shops, std::uint32_t shop, bool test);

/// How many customers of the demonstration withdraw their consent.
inline constexpr std::size_t kWithdrawals = 3;

/// Decisions of a shop's customers as `guildsum-participant` takes them in. The data set knows
/// none, so they are invented and say so: everybody agrees to both purposes. The last customer of
/// each of the first `kWithdrawals` shops withdraws later.
[[nodiscard]] std::string consent_csv(const RetailData& data, const RetailSplit& split,
                                      const ShopAssignment& shops, std::uint32_t shop);

/// Writes below `output`: items.csv (the published item list), shops/<name>/train.csv,
/// holdout.csv and consent.csv, and split/ with the benchmark's own files. BaseErrc::io_failed,
/// no_space.
[[nodiscard]] Result<> write_prepared(const RetailData& data, const RetailSplit& split,
                                      const ShopAssignment& shops,
                                      const std::filesystem::path& output);

/// What was read, used and not used, for people; the first line says it all.
[[nodiscard]] std::string describe(const RowCounts& counts, const RetailSplit& split,
                                   const ShopAssignment& shops);

/// `data prepare`.
[[nodiscard]] cli::Command prepare_command();

}  // namespace guildsum::simulations
