#include "simulations/sampled_protocol.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kTop = 10;

/// Uniform draws below a limit, the same for the same seed.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_{seed} {}
  std::size_t below(std::size_t limit) {
    std::array<std::byte, 8> raw;
    random_.fill(raw);
    return load_le<std::uint64_t>(raw) % limit;  // Limits are far below 2^64: no visible bias.
  }

 private:
  SeededRandom random_;
};

/// Items of `all` that are not in `bought` (ascending), drawn one by one.
std::vector<models::ItemIndex> draw_others(std::uint32_t items,
                                           const std::vector<models::ItemIndex>& bought,
                                           std::size_t count, Draw& draw) {
  std::vector<models::ItemIndex> drawn;
  std::vector<bool> taken(items, false);
  for (const auto item : bought) taken[item] = true;
  while (drawn.size() < count) {
    const auto item = static_cast<models::ItemIndex>(draw.below(items));
    if (taken[item]) continue;
    taken[item] = true;
    drawn.push_back(item);
  }
  return drawn;
}

}  // namespace

SampledQuality sampled_leave_one_out(const models::HistoryRecommender& model,
                                     const models::Histories& histories,
                                     const models::Interactions& later, std::size_t negatives,
                                     std::uint64_t seed) {
  Draw draw{seed};
  SampledQuality quality;
  double hits = 0;
  double gain = 0;
  std::vector<double> scores(model.items());
  for (std::size_t u = 0; u < std::min(histories.customers(), later.customers()); ++u) {
    const auto bought = models::distinct_items(histories.row(u));
    std::vector<models::ItemIndex> fresh;
    std::ranges::set_difference(later.row(u), bought, std::back_inserter(fresh));
    if (fresh.empty()) continue;
    std::vector<models::ItemIndex> known = bought;
    known.insert(known.end(), fresh.begin(), fresh.end());
    if (model.items() < known.size() + negatives) continue;
    const auto held_out = fresh[draw.below(fresh.size())];
    const auto others = draw_others(model.items(), known, negatives, draw);
    model.score(histories.row(u), scores);
    const auto rank = static_cast<std::size_t>(
        std::ranges::count_if(others, [&scores, held_out](models::ItemIndex item) {
          return scores[item] > scores[held_out] ||
                 (scores[item] == scores[held_out] && item < held_out);
        }));
    ++quality.customers;
    if (rank >= kTop) continue;
    hits += 1;
    gain += 1.0 / std::log2(static_cast<double>(rank) + 2.0);
  }
  if (quality.customers == 0) return quality;
  quality.hit_rate_at_10 = hits / static_cast<double>(quality.customers);
  quality.ndcg_at_10 = gain / static_cast<double>(quality.customers);
  return quality;
}

}  // namespace guildsum::simulations
