#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "models/histories.hpp"
#include "models/interactions.hpp"
#include "simulations/shop_assignment.hpp"
#include "simulations/split_files.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations::test {

inline constexpr std::uint32_t kSmallItems = 24;

/// Customers of two tastes: most of what one buys is from one half of the items.
inline models::Interactions random_purchases(std::size_t customers, std::uint64_t seed) {
  SeededRandom random{seed};
  std::vector<std::vector<models::ItemIndex>> rows(customers);
  for (std::size_t u = 0; u < customers; ++u) {
    std::array<std::byte, kSmallItems> draws;
    random.fill(draws);
    for (models::ItemIndex item = 0; item < kSmallItems; ++item) {
      const bool liked = (item < kSmallItems / 2) == (u % 2 == 0);
      if (std::to_integer<unsigned>(draws[item]) < (liked ? 110U : 15U)) rows[u].push_back(item);
    }
  }
  return must(models::Interactions::build(kSmallItems, rows));
}

/// The same with times: everybody buys an item or two at a time, one item after the other.
inline models::Histories with_times(const models::Interactions& data) {
  std::vector<std::vector<models::PastPurchase>> rows(data.customers());
  for (std::size_t u = 0; u < rows.size(); ++u) {
    for (const auto item : data.row(u)) {
      rows[u].push_back({item, static_cast<std::int64_t>(rows[u].size() * 2 / 3), 1});
    }
  }
  return must(models::Histories::build(data.items(), rows));
}

inline constexpr std::size_t kSplitUsers = 100;

/// What the same customers buy before and later.
inline SplitMatrices small_split() {
  return {random_purchases(kSplitUsers, 1), random_purchases(kSplitUsers, 2), {}};
}

inline SplitMatrices small_split_with_times() {
  auto split = small_split();
  split.histories = with_times(split.train);
  return split;
}

/// Users of `small_split` in turn to five shops.
inline ShopAssignment five_shops() {
  ShopAssignment shops{{"a", "b", "c", "d", "e"}, {}};
  for (std::uint32_t user = 0; user < kSplitUsers; ++user) shops.shop_of_user.push_back(user % 5);
  return shops;
}

/// Deals the customers out to so many shops.
inline std::vector<models::Interactions> split_among(const models::Interactions& all,
                                                     std::size_t shops) {
  std::vector<models::Interactions> parts;
  for (std::size_t shop = 0; shop < shops; ++shop) {
    std::vector<std::vector<models::ItemIndex>> rows;
    for (std::size_t u = shop; u < all.customers(); u += shops) {
      rows.emplace_back(all.row(u).begin(), all.row(u).end());
    }
    parts.push_back(must(models::Interactions::build(all.items(), rows)));
  }
  return parts;
}

}  // namespace guildsum::simulations::test
