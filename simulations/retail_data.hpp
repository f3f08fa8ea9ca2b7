#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace guildsum::simulations {

/// One usable line of the Online Retail transactions.
struct Purchase {
  std::string invoice;
  std::string stock_code;
  std::string title;
  std::string quantity;
  std::string time;  ///< "2010-12-01 08:26:00"
  std::string price;
  std::string customer;
  std::string country;
};

/// How many rows there were, and why some are not used; a row counts under the first reason that
/// holds.
struct RowCounts {
  std::size_t rows = 0;
  std::size_t used = 0;
  std::size_t no_customer = 0;
  std::size_t returns = 0;  ///< cancelled invoices, quantities of 0 or less
  std::size_t no_price = 0;
  std::size_t not_a_product =
      0;  ///< postage, fees, samples: no stock code of five digits and up to two letters
};

/// The usable purchases in file order.
struct RetailData {
  std::vector<Purchase> purchases;
  RowCounts counts;
};

/// Cleans the transactions. `text`: CSV with the header that simulations/data/README.md names.
/// @return ModelsErrc::malformed with "file:line: reason" for a record that is no transaction at
/// all.
[[nodiscard]] Result<RetailData> parse_retail(std::string_view text, std::string_view file);

/// `parse_retail` of a file, plain or gzip. BaseErrc::not_found, corrupt, too_large.
[[nodiscard]] Result<RetailData> read_retail(const std::filesystem::path& path);

}  // namespace guildsum::simulations
