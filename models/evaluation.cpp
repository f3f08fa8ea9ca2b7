#include "models/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "models/detail/evaluation_task.hpp"
#include "models/detail/mean_units.hpp"
#include "models/errors.hpp"
#include "models/metrics.hpp"

namespace guildsum::models {
namespace {

using View = QualityView<std::int64_t>;

constexpr std::size_t kTop = 20;
constexpr std::size_t kShortTop = 10;

using detail::in_units;

Result<> check(const TaskPlan& plan, const SumRequest& request, std::string_view step,
               const HeldOutCustomers& shop) {
  GS_CHECK(plan.validate());
  if (plan.kind != TaskKind::evaluation || request.step_kind != step) {
    return Error{ModelsErrc::wrong_step, "'" + request.step_kind + "' is no step of an evaluation"};
  }
  const std::size_t own_items = shop.item_of.empty() ? plan.items : shop.item_of.size();
  if (shop.bought.items() != own_items || shop.later.items() != own_items) {
    return Error{ModelsErrc::wrong_shape, "the purchases are of other items than the plan"};
  }
  const auto beyond = [&](const auto& item) { return item && *item >= plan.items; };
  if (std::ranges::any_of(shop.item_of, beyond)) {
    return Error{ModelsErrc::wrong_shape, "an item that the plan does not have"};
  }
  if (shop.bought.customers() <= plan.customers_max) return {};
  return Error{ModelsErrc::out_of_range, std::to_string(shop.bought.customers()) +
                                             " customers, the plan allows " +
                                             std::to_string(plan.customers_max)};
}

Result<> expect_layout(const SumRequest& request, const VectorLayout& expected) {
  if (request.layout == expected) return {};
  return Error{ModelsErrc::wrong_shape, "layout of " + request.step_kind + " is not the plan's"};
}

/// Customers with something relevant among what was held out, by band.
std::vector<std::int64_t> measured_by_band(const EvaluationPlan& plan,
                                           const HeldOutCustomers& shop) {
  std::vector<std::int64_t> counts(plan.bands(), 0);
  const std::size_t customers = std::min(shop.bought.customers(), shop.later.customers());
  for (std::size_t u = 0; u < customers; ++u) {
    const auto bought = shop.bought.row(u);
    const auto relevant = relevant_items(bought, shop.later.row(u), EvaluationProtocol::discover);
    if (!relevant.empty()) ++counts[plan.band_of(bought.size())];
  }
  return counts;
}

/// Measures models for one shop's customers.
class Measurement {
 public:
  Measurement(const TaskPlan& plan, const HeldOutCustomers& shop,
              std::span<const std::uint32_t> ends, View view)
      : plan_{plan},
        shop_{shop},
        ends_{ends},
        histories_{Histories::of(shop.bought)},
        view_{view} {}

  void count_customers(std::span<const std::int64_t> by_band) {
    for (std::size_t band = 0; band < by_band.size(); ++band) {
      view_.customers()[group_of(band)] += by_band[band];
      customers_ += by_band[band];
    }
    view_.measuring() = 1;
  }
  void measure_own(const HistoryRecommender& own) {
    const auto sums = view_.own();
    const double ndcg =
        measure(own, [&](std::size_t, auto, double ndcg_at_20, auto, double recall) {
          sums[0] += in_units(ndcg_at_20);
          sums[1] += in_units(ndcg_at_20 * ndcg_at_20);
          sums[2] += in_units(recall);
          sums[3] += in_units(recall * recall);
        });
    own_ndcg_ = ndcg;
    view_.own_customers() = customers_;
  }
  void measure_candidate(std::size_t candidate, const HistoryRecommender& model) {
    const auto exposure = view_.exposure(candidate);
    const double mean =
        measure(model, [&](std::size_t group, std::span<const Recommendation> ranked, double ndcg,
                           double short_ndcg, double recall) {
          add(candidate, Figure::ndcg_at_20, Figure::ndcg_at_20_squares, group, ndcg);
          add(candidate, Figure::ndcg_at_10, Figure::ndcg_at_10_squares, group, short_ndcg);
          add(candidate, Figure::recall_at_20, Figure::recall_at_20_squares, group, recall);
          for (const auto& shown : ranked) show(exposure, shown.item);
        });
    if (!own_ndcg_) return;
    const double gain = mean - *own_ndcg_;
    view_.shops(candidate)[0] = 1;
    view_.shops(candidate)[1] = gain < 0 ? 1 : 0;
    view_.gain(candidate) = in_units(gain);
  }

