#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "simulations/retail_split.hpp"

namespace guildsum::simulations {

/// Which shop each customer belongs to.
struct ShopAssignment {
  std::vector<std::string> names;           ///< by shop number
  std::vector<std::uint32_t> shop_of_user;  ///< by user index
  /// What each shop sells, by shop number: items ascending. Empty: every shop sells all of them.
  std::vector<std::vector<models::ItemIndex>> stock{};

  /// A shops file: one line `user shop` per user.
  [[nodiscard]] std::string lines() const;
};

/// Eight shops: uk-1 to uk-5 (United Kingdom, by MD5 of the customer number), germany, france,
/// elsewhere.
[[nodiscard]] ShopAssignment shops_by_country(const RetailSplit& split);
/// 32 shops of about the same size, by MD5 of the user index.
[[nodiscard]] ShopAssignment shops_equal(const RetailSplit& split);

/// Reads what each of `shops` shops sells: one line `shop item item ...` per shop, items below
/// `items`. ModelsErrc::malformed with "file:line: reason".
[[nodiscard]] Result<std::vector<std::vector<models::ItemIndex>>> parse_stock(
    std::string_view text, std::string_view file, std::size_t shops, std::uint32_t items);

/// Reads a shops file; every user below `users` must have exactly one shop, shops are numbered from
/// 0 without gaps and named `<prefix>-1` and so on. ModelsErrc::malformed with "file:line: reason".
[[nodiscard]] Result<ShopAssignment> parse_shops(std::string_view text, std::string_view file,
                                                 std::size_t users, std::string_view prefix);

}  // namespace guildsum::simulations
