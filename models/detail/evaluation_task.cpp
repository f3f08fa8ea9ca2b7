#include "models/detail/evaluation_task.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "models/codec.hpp"
#include "models/detail/canonical.hpp"
#include "models/errors.hpp"
#include "models/fairness.hpp"

namespace guildsum::models::detail {
namespace {

constexpr std::string_view kMagic = "GSEV";
constexpr std::uint16_t kVersion = 2;     // 1 did not count the shops that measured.
constexpr std::uint32_t kShopsMax = 256;  // In any sum; a checkpoint does not say how many.

Error impossible(std::string what) { return {ModelsErrc::out_of_range, std::move(what)}; }

bool negative(std::int64_t value) { return value < 0; }

std::int64_t total(std::span<const std::int64_t> values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

/// Figures of `customers` customers, each from 0 to 1, and their squares.
bool is_possible(std::int64_t sum, std::int64_t squares, std::int64_t customers) {
  return squares <= sum && sum <= customers << kEvaluationUnitBits;
}

}  // namespace

std::vector<std::uint32_t> join_bands(std::span<const std::int64_t> counts) {
  std::vector<std::uint32_t> ends;
  std::int64_t customers = 0;
  for (std::uint32_t band = 0; band < counts.size(); ++band) {
    customers += counts[band];
    if (customers < kFairnessCustomersMin) continue;
    ends.push_back(band + 1);
    customers = 0;
  }
  if (!ends.empty()) ends.back() = static_cast<std::uint32_t>(counts.size());
  return ends;
}

Bytes encode_groups(std::span<const std::uint32_t> ends) {
  CanonicalWriter out;
  for (const std::uint32_t end : ends) out.integer(end);
  return std::move(out).take();
}

Result<std::vector<std::uint32_t>> parse_groups(const EvaluationPlan& plan, ByteView bytes) {
  CanonicalReader in{bytes};
  auto ends = in.array<std::uint32_t>(bytes.size() / sizeof(std::uint32_t));
  GS_CHECK(in.finish("groups of an evaluation"));
  std::uint32_t before = 0;
  for (const std::uint32_t end : ends) {
    if (end <= before) return Error{ModelsErrc::malformed, "groups of an evaluation"};
    before = end;
  }
  if (before == plan.bands()) return ends;
  return Error{ModelsErrc::malformed, "groups that do not part the bands"};
}

VectorLayout EvaluationTask::customers_layout(const TaskPlan& plan) {
  return {{Segment::exact("measured", plan.evaluation.bands(), plan.customers_max),
           Segment::exact("customers", 1, plan.customers_max), Segment::exact("shops", 1, 1)}};
}

VectorLayout EvaluationTask::quality_layout(const TaskPlan& plan, std::size_t groups) {
  const std::size_t candidates = plan.evaluation.candidates.size();
  const std::uint64_t units = std::uint64_t{plan.customers_max} << kEvaluationUnitBits;
  return {{Segment::exact("customers", groups + 1, plan.customers_max),
           Segment::exact("own", 4, units), Segment::exact("measuring", 1, 1),
           Segment::exact("figures", candidates * kFigures * groups, units),
           Segment::exact("shops", candidates * 2, 1),
           Segment::exact("gain", candidates, std::uint64_t{1} << kEvaluationUnitBits),
           Segment::exact("exposure", candidates * plan.items, plan.customers_max)}};
}

std::vector<std::uint32_t> EvaluationTask::groups() const {
  if (sums_.customers.empty()) return {};
  const CustomersView first{plan_.evaluation, sums_.customers};
  if (first.shops < plan_.evaluation.shops_min) return {};
  return join_bands(first.measured);
}

bool EvaluationTask::finished() const noexcept {
  return !sums_.quality.empty() || (!sums_.customers.empty() && groups().empty());
}

TaskProgress EvaluationTask::progress() const noexcept {
  const std::uint64_t done =
      (sums_.customers.empty() ? 0u : 1u) + (sums_.quality.empty() ? 0u : 1u);
  return {done, finished() ? done : 2};
}

Result<SumRequest> EvaluationTask::next_request() const {
  if (finished()) return Error{ModelsErrc::wrong_step, "the evaluation task is finished"};
  if (sums_.customers.empty()) {
    return SumRequest{std::string{kCustomersStep}, 1, customers_layout(plan_), {}};
  }
  const auto ends = groups();
  return SumRequest{std::string{kQualityStep}, 2, quality_layout(plan_, ends.size()),
                    encode_groups(ends)};
}

Result<> EvaluationTask::check_customers(std::span<const std::int64_t> sum) const {
  if (std::ranges::any_of(sum, negative)) return impossible("a negative number of customers");
  const CustomersView first{plan_.evaluation, sum};
  if (total(first.measured) <= first.customers) return {};
  return impossible("more customers with held-out purchases than customers");
}

Result<> EvaluationTask::check_quality(std::span<const std::int64_t> sum) const {
  const std::size_t count = groups().size();
  const QualityView<const std::int64_t> view{plan_, count, sum};
  const std::int64_t customers = total(view.customers());
  const auto own = view.own();
  bool possible = std::ranges::none_of(view.customers(), negative) &&
                  !negative(view.own_customers()) && view.own_customers() <= customers &&
                  std::ranges::none_of(own, negative) &&
                  view.measuring() >= (customers > 0 ? 1 : 0) && view.measuring() <= customers &&
                  is_possible(own[0], own[1], view.own_customers()) &&
                  is_possible(own[2], own[3], view.own_customers());
  for (std::size_t c = 0; possible && c < plan_.evaluation.candidates.size(); ++c) {
    for (const auto figure : {Figure::ndcg_at_20, Figure::ndcg_at_10, Figure::recall_at_20}) {
      const auto sums = view.figure(c, figure);
      const auto squares =
          view.figure(c, static_cast<Figure>(static_cast<std::uint8_t>(figure) + 1));
      for (std::size_t g = 0; g < count; ++g) {
        possible =
            possible && squares[g] >= 0 && is_possible(sums[g], squares[g], view.customers()[g]);
      }
    }
    const auto shops = view.shops(c);
    const auto shown = std::ranges::minmax(view.exposure(c));
    possible = possible && shops[1] >= 0 && shops[1] <= shops[0] && shops[0] <= view.measuring() &&
               shown.min >= 0 && shown.max <= customers;
  }
  return possible ? Result<>{} : impossible("figures that no customers can have");
}

Result<> EvaluationTask::apply(std::span<const std::int64_t> sum, const SumContext& context) {
  GS_TRY(const auto request, next_request());
  GS_CHECK(check_sum(request.layout, sum, context.survivors));
  if (sums_.customers.empty()) {
    GS_CHECK(check_customers(sum));
    sums_.customers.assign(sum.begin(), sum.end());
    return {};
  }
  GS_CHECK(check_quality(sum));
  sums_.quality.assign(sum.begin(), sum.end());
  return {};
}

Result<> EvaluationTask::apply_lost() {
  GS_TRY(const auto request, next_request());
  return Error{ModelsErrc::nothing_opened, request.step_kind};
}

Bytes EvaluationTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(plan_.items);
  for (const auto* sum : {&sums_.customers, &sums_.quality}) {
    out.integer(std::uint64_t{sum->size()});
    out.array(std::span{*sum});
  }
  return std::move(out).take();
}

Result<EvaluationTask> EvaluationTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kMagic, kVersion);
  const auto items = in.integer<std::uint32_t>();
  EvaluationSums sums;
  for (auto* sum : {&sums.customers, &sums.quality}) {
    *sum = in.array<std::int64_t>(in.integer<std::uint64_t>());
  }
  GS_CHECK(in.finish("evaluation checkpoint"));
  EvaluationTask task{plan};
  bool possible = items == plan.items;
  if (possible && !sums.customers.empty()) {
    possible = check_sum(customers_layout(plan), sums.customers, kShopsMax).has_value() &&
               task.check_customers(sums.customers).has_value();
    if (possible) task.sums_.customers = std::move(sums.customers);
  }
  if (possible && !sums.quality.empty()) {
    const auto count = task.groups().size();
    possible = count > 0 &&
               check_sum(quality_layout(plan, count), sums.quality, kShopsMax).has_value() &&
               task.check_quality(sums.quality).has_value();
    if (possible) task.sums_.quality = std::move(sums.quality);
  }
  if (possible) return task;
  return Error{ModelsErrc::malformed, "evaluation checkpoint of another plan"};
}

}  // namespace guildsum::models::detail