 private:
  [[nodiscard]] std::size_t group_of(std::size_t band) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends_, band) - ends_.begin());
  }
  void add(std::size_t candidate, Figure figure, Figure squares, std::size_t group, double value) {
    view_.figure(candidate, figure)[group] += in_units(value);
    view_.figure(candidate, squares)[group] += in_units(value * value);
  }
  void show(std::span<std::int64_t> exposure, ItemIndex own_item) const {
    if (shop_.item_of.empty()) {
      ++exposure[own_item];
    } else if (const auto item = shop_.item_of[own_item]) {
      ++exposure[*item];
    }
  }
  /// Calls `take` for each customer; the mean of NDCG@20.
  template <class Take>
  double measure(const HistoryRecommender& model, Take take) const {
    double sum = 0;
    for_each_ranking(model, histories_, shop_.later, EvaluationProtocol::discover, {}, {},
                     [&](std::size_t customer, auto ranked, auto relevant) {
                       const auto bought = shop_.bought.row(customer).size();
                       const double ndcg = ranking_ndcg(ranked, relevant, kTop);
                       sum += ndcg;
                       take(group_of(plan_.evaluation.band_of(bought)), ranked, ndcg,
                            ranking_ndcg(ranked, relevant, kShortTop),
                            ranking_recall(ranked, relevant, kTop));
                     });
    return sum / static_cast<double>(customers_);
  }

  const TaskPlan& plan_;
  const HeldOutCustomers& shop_;
  std::span<const std::uint32_t> ends_;
  Histories histories_;
  View view_;
  std::int64_t customers_ = 0;
  std::optional<double> own_ndcg_;
};

}  // namespace

Result<std::int64_t> measurable_shops(const TaskPlan& plan, ByteView checkpoint) {
  GS_CHECK(plan.validate());
  if (plan.kind != TaskKind::evaluation) return Error{ModelsErrc::wrong_step, "no evaluation"};
  GS_TRY(const auto task, detail::EvaluationTask::restore(plan, checkpoint));
  if (task.sums().customers.empty()) {
    return Error{ModelsErrc::nothing_opened, std::string{detail::kCustomersStep}};
  }
  return CustomersView{plan.evaluation, task.sums().customers}.shops;
}

Result<Contribution> contribute_customers(const TaskPlan& plan, const SumRequest& request,
                                          const HeldOutCustomers& shop) {
  GS_CHECK(check(plan, request, detail::kCustomersStep, shop));
  GS_CHECK(expect_layout(request, detail::EvaluationTask::customers_layout(plan)));
  Contribution part{measured_by_band(plan.evaluation, shop), 0};
  const bool measures = std::ranges::any_of(part.values, [](auto count) { return count > 0; });
  std::int64_t active = 0;
  for (std::size_t u = 0; u < shop.bought.customers(); ++u) active += !shop.bought.row(u).empty();
  // Who bought nothing before can be measured, by what the model shows to a stranger.
  std::int64_t measured = 0;
  for (const auto count : part.values) measured += count;
  part.values.push_back(std::max(active, measured));
  part.values.push_back(measures ? 1 : 0);
  return part;
}

Result<Contribution> contribute_quality(const TaskPlan& plan, const SumRequest& request,
                                        const HeldOutCustomers& shop, const CandidateSource& source,
                                        const HistoryRecommender* own) {
  GS_CHECK(check(plan, request, detail::kQualityStep, shop));
  GS_TRY(const auto ends, detail::parse_groups(plan.evaluation, request.public_inputs));
  GS_CHECK(expect_layout(request, detail::EvaluationTask::quality_layout(plan, ends.size())));
  Contribution part;
  part.values.assign(View::length(plan, ends.size()), 0);
  const auto by_band = measured_by_band(plan.evaluation, shop);
  if (std::ranges::none_of(by_band, [](auto count) { return count > 0; })) return part;
  Measurement measurement{plan, shop, ends, View{plan, ends.size(), part.values}};
  measurement.count_customers(by_band);
  if (own != nullptr) measurement.measure_own(*own);
  for (std::size_t c = 0; c < plan.evaluation.candidates.size(); ++c) {
    GS_TRY(const auto model, source(plan.evaluation.candidates[c]));
    if (model->items() != shop.bought.items()) {
      return Error{ModelsErrc::wrong_shape, "a candidate ranks other items"};
    }
    measurement.measure_candidate(c, *model);
  }
  return part;
}

}  // namespace guildsum::models
