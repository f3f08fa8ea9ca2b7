#include "simulations/library/poisoning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/cli/format.hpp"
#include "base/random.hpp"
#include "models/popularity.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kBestSellers = 200;
constexpr std::size_t kItemsPerCustomer = 20;

constexpr std::array kNames{std::pair{PoisonKind::promotes_item, "promotes-item"},
                            std::pair{PoisonKind::scales, "scales"},
                            std::pair{PoisonKind::flips_sign, "flips-sign"},
                            std::pair{PoisonKind::free_rider, "free-rider"}};

std::uint32_t draw(SeededRandom& random, std::uint32_t below) {
  std::array<std::byte, 4> bytes{};
  random.fill(bytes);
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8U | std::to_integer<std::uint32_t>(byte);
  return value % below;
}

}  // namespace

std::string_view to_string(PoisonKind kind) noexcept {
  for (const auto& [entry, word] : kNames) {
    if (entry == kind) return word;
  }
  return "unknown";
}

std::optional<PoisonKind> poison_named(std::string_view word) noexcept {
  for (const auto& [entry, name] : kNames) {
    if (word == name) return entry;
  }
  return std::nullopt;
}

std::string label_of(const Poison& poison) {
  std::string label{to_string(poison.kind)};
  if (poison.customers > 0) label += ", " + cli::format_count(poison.customers) + " customers";
  if (poison.factor > 1) label += ", x" + cli::format_fixed(poison.factor, 0);
  return label;
}

models::Interactions with_invented_customers(const models::Interactions& purchases,
                                             models::ItemIndex item, std::uint32_t customers,
                                             std::uint64_t seed) {
  const auto bought = models::popularity_of(purchases).customers;
  std::vector<models::ItemIndex> best(bought.size());
  std::iota(best.begin(), best.end(), models::ItemIndex{0});
  std::ranges::stable_sort(best, [&](auto a, auto b) { return bought[a] > bought[b]; });
  best.resize(std::min(best.size(), kBestSellers));
  std::vector<std::vector<models::ItemIndex>> rows;
  for (std::size_t u = 0; u < purchases.customers(); ++u) {
    rows.emplace_back(purchases.row(u).begin(), purchases.row(u).end());
  }
  SeededRandom random{seed};
  for (std::uint32_t customer = 0; customer < customers; ++customer) {
    std::vector<models::ItemIndex> row{item};
    for (std::size_t k = 0; k < kItemsPerCustomer; ++k) {
      row.push_back(best[draw(random, static_cast<std::uint32_t>(best.size()))]);
    }
    std::ranges::sort(row);
    const auto repeated = std::ranges::unique(row);
    row.erase(repeated.begin(), repeated.end());
    rows.push_back(std::move(row));
  }
  auto built = models::Interactions::build(purchases.items(), rows);
  GS_ASSERT(built.has_value());  // Items of the same list, sorted and distinct.
  return std::move(built).value();
}

Result<std::vector<std::int64_t>> PoisonedSum::sum(
    const models::TaskPlan& plan, const models::SumRequest& request,
    std::span<const std::vector<std::int64_t>> contributions) {
  std::vector<std::vector<std::int64_t>> sent{contributions.begin(), contributions.end()};
  if (poison_.shop < sent.size() && poison_.factor != 1) {
    auto values = sent[poison_.shop].begin();
    for (const auto& segment : request.layout.segments) {
      const auto bound = static_cast<double>(segment.bound);
      for (std::uint64_t k = 0; k < segment.length; ++k, ++values) {
        const double value = std::round(static_cast<double>(*values) * poison_.factor);
        *values = static_cast<std::int64_t>(std::clamp(value, -bound, bound));
      }
    }
  }
  return behind_.sum(plan, request, sent);
}

}  // namespace guildsum::simulations
