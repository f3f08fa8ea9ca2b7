#include "models/recommender.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/ease.hpp"
#include "models/errors.hpp"
#include "models/gradient.hpp"
#include "models/ials.hpp"
#include "models/popularity.hpp"

namespace guildsum::models {
namespace {

constexpr double kUnrankable = -std::numeric_limits<double>::infinity();

bool better(const Recommendation& a, const Recommendation& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.item < b.item;
}

/// The `count` best of the scores. Items come in ascending order, so that one that is not above the
/// worst of `count` found before it loses to it: most items cost one comparison.
std::vector<Recommendation> best_scores(std::span<const double> scores, std::size_t count) {
  count = std::min(count, scores.size());
  std::vector<Recommendation> heap;  // The worst on top.
  heap.reserve(count);
  std::uint32_t i = 0;
  for (; heap.size() < count && i < scores.size(); ++i) {
    if (scores[i] > kUnrankable) heap.push_back({i, scores[i]});
  }
  std::ranges::make_heap(heap, better);
  for (; count > 0 && i < scores.size(); ++i) {
    if (!(scores[i] > heap.front().score)) continue;
    std::ranges::pop_heap(heap, better);
    heap.back() = {i, scores[i]};
    std::ranges::push_heap(heap, better);
  }
  std::ranges::sort_heap(heap, better);
  return heap;
}

}  // namespace

std::vector<Recommendation> best_of(std::span<double> scores, std::span<const ItemIndex> history,
                                    const RecommendOptions& options) {
  if (options.exclude_history) {
    for (const auto item : history) scores[item] = kUnrankable;
  }
  for (const auto item : options.exclude) scores[item] = kUnrankable;
  return best_scores(scores, options.count);
}

std::vector<Recommendation> recommend(const Recommender& model, std::span<const ItemIndex> history,
                                      const RecommendOptions& options) {
  std::vector<double> scores(model.items());
  model.score(history, scores);
  return best_of(scores, history, options);
}

Result<std::unique_ptr<Recommender>> make_recommender(const TaskPlan& plan,
                                                      const Released& released,
                                                      const ServingOptions& options) {
  if (const auto* counts = std::get_if<PopularityModel>(&released)) {
    return make_popularity(*counts, options.stock);
  }
  if (const auto* factors = std::get_if<FactorModel>(&released)) {
    return make_ials(*factors, options.stock);
  }
  if (std::holds_alternative<VocabularyModel>(released)) {
    return Error{ModelsErrc::wrong_shape, "a vocabulary recommends nothing"};
  }
  if (std::holds_alternative<EvaluationSums>(released)) {
    return Error{ModelsErrc::wrong_shape, "an evaluation recommends nothing"};
  }
  if (std::holds_alternative<TransitionModel>(released)) {
    return Error{ModelsErrc::wrong_shape, "transitions go by the order of baskets"};
  }
  if (const auto* vectors = std::get_if<VectorModel>(&released)) {
    return make_factorisation(*vectors, options.stock);
  }
  EaseOptions ease;
  ease.ridge = options.ridge > 0 ? options.ridge : plan.ease.ridge_shared;
  ease.stock = options.stock;
  ease.own_gram = options.own_gram;
  ease.own_weight = options.own_weight;
  ease.pair_customers_min = options.pair_customers_min;
  GS_TRY(auto made, make_ease(std::get<GramModel>(released), ease));
  return std::move(made.recommender);
}

}  // namespace guildsum::models
