#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "models/interactions.hpp"
#include "simulations/retail_data.hpp"

namespace guildsum::simulations {

/// Which part of a customer's purchases a basket belongs to.
enum class Part : std::uint8_t { train, valid, test };

/// "Leave the last basket out": the fixed benchmark split of the Online Retail transactions.
struct RetailSplit {
  struct Item {
    std::string stock_code;
    std::string title;
  };
  struct User {
    std::string customer;
    std::string country;
  };
  /// One purchase of the split: of the listed customers and items only.
  struct Row {
    std::uint32_t user = 0;
    models::ItemIndex item = 0;
    Part part = Part::train;
    std::size_t purchase = 0;  ///< position in the cleaned data
  };
  std::vector<Item> items;  ///< ascending stock code
  std::vector<User> users;  ///< ascending customer number (as text)
  std::vector<Row> rows;    ///< in file order

  /// Item indexes by user, ascending without repeats.
  [[nodiscard]] std::vector<std::vector<models::ItemIndex>> baskets(Part part) const;
};

/// Items bought by at least 5 customers, then customers with at least 5 such items; a customer's
/// baskets are her invoices in order of appearance. Three or more: the last is for test, the one
/// before for validation.
[[nodiscard]] RetailSplit split_last_basket(const RetailData& data);

/// A split file: one line per user, `user item item ...`.
[[nodiscard]] std::string interaction_lines(
    const std::vector<std::vector<models::ItemIndex>>& rows);
/// An event file of one part: `user TAB item TAB seconds TAB quantity`, with a header, in file
/// order. Times are read as UTC. BaseErrc::malformed on a time that is none.
[[nodiscard]] Result<std::string> event_lines(const RetailData& data, const RetailSplit& split,
                                              Part part);
/// `index TAB stock code TAB title`.
[[nodiscard]] std::string item_lines(const RetailSplit& split);
/// `index TAB customer TAB country`.
[[nodiscard]] std::string user_lines(const RetailSplit& split);

}  // namespace guildsum::simulations
