#include "models/evaluation_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "models/detail/evaluation_task.hpp"
#include "models/detail/mean_units.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

using detail::from_units;
using detail::mean_of;
using View = QualityView<const std::int64_t>;

std::int64_t total(std::span<const std::int64_t> values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

/// The sums of one plan, taken apart.
struct Parts {
  CustomersView first;
  std::vector<std::uint32_t> ends;  // Of the groups of the second sum.
  View second;
};

Result<Parts> take_apart(const TaskPlan& plan, const EvaluationSums& sums) {
  const Error wrong{ModelsErrc::wrong_shape, "the sums of an evaluation"};
  if (plan.kind != TaskKind::evaluation || sums.customers.size() != plan.evaluation.bands() + 2) {
    return wrong;
  }
  const CustomersView first{plan.evaluation, sums.customers};
  std::vector<std::uint32_t> ends;
  if (!sums.quality.empty()) {
    ends = detail::join_bands(first.measured);
    if (ends.empty() || sums.quality.size() != View::length(plan, ends.size())) return wrong;
  }
  const std::size_t groups = ends.size();
  return Parts{first, std::move(ends), View{plan, groups, sums.quality}};
}

/// Fewer customers may be in the second sum than in the first: its groups are joined once more.
/// Nothing is shown of fewer shops than the plan asks for, however many customers they have.
std::vector<std::uint32_t> shown_groups(const TaskPlan& plan, const Parts& parts) {
  if (parts.ends.empty() || parts.second.measuring() < plan.evaluation.shops_min) return {};
  return detail::join_bands(parts.second.customers());
}

/// Sums of the groups that are shown, from those that were opened.
std::vector<std::int64_t> joined(std::span<const std::int64_t> values,
                                 std::span<const std::uint32_t> shown) {
  std::vector<std::int64_t> sums;
  std::size_t first = 0;
  for (const std::uint32_t end : shown) {
    sums.push_back(total(values.subspan(first, end - first)));
    first = end;
  }
  return sums;
}

CandidateQuality quality_of(const View& view, std::size_t candidate, std::int64_t customers) {
  const auto mean = [&](Figure figure, Figure squares) {
    return mean_of(total(view.figure(candidate, figure)), total(view.figure(candidate, squares)),
                   customers);
  };
  CandidateQuality quality;
  quality.ndcg_at_20 = mean(Figure::ndcg_at_20, Figure::ndcg_at_20_squares);
  quality.recall_at_20 = mean(Figure::recall_at_20, Figure::recall_at_20_squares);
  quality.shops = view.shops(candidate)[0];
  quality.shops_worse = view.shops(candidate)[1];
  if (quality.shops > 0) {
    quality.mean_gain = from_units(view.gain(candidate)) / static_cast<double>(quality.shops);
  }
  return quality;
}

}  // namespace

std::size_t EvaluationReport::best() const noexcept {
  std::size_t best = 0;
  for (std::size_t c = 1; c < candidates.size(); ++c) {
    if (candidates[c].ndcg_at_20.value > candidates[best].ndcg_at_20.value) best = c;
  }
  return best;
}

Result<EvaluationReport> evaluation_report(const TaskPlan& plan, const EvaluationSums& sums) {
  GS_TRY(const Parts parts, take_apart(plan, sums));
  EvaluationReport report;
  report.customers = parts.first.customers;
  report.held_out = total(parts.first.measured);
  report.shops = parts.ends.empty() ? parts.first.shops : parts.second.measuring();
  if (shown_groups(plan, parts).empty()) return report;
  report.measured = total(parts.second.customers());
  for (std::size_t c = 0; c < plan.evaluation.candidates.size(); ++c) {
    report.candidates.push_back(quality_of(parts.second, c, report.measured));
  }
  // The rest of the customers must not be found by taking these away from all either.
  const std::int64_t compared = parts.second.own_customers();
  const std::int64_t others = report.measured - compared;
  if (compared >= kFairnessCustomersMin && (others == 0 || others >= kFairnessCustomersMin)) {
    const auto own = parts.second.own();
    report.own =
        OwnQuality{compared, mean_of(own[0], own[1], compared), mean_of(own[2], own[3], compared)};
  }
  return report;
}

std::string band_name(const EvaluationPlan& plan, std::size_t first, std::size_t end) {
  if (first == 0 && end == plan.bands()) return "all customers";
  if (first == 0) return "up to " + std::to_string(plan.band_ends[end - 1]) + " items bought";
  if (end == plan.bands()) {
    return "more than " + std::to_string(plan.band_ends[first - 1]) + " items bought";
  }
  return std::to_string(plan.band_ends[first - 1] + 1) + " to " +
         std::to_string(plan.band_ends[end - 1]) + " items bought";
}

Result<EvaluationAudit> evaluation_audit(const TaskPlan& plan, const EvaluationSums& sums,
                                         std::size_t candidate,
                                         std::span<const std::uint64_t> buyers) {
  GS_TRY(const Parts parts, take_apart(plan, sums));
  const auto shown = shown_groups(plan, parts);
  if (shown.empty()) return Error{ModelsErrc::wrong_step, "the evaluation measured nothing"};
  if (candidate >= plan.evaluation.candidates.size() || buyers.size() != plan.items) {
    return Error{ModelsErrc::wrong_shape, "the audit of an evaluation"};
  }
  std::vector<std::int64_t> quality;
  for (const auto figure : {Figure::ndcg_at_10, Figure::ndcg_at_10_squares, Figure::recall_at_20,
                            Figure::recall_at_20_squares}) {
    const auto values = joined(parts.second.figure(candidate, figure), shown);
    quality.insert(quality.end(), values.begin(), values.end());
  }
  const auto exposure = parts.second.exposure(candidate);
  quality.insert(quality.end(), exposure.begin(), exposure.end());
  const auto shops = parts.second.shops(candidate);
  quality.insert(quality.end(), shops.begin(), shops.end());
  quality.push_back(parts.second.gain(candidate));
  EvaluationAudit audit;
  GS_TRY(audit.report, fairness_report(joined(parts.second.customers(), shown), quality, buyers));
  std::size_t first = 0;
  for (const std::uint32_t group_end : shown) {
    const std::size_t end = parts.ends[group_end - 1];
    audit.group_names.push_back(band_name(plan.evaluation, first, end));
    first = end;
  }
  return audit;
}

}  // namespace guildsum::models
