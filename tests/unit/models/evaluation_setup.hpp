#pragma once

#include <algorithm>
#include <memory>

#include "models/detail/evaluation_task.hpp"
#include "models/evaluation.hpp"
#include "models/popularity.hpp"
#include "tests/unit/models/model_setup.hpp"

namespace guildsum::models::test {

inline constexpr std::uint32_t kEvaluatedItems = 30;

inline ReleasedVersion version_of(std::uint64_t number) {
  return {number, ModelRoot{std::byte{static_cast<std::uint8_t>(number)}}};
}

/// Two models and a blend of them; bands that end at 5, 8 and 12 items.
inline TaskPlan evaluation_plan() {
  TaskPlan plan;
  plan.kind = TaskKind::evaluation;
  plan.items = kEvaluatedItems;
  plan.customers_max = 1'000;
  plan.evaluation.shops_min = 2;
  plan.evaluation.band_ends = {5, 8, 12};
  plan.evaluation.candidates = {{version_of(1), 0, {}, 0},
                                {version_of(2), 300, {}, 0},
                                {version_of(2), 0, version_of(1), 0.25}};
  return plan;
}

/// One shop's customers with what they bought and what was held out.
struct EvaluatedShop {
  Interactions bought;
  Interactions later;
  [[nodiscard]] HeldOutCustomers customers() const { return {bought, later}; }
};

inline EvaluatedShop shop_of(const Rows& bought, const Rows& later) {
  return {purchases(kEvaluatedItems, bought), purchases(kEvaluatedItems, later)};
}

/// Every third customer has nothing held out.
inline EvaluatedShop invented_shop(std::size_t customers, std::uint64_t seed) {
  const auto bought = random_rows(customers, kEvaluatedItems, seed, 30);
  auto later = random_rows(customers, kEvaluatedItems, seed + 100, 15);
  for (std::size_t u = 0; u < customers; u += 3) later[u].clear();
  return shop_of(bought, later);
}

/// The customers of all shops in one.
inline EvaluatedShop pooled(std::span<const EvaluatedShop> shops) {
  Rows bought;
  Rows later;
  for (const auto& shop : shops) {
    for (std::size_t u = 0; u < shop.bought.customers(); ++u) {
      const auto own = shop.bought.row(u);
      const auto held = shop.later.row(u);
      bought.emplace_back(own.begin(), own.end());
      later.emplace_back(held.begin(), held.end());
    }
  }
  return shop_of(bought, later);
}

/// Recommends by fixed scores that say which candidate it is; the same at every shop.
inline std::shared_ptr<const HistoryRecommender> model_of(std::uint64_t number) {
  PopularityModel model;
  for (std::uint32_t item = 0; item < kEvaluatedItems; ++item) {
    model.customers.push_back((item * (number + 2)) % (kEvaluatedItems + 1));
  }
  return of_histories(make_popularity(std::move(model)));
}

inline CandidateSource every_candidate() {
  return [](const EvaluationCandidate& candidate) {
    return Result<std::shared_ptr<const HistoryRecommender>>{
        model_of(candidate.model.version + (candidate.is_blend() ? 10 : 0))};
  };
}

inline void add_to(std::vector<std::int64_t>& sum, std::span<const std::int64_t> values) {
  sum.resize(values.size());
  std::ranges::transform(sum, values, sum.begin(), std::plus{});
}

/// Runs a whole evaluation over these shops; the sums in their order.
inline std::unique_ptr<SumTask> evaluate_over(const TaskPlan& plan,
                                              std::span<const EvaluatedShop> shops,
                                              const HistoryRecommender* own = nullptr) {
  auto task = must(make_task(plan));
  SumContext context;
  context.survivors = static_cast<std::uint32_t>(shops.size());
  while (!task->finished()) {
    const auto request = must(task->next_request());
    std::vector<std::int64_t> sum;
    for (const auto& shop : shops) {
      const bool first = request.step_kind == detail::kCustomersStep;
      const auto part =
          first ? must(contribute_customers(plan, request, shop.customers()))
                : must(contribute_quality(plan, request, shop.customers(), every_candidate(), own));
      add_to(sum, part.values);
    }
    must(task->apply(sum, context));
  }
  return task;
}

inline EvaluationSums sums_of(const SumTask& task) {
  return std::get<EvaluationSums>(must(release(task.plan(), task.checkpoint())));
}

}  // namespace guildsum::models::test
