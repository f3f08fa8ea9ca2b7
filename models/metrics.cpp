#include "models/metrics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace guildsum::models {
namespace {

constexpr std::size_t kTop = 20;
constexpr std::size_t kHitTop = 10;

/// 1 / log2(rank + 2) for ranks from 0.
double discount(std::size_t rank) { return 1.0 / std::log2(static_cast<double>(rank) + 2.0); }

double ideal_gain(std::size_t relevant) {
  double sum = 0;
  for (std::size_t rank = 0; rank < std::min(kTop, relevant); ++rank) sum += discount(rank);
  return sum;
}

std::vector<ItemIndex> relevant_items(std::span<const ItemIndex> history,
                                      std::span<const ItemIndex> later,
                                      EvaluationProtocol protocol) {
  if (protocol == EvaluationProtocol::next_basket) return {later.begin(), later.end()};
  std::vector<ItemIndex> fresh;
  std::ranges::set_difference(later, history, std::back_inserter(fresh));
  return fresh;
}

}  // namespace

void QualityMeter::add(std::span<const Recommendation> ranked,
                       std::span<const ItemIndex> relevant) {
  std::size_t hits = 0;
  double gain = 0;
  bool early_hit = false;
  for (std::size_t rank = 0; rank < std::min(kTop, ranked.size()); ++rank) {
    const auto item = ranked[rank].item;
    shown_[item] = true;
    if (std::ranges::find(relevant, item) == relevant.end()) continue;
    ++hits;
    gain += discount(rank);
    early_hit = early_hit || rank < kHitTop;
  }
  ++customers_;
  recall_sum_ += static_cast<double>(hits) / static_cast<double>(relevant.size());
  ndcg_sum_ += gain / ideal_gain(relevant.size());
  hits_ += early_hit;
}

void QualityMeter::merge(const QualityMeter& other) {
  customers_ += other.customers_;
  recall_sum_ += other.recall_sum_;
  ndcg_sum_ += other.ndcg_sum_;
  hits_ += other.hits_;
  for (std::size_t i = 0; i < shown_.size(); ++i) shown_[i] = shown_[i] || other.shown_[i];
}

Quality QualityMeter::quality() const {
  Quality quality;
  quality.customers = customers_;
  const auto shown = static_cast<double>(std::ranges::count(shown_, true));
  if (!shown_.empty()) quality.coverage_at_20 = shown / static_cast<double>(shown_.size());
  if (customers_ == 0) return quality;
  const auto n = static_cast<double>(customers_);
  quality.recall_at_20 = recall_sum_ / n;
  quality.ndcg_at_20 = ndcg_sum_ / n;
  quality.hit_rate_at_10 = static_cast<double>(hits_) / n;
  return quality;
}

QualityMeter evaluate(const Recommender& model, const Interactions& history,
                      const Interactions& later, EvaluationProtocol protocol,
                      std::span<const std::size_t> only) {
  std::vector<std::size_t> all;
  if (only.empty()) {
    all.resize(std::min(history.customers(), later.customers()));
    std::iota(all.begin(), all.end(), std::size_t{0});
    only = all;
  }
  QualityMeter meter{model.items()};
  RecommendOptions options;
  options.count = kTop;
  options.exclude_history = protocol == EvaluationProtocol::discover;
  for (const auto customer : only) {
    const auto relevant = relevant_items(history.row(customer), later.row(customer), protocol);
    if (relevant.empty()) continue;
    meter.add(recommend(model, history.row(customer), options), relevant);
  }
  return meter;
}

}  // namespace guildsum::models
