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

double ideal_gain(std::size_t relevant, std::size_t top) {
  double sum = 0;
  for (std::size_t rank = 0; rank < std::min(top, relevant); ++rank) sum += discount(rank);
  return sum;
}

bool is_relevant(std::span<const ItemIndex> relevant, const Recommendation& shown) {
  return std::ranges::find(relevant, shown.item) != relevant.end();
}

/// Of the mean of n values, from their sum and their sum of squares.
double standard_error(double sum, double squares, double n) {
  if (n < 2) return 0;
  const double variance = std::max(0.0, squares - sum * sum / n) / (n - 1);
  return std::sqrt(variance / n);
}

/// `only`, or all customers.
std::vector<std::size_t> chosen(std::span<const std::size_t> only, std::size_t customers) {
  if (!only.empty()) return {only.begin(), only.end()};
  std::vector<std::size_t> all(customers);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

/// All items that are not `candidates` (ascending); none where there are no candidates.
std::vector<ItemIndex> complement(std::span<const ItemIndex> candidates, std::uint32_t items) {
  std::vector<ItemIndex> others;
  if (candidates.empty()) return others;
  for (ItemIndex item = 0; item < items; ++item) {
    if (!std::ranges::binary_search(candidates, item)) others.push_back(item);
  }
  return others;
}

}  // namespace

std::vector<ItemIndex> relevant_items(std::span<const ItemIndex> history,
                                      std::span<const ItemIndex> later,
                                      EvaluationProtocol protocol) {
  if (protocol == EvaluationProtocol::next_basket) return {later.begin(), later.end()};
  std::vector<ItemIndex> fresh;
  std::ranges::set_difference(later, history, std::back_inserter(fresh));
  return fresh;
}

double ranking_ndcg(std::span<const Recommendation> ranked, std::span<const ItemIndex> relevant,
                    std::size_t top) {
  double gain = 0;
  for (std::size_t rank = 0; rank < std::min(top, ranked.size()); ++rank) {
    if (is_relevant(relevant, ranked[rank])) gain += discount(rank);
  }
  return gain / ideal_gain(relevant.size(), top);
}

double ranking_recall(std::span<const Recommendation> ranked, std::span<const ItemIndex> relevant,
                      std::size_t top) {
  std::size_t hits = 0;
  for (std::size_t rank = 0; rank < std::min(top, ranked.size()); ++rank) {
    hits += is_relevant(relevant, ranked[rank]);
  }
  return static_cast<double>(hits) / static_cast<double>(relevant.size());
}

void QualityMeter::add(std::span<const Recommendation> ranked,
                       std::span<const ItemIndex> relevant) {
  bool early_hit = false;
  for (std::size_t rank = 0; rank < std::min(kTop, ranked.size()); ++rank) {
    shown_[ranked[rank].item] = true;
    early_hit = early_hit || (rank < kHitTop && is_relevant(relevant, ranked[rank]));
  }
  ++customers_;
  const double recall = ranking_recall(ranked, relevant, kTop);
  const double ndcg = ranking_ndcg(ranked, relevant, kTop);
  recall_sum_ += recall;
  recall_squares_ += recall * recall;
  ndcg_sum_ += ndcg;
  ndcg_squares_ += ndcg * ndcg;
  hits_ += early_hit;
}

void QualityMeter::merge(const QualityMeter& other) {
  customers_ += other.customers_;
  recall_sum_ += other.recall_sum_;
  recall_squares_ += other.recall_squares_;
  ndcg_sum_ += other.ndcg_sum_;
  ndcg_squares_ += other.ndcg_squares_;
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
  quality.recall_error = standard_error(recall_sum_, recall_squares_, n);
  quality.ndcg_error = standard_error(ndcg_sum_, ndcg_squares_, n);
  return quality;
}

QualityMeter evaluate(const Recommender& model, const Interactions& history,
                      const Interactions& later, EvaluationProtocol protocol,
                      std::span<const std::size_t> only) {
  QualityMeter meter{model.items()};
  RecommendOptions options;
  options.count = kTop;
  options.exclude_history = protocol == EvaluationProtocol::discover;
  for (const auto customer : chosen(only, std::min(history.customers(), later.customers()))) {
    const auto relevant = relevant_items(history.row(customer), later.row(customer), protocol);
    if (relevant.empty()) continue;
    meter.add(recommend(model, history.row(customer), options), relevant);
  }
  return meter;
}

void for_each_ranking(const HistoryRecommender& model, const Histories& history,
                      const Interactions& later, EvaluationProtocol protocol,
                      std::span<const std::size_t> only, std::span<const ItemIndex> candidates,
                      const RankingVisitor& visit) {
  const auto excluded = complement(candidates, model.items());
  RecommendOptions options;
  options.count = kTop;
  options.exclude_history = protocol == EvaluationProtocol::discover;
  options.exclude = excluded;
  for (const auto customer : chosen(only, std::min(history.customers(), later.customers()))) {
    const auto bought = distinct_items(history.row(customer));
    auto relevant = relevant_items(bought, later.row(customer), protocol);
    std::erase_if(relevant, [&excluded](ItemIndex item) {
      return std::ranges::binary_search(excluded, item);
    });
    if (relevant.empty()) continue;
    visit(customer, recommend(model, history.row(customer), options), relevant);
  }
}

QualityMeter evaluate(const HistoryRecommender& model, const Histories& history,
                      const Interactions& later, EvaluationProtocol protocol,
                      std::span<const std::size_t> only, std::span<const ItemIndex> candidates) {
  QualityMeter meter{model.items()};
  for_each_ranking(model, history, later, protocol, only, candidates,
                   [&meter](std::size_t, auto ranked, auto relevant) {
                     meter.add(ranked, relevant);
                   });
  return meter;
}

}  // namespace guildsum::models
