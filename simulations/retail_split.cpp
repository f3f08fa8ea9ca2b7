#include "simulations/retail_split.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "models/errors.hpp"
#include "participant/source/time_format.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kCustomersMin = 5;  // of an item
constexpr std::size_t kItemsMin = 5;      // of a customer
constexpr std::size_t kBasketsMin = 3;    // of a customer with validation and test baskets

using Text = std::string_view;

/// Stock codes with enough customers.
std::set<Text> frequent_codes(const RetailData& data) {
  std::map<Text, std::set<Text>> customers;
  for (const auto& purchase : data.purchases) {
    customers[purchase.stock_code].insert(purchase.customer);
  }
  std::set<Text> codes;
  for (const auto& [code, buyers] : customers) {
    if (buyers.size() >= kCustomersMin) codes.insert(code);
  }
  return codes;
}

/// Customers with enough of these codes.
std::set<Text> active_customers(const RetailData& data, const std::set<Text>& codes) {
  std::map<Text, std::set<Text>> bought;
  for (const auto& purchase : data.purchases) {
    if (codes.contains(purchase.stock_code)) {
      bought[purchase.customer].insert(purchase.stock_code);
    }
  }
  std::set<Text> customers;
  for (const auto& [customer, items] : bought) {
    if (items.size() >= kItemsMin) customers.insert(customer);
  }
  return customers;
}

using Index = std::unordered_map<Text, std::uint32_t>;

Index numbered(const std::set<Text>& names) {
  Index index;
  for (const auto name : names) index.emplace(name, static_cast<std::uint32_t>(index.size()));
  return index;
}

/// A customer's invoices, numbered as they appear.
class Baskets {
 public:
  std::size_t number_of(Text invoice) {
    return numbers_.try_emplace(invoice, numbers_.size()).first->second;
  }
  [[nodiscard]] Part part_of(std::size_t basket) const {
    const std::size_t count = numbers_.size();
    if (count < kBasketsMin || basket + 2 < count) return Part::train;
    return basket + 1 == count ? Part::test : Part::valid;
  }

 private:
  std::unordered_map<Text, std::size_t> numbers_;
};

}  // namespace

RetailSplit split_last_basket(const RetailData& data) {
  const auto codes = frequent_codes(data);
  const auto customers = active_customers(data, codes);
  const Index item_index = numbered(codes);
  const Index user_index = numbered(customers);
  RetailSplit split;
  split.items.resize(codes.size());
  split.users.resize(customers.size());
  std::vector<Baskets> baskets(customers.size());
  std::vector<std::size_t> basket_of_row;
  for (std::size_t p = 0; p < data.purchases.size(); ++p) {
    const auto& purchase = data.purchases[p];
    const auto item = item_index.find(purchase.stock_code);
    const auto user = user_index.find(purchase.customer);
    // The last description and the last country win, whoever bought.
    if (item != item_index.end()) {
      split.items[item->second] = {purchase.stock_code, purchase.title};
    }
    if (user == user_index.end()) continue;
    split.users[user->second] = {purchase.customer, purchase.country};
    if (item == item_index.end()) continue;
    basket_of_row.push_back(baskets[user->second].number_of(purchase.invoice));
    split.rows.push_back({user->second, item->second, Part::train, p});
  }
  for (std::size_t r = 0; r < split.rows.size(); ++r) {
    auto& row = split.rows[r];
    row.part = baskets[row.user].part_of(basket_of_row[r]);
  }
  return split;
}

std::vector<std::vector<models::ItemIndex>> RetailSplit::baskets(Part part) const {
  std::vector<std::set<models::ItemIndex>> sets(users.size());
  for (const auto& row : rows) {
    if (row.part == part) sets[row.user].insert(row.item);
  }
  std::vector<std::vector<models::ItemIndex>> lists;
  lists.reserve(sets.size());
  for (const auto& set : sets) lists.emplace_back(set.begin(), set.end());
  return lists;
}

std::string interaction_lines(const std::vector<std::vector<models::ItemIndex>>& rows) {
  std::string text;
  for (std::size_t user = 0; user < rows.size(); ++user) {
    text += std::to_string(user);
    for (const auto item : rows[user]) text += " " + std::to_string(item);
    text += "\n";
  }
  return text;
}

Result<std::string> event_lines(const RetailData& data, const RetailSplit& split, Part part) {
  std::string text = "user\titem\tseconds\tquantity\n";
  for (const auto& row : split.rows) {
    if (row.part != part) continue;
    const auto& purchase = data.purchases[row.purchase];
    const auto when = participant::parse_time(purchase.time);
    if (when.has_error()) return when.error().with_context("'" + purchase.time + "'");
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(when->time).time_since_epoch().count();
    text += std::to_string(row.user) + "\t" + std::to_string(row.item) + "\t" +
            std::to_string(seconds) + "\t" + purchase.quantity + "\n";
  }
  return text;
}

std::string item_lines(const RetailSplit& split) {
  std::string text;
  for (std::size_t i = 0; i < split.items.size(); ++i) {
    text +=
        std::to_string(i) + "\t" + split.items[i].stock_code + "\t" + split.items[i].title + "\n";
  }
  return text;
}

std::string user_lines(const RetailSplit& split) {
  std::string text;
  for (std::size_t u = 0; u < split.users.size(); ++u) {
    text +=
        std::to_string(u) + "\t" + split.users[u].customer + "\t" + split.users[u].country + "\n";
  }
  return text;
}

}  // namespace guildsum::simulations
