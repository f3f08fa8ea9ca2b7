#include "simulations/shop_assignment.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <openssl/evp.h>

#include "base/assert.hpp"
#include "models/errors.hpp"
#include "simulations/split_files.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::uint32_t kUnitedKingdomShops = 5;
constexpr std::uint32_t kEqualShops = 32;
constexpr std::uint32_t kShopsMax = 100'000;
constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

/// MD5 of the text as a big-endian number, modulo `divisor`. It spreads customers evenly and
/// protects nothing; the published split was made with it.
std::uint32_t md5_modulo(const std::string& text, std::uint32_t divisor) {
  std::array<unsigned char, 16> digest{};
  std::size_t length = digest.size();
  GS_ASSERT(
      EVP_Q_digest(nullptr, "MD5", nullptr, text.data(), text.size(), digest.data(), &length) == 1);
  std::uint32_t remainder = 0;
  for (const unsigned char byte : digest) remainder = (remainder * 256 + byte) % divisor;
  return remainder;
}

std::uint32_t country_shop(const RetailSplit::User& user) {
  if (user.country == "United Kingdom") return md5_modulo(user.customer, kUnitedKingdomShops);
  if (user.country == "Germany") return kUnitedKingdomShops;
  if (user.country == "France") return kUnitedKingdomShops + 1;
  return kUnitedKingdomShops + 2;
}

std::vector<std::string> numbered_names(std::string_view prefix, std::uint32_t count) {
  std::vector<std::string> names;
  for (std::uint32_t shop = 1; shop <= count; ++shop) {
    names.push_back(std::string{prefix} + "-" + std::to_string(shop));
  }
  return names;
}

}  // namespace

std::string ShopAssignment::lines() const {
  std::string text;
  for (std::size_t user = 0; user < shop_of_user.size(); ++user) {
    text += std::to_string(user) + " " + std::to_string(shop_of_user[user]) + "\n";
  }
  return text;
}

ShopAssignment shops_by_country(const RetailSplit& split) {
  ShopAssignment shops;
  shops.names = numbered_names("uk", kUnitedKingdomShops);
  for (const auto* name : {"germany", "france", "elsewhere"}) shops.names.emplace_back(name);
  for (const auto& user : split.users) shops.shop_of_user.push_back(country_shop(user));
  return shops;
}

ShopAssignment shops_equal(const RetailSplit& split) {
  ShopAssignment shops;
  shops.names = numbered_names("equal", kEqualShops);
  for (std::size_t user = 0; user < split.users.size(); ++user) {
    shops.shop_of_user.push_back(md5_modulo("x" + std::to_string(user), kEqualShops));
  }
  return shops;
}

Result<std::vector<std::vector<models::ItemIndex>>> parse_stock(std::string_view text,
                                                                std::string_view file,
                                                                std::size_t shops,
                                                                std::uint32_t items) {
  std::vector<std::vector<models::ItemIndex>> stock(shops);
  NumberLines lines{text, file};
  while (true) {
    GS_TRY(const auto line, lines.next());
    if (!line) break;
    const auto shop = line->front();
    if (shop >= shops) return lines.error("there is no shop " + std::to_string(shop));
    auto& sold = stock[shop];
    if (!sold.empty()) return lines.error("shop " + std::to_string(shop) + " has a line already");
    sold.assign(line->begin() + 1, line->end());
    std::ranges::sort(sold);
    const auto repeated = std::ranges::unique(sold);
    sold.erase(repeated.begin(), repeated.end());
    if (sold.empty()) return lines.error("shop " + std::to_string(shop) + " sells nothing");
    if (sold.back() >= items) {
      return lines.error("item " + std::to_string(sold.back()) + " is not in the data");
    }
  }
  const auto gap = std::ranges::find_if(stock, [](const auto& sold) { return sold.empty(); });
  if (gap != stock.end()) {
    return lines.file_error("shop " + std::to_string(gap - stock.begin()) + " has no line");
  }
  return stock;
}

Result<ShopAssignment> parse_shops(std::string_view text, std::string_view file, std::size_t users,
                                   std::string_view prefix) {
  ShopAssignment shops;
  shops.shop_of_user.assign(users, kNobody);
  NumberLines lines{text, file};
  std::uint32_t last = 0;
  while (true) {
    GS_TRY(const auto line, lines.next());
    if (!line) break;
    if (line->size() != 2) return lines.error("needs a user and a shop");
    const auto [user, shop] = std::array{(*line)[0], (*line)[1]};
    if (user >= users) return lines.error("user " + std::to_string(user) + " is not in the data");
    if (shop >= kShopsMax) return lines.error("shop " + std::to_string(shop) + " is too high");
    if (shops.shop_of_user[user] != kNobody) {
      return lines.error("user " + std::to_string(user) + " has a shop already");
    }
    shops.shop_of_user[user] = shop;
    last = std::max(last, shop);
  }
  std::vector<bool> seen(std::size_t{last} + 1, false);
  for (std::size_t user = 0; user < users; ++user) {
    const auto shop = shops.shop_of_user[user];
    if (shop == kNobody) return lines.file_error("user " + std::to_string(user) + " has no shop");
    seen[shop] = true;
  }
  const auto gap = std::ranges::find(seen, false);
  if (gap != seen.end()) {
    return lines.file_error("shop " + std::to_string(gap - seen.begin()) + " has no user");
  }
  shops.names = numbered_names(prefix, last + 1);
  return shops;
}

}  // namespace guildsum::simulations
