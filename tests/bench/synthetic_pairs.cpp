#include "synthetic_pairs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace guildsum::bench {
namespace {

using models::ItemIndex;

constexpr double kActivityDeviation = 1.0;
constexpr double kFirstRank = 20.0;
constexpr double kPopularityExponent = 0.9;
constexpr std::size_t kItemsPerCustomerMax = kSyntheticItems / 4;

/// How many items each customer buys: `pairs` in total, at least one each.
std::vector<std::size_t> activity(std::size_t pairs, Draws& random) {
  std::vector<double> weights(kSyntheticCustomers);
  for (double& weight : weights) weight = std::exp(kActivityDeviation * random.near_gaussian());
  const double total = std::reduce(weights.begin(), weights.end());
  std::vector<std::size_t> counts(kSyntheticCustomers);
  std::size_t sum = 0;
  for (std::size_t u = 0; u < counts.size(); ++u) {
    const double share = weights[u] / total * static_cast<double>(pairs);
    counts[u] = std::clamp<std::size_t>(static_cast<std::size_t>(share), 1, kItemsPerCustomerMax);
    sum += counts[u];
  }
  while (sum != pairs) {
    std::size_t& count = counts[random.below(kSyntheticCustomers)];
    if (sum < pairs && count < kItemsPerCustomerMax) {
      ++count;
      ++sum;
    } else if (sum > pairs && count > 1) {
      --count;
      --sum;
    }
  }
  return counts;
}

class Catalogue {
 public:
  explicit Catalogue(Draws& random) : items_(kSyntheticItems), below_(kSyntheticItems) {
    std::iota(items_.begin(), items_.end(), ItemIndex{0});
    for (std::size_t k = items_.size(); k > 1; --k) {
      std::swap(items_[k - 1], items_[random.below(static_cast<std::uint32_t>(k))]);
    }
    double sum = 0;
    for (std::size_t rank = 0; rank < below_.size(); ++rank) {
      sum += std::pow(static_cast<double>(rank) + kFirstRank, -kPopularityExponent);
      below_[rank] = sum;
    }
  }
  ItemIndex draw(Draws& random) const {
    const auto found = std::ranges::upper_bound(below_, random.uniform() * below_.back());
    const auto rank = static_cast<std::size_t>(found - below_.begin());
    return items_[std::min(rank, items_.size() - 1)];
  }

 private:
  std::vector<ItemIndex> items_;  // By popularity.
  std::vector<double> below_;     // Weights added up.
};

}  // namespace

std::vector<float> Draws::factors(std::size_t rows, std::size_t factors, double scale) {
  const double deviation = scale / std::sqrt(static_cast<double>(factors));
  std::vector<float> values(rows * factors);
  for (float& value : values) value = static_cast<float>(deviation * near_gaussian());
  return values;
}

models::Interactions synthetic_pairs(std::size_t pairs, std::uint64_t seed) {
  Draws random{seed};
  const auto counts = activity(pairs, random);
  const Catalogue catalogue{random};
  std::vector<std::size_t> buyer(kSyntheticItems, kSyntheticCustomers);
  std::vector<std::vector<ItemIndex>> rows(kSyntheticCustomers);
  for (std::size_t u = 0; u < rows.size(); ++u) {
    rows[u].reserve(counts[u]);
    while (rows[u].size() < counts[u]) {
      const ItemIndex item = catalogue.draw(random);
      if (buyer[item] == u) continue;
      buyer[item] = u;
      rows[u].push_back(item);
    }
  }
  auto built = models::Interactions::build(kSyntheticItems, rows);
  if (built.has_error() || built->pairs() != pairs) {
    throw std::logic_error{"the generator made other pairs than asked for"};
  }
  return std::move(built).value();
}

}  // namespace guildsum::bench
