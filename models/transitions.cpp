#include "models/transitions.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "models/detail/history_split.hpp"
#include "models/detail/tasks.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

constexpr std::uint32_t kItemsMax = 50'000;

using Basket = std::vector<ItemIndex>;

/// The distinct items of each time of a history, first to last.
std::vector<Basket> baskets_of(std::span<const PastPurchase> history) {
  std::vector<Basket> baskets;
  for (std::size_t k = 0; k < history.size(); ++k) {
    if (k == 0 || history[k].seconds != history[k - 1].seconds) baskets.emplace_back();
    auto& basket = baskets.back();  // Ascending items: a repeat is next to its twin.
    if (basket.empty() || basket.back() != history[k].item) basket.push_back(history[k].item);
  }
  return baskets;
}

class Transitions final : public HistoryRecommender {
 public:
  Transitions(TransitionModel model, const TransitionOptions& options)
      : model_{std::move(model)}, options_{options}, scale_(model_.items) {
    for (std::size_t i = 0; i < model_.items; ++i) {
      double total = options.shrink * kTransitionUnits;
      for (const auto count : row(i)) total += static_cast<double>(count);
      scale_[i] = total > 0 ? 1.0 / total : 0.0;
    }
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "transitions"; }
  [[nodiscard]] std::uint32_t items() const noexcept override { return model_.items; }

  void score(std::span<const PastPurchase> history, std::span<double> scores) const override {
    std::ranges::fill(scores, 0.0);
    for_latest(history, [&](ItemIndex from, double weight) {
      const auto counts = row(from);
      for (std::size_t j = 0; j < counts.size(); ++j) {
        scores[j] += weight * static_cast<double>(counts[j]);
      }
    });
  }
  [[nodiscard]] Explanation explain(std::span<const PastPurchase> history,
                                    ItemIndex item) const override {
    std::vector<double> weights(model_.items, 0.0);
    for_latest(history, [&](ItemIndex from, double weight) {
      weights[from] += weight * static_cast<double>(row(from)[item]);
    });
    return detail::split_over_history(distinct_items(history), true,
                                      [&weights](ItemIndex from) { return weights[from]; });
  }

 private:
  [[nodiscard]] std::span<const std::uint32_t> row(std::size_t from) const {
    return std::span{model_.counts}.subspan(from * model_.items, model_.items);
  }
  /// Calls `visit(item, weight)` for the items of the latest baskets.
  template <class Visit>
  void for_latest(std::span<const PastPurchase> history, Visit visit) const {
    const auto baskets = baskets_of(history);
    const auto looked_at = std::min<std::size_t>(options_.baskets, baskets.size());
    double decay = 1.0;
    for (std::size_t b = 0; b < looked_at; ++b, decay *= options_.decay) {
      for (const auto item : baskets[baskets.size() - 1 - b]) visit(item, decay * scale_[item]);
    }
  }

  TransitionModel model_;
  TransitionOptions options_;
  std::vector<double> scale_;  // By item: 1 / (row total + shrink).
};

/// Adds one pair of baskets; false on overflow.
bool add_pair(const Basket& earlier, const Basket& later, std::uint32_t units,
              TransitionModel& model) {
  for (const auto from : earlier) {
    const auto row = model.counts.begin() + static_cast<std::ptrdiff_t>(std::size_t{from}) *
                                                static_cast<std::ptrdiff_t>(model.items);
    for (const auto to : later) {
      auto& count = row[static_cast<std::ptrdiff_t>(to)];
      if (count > std::numeric_limits<std::uint32_t>::max() - units) return false;
      count += units;
    }
  }
  return true;
}

}  // namespace

Result<TransitionModel> transitions_of(const Histories& histories, std::uint32_t distance_max) {
  if (distance_max == 0 || distance_max > kTransitionDistanceMax) {
    return Error{ModelsErrc::out_of_range, "distance of transitions: 1 to 5"};
  }
  if (histories.items() > kItemsMax) {
    return Error{ModelsErrc::out_of_range, "transitions of more than 50,000 items"};
  }
  TransitionModel model{histories.items(), {}};
  model.counts.resize(std::size_t{model.items} * model.items);
  for (std::size_t u = 0; u < histories.customers(); ++u) {
    const auto baskets = baskets_of(histories.row(u));
    for (std::size_t b = 1; b < baskets.size(); ++b) {
      for (std::uint32_t distance = 1; distance <= distance_max && distance <= b; ++distance) {
        if (!add_pair(baskets[b - distance], baskets[b], kTransitionUnits / distance, model)) {
          return Error{ModelsErrc::out_of_range, "a transition is counted too often"};
        }
      }
    }
  }
  return model;
}

Result<Contribution> contribute_transitions(const TaskPlan& plan, const SumRequest& request,
                                            const Histories& histories) {
  GS_CHECK(plan.validate());
  if (plan.kind != TaskKind::transitions || request.step_kind != detail::kTransitionsStep) {
    return Error{ModelsErrc::wrong_step, "'" + request.step_kind + "' counts no transitions"};
  }
  if (request.layout != detail::TransitionTask::layout(plan)) {
    return Error{ModelsErrc::wrong_shape, "layout of " + request.step_kind + " is not the plan's"};
  }
  if (histories.items() != plan.items) {
    return Error{ModelsErrc::wrong_shape, "the data has " + std::to_string(histories.items()) +
                                              " items, the plan " + std::to_string(plan.items)};
  }
  if (histories.customers() > plan.customers_max) {
    return Error{ModelsErrc::out_of_range, std::to_string(histories.customers()) +
                                               " customers, the plan allows " +
                                               std::to_string(plan.customers_max)};
  }
  GS_TRY(const auto model, transitions_of(histories, plan.transitions.distance_max));
  const auto largest = std::ranges::max_element(model.counts);
  if (*largest > plan.transitions.bound()) {
    const auto position = static_cast<std::size_t>(largest - model.counts.begin());
    return Error{ModelsErrc::out_of_range,
                 "item " + std::to_string(position % plan.items) + " followed item " +
                     std::to_string(position / plan.items) + " more often than pairs_max, " +
                     std::to_string(plan.transitions.pairs_max)};
  }
  return Contribution{{model.counts.begin(), model.counts.end()}, 0};
}

Result<std::unique_ptr<HistoryRecommender>> make_transitions(TransitionModel model,
                                                             const TransitionOptions& options) {
  if (model.counts.size() != std::size_t{model.items} * model.items) {
    return Error{ModelsErrc::wrong_shape, "transition counts"};
  }
  GS_CHECK(options.validate());
  return std::unique_ptr<HistoryRecommender>{
      std::make_unique<Transitions>(std::move(model), options)};
}

}  // namespace guildsum::models
