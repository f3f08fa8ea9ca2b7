#include "tests/support/shop_data.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <set>
#include <stdexcept>

namespace guildsum::test {
namespace {

constexpr std::uint32_t kBasket = 6;  // items that a customer buys at most

std::string padded(std::uint32_t number) {
  std::string digits = std::to_string(number);
  return std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

}  // namespace

std::string item_name(std::uint32_t item) { return "item-" + padded(item); }

std::vector<Purchase> invent_purchases(std::uint32_t shop, std::uint32_t customers,
                                       std::uint32_t items) {
  std::mt19937 random{1000 + shop};
  std::vector<Purchase> purchases;
  for (std::uint32_t customer = 0; customer < customers; ++customer) {
    std::set<std::uint32_t> basket;
    for (std::uint32_t i = 0; i < kBasket; ++i) {
      // The smaller of two draws: low numbers are popular.
      const auto first = static_cast<std::uint32_t>(random() % items);
      const auto second = static_cast<std::uint32_t>(random() % items);
      basket.insert(std::min(first, second));
    }
    for (const std::uint32_t item : basket) {
      purchases.emplace_back("c" + std::to_string(shop) + "-" + padded(customer), item_name(item));
    }
  }
  return purchases;
}

std::vector<Purchase> take_last_items(std::vector<Purchase>& purchases) {
  std::vector<Purchase> taken;
  std::vector<Purchase> kept;
  for (std::size_t i = 0; i < purchases.size(); ++i) {
    const bool last = i + 1 == purchases.size() || purchases[i + 1].first != purchases[i].first;
    (last ? taken : kept).push_back(purchases[i]);
  }
  purchases = std::move(kept);
  return taken;
}

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!out.flush()) throw std::runtime_error{"cannot write " + file.string()};
}

void write_orders(const std::filesystem::path& file, const std::vector<Purchase>& purchases) {
  std::string text = "customer,item,time,quantity,order\n";
  std::uint32_t order = 0;
  for (const auto& [customer, item] : purchases) {
    ++order;
    text += customer + "," + item + ",2024-03-" + padded(1 + order % 28).substr(1) +
            "T12:00:00Z,1,o" + std::to_string(order) + "\n";
  }
  write_text(file, text);
  write_consents(file.parent_path() / "consent.csv", purchases);
}

void write_consents(const std::filesystem::path& file, const std::vector<Purchase>& purchases) {
  std::set<std::string> customers;
  for (const auto& [customer, item] : purchases) customers.insert(customer);
  std::string text = "customer,purpose,state,decided_at,notice_version\n";
  for (const auto& customer : customers) {
    for (const char* purpose : {"training", "recommendations"}) {
      text += customer + "," + purpose + ",given,2024-01-01T00:00:00Z,v1\n";
    }
  }
  write_text(file, text);
}

void write_catalogue(const std::filesystem::path& file, std::uint32_t items) {
  std::string text = "item_id,title\n";
  for (std::uint32_t item = 0; item < items; ++item) {
    text += item_name(item) + ",Thing number " + std::to_string(item) + "\n";
  }
  write_text(file, text);
}

std::vector<std::int64_t> customers_per_item(const std::vector<Purchase>& purchases,
                                             std::uint32_t items) {
  std::vector<std::int64_t> counts;
  for (std::uint32_t item = 0; item < items; ++item) {
    std::set<std::string> customers;
    for (const auto& [customer, bought] : purchases) {
      if (bought == item_name(item)) customers.insert(customer);
    }
    counts.push_back(static_cast<std::int64_t>(customers.size()));
  }
  return counts;
}

}  // namespace guildsum::test
