#include "models/fairness.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/assert.hpp"
#include "models/detail/mean_units.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

using detail::from_units;
using detail::in_units;
using detail::mean_of;

constexpr std::size_t kRecallTop = 20;
constexpr std::size_t kNdcgTop = 10;
constexpr std::uint64_t kShopCustomersMax = 10'000'000;  // For the overflow proof.
constexpr std::uint64_t kUnitsMax = kShopCustomersMax << kEvaluationUnitBits;
constexpr std::size_t kHeadPart = 5;

double discount(std::size_t rank) { return 1.0 / std::log2(static_cast<double>(rank) + 2.0); }

/// Takes the parts of an opened sum one after the other.
class Reader {
 public:
  explicit Reader(std::span<const std::int64_t> sum) : rest_{sum} {}
  std::span<const std::int64_t> take(std::size_t count) {
    const auto part = rest_.first(count);
    rest_ = rest_.subspan(count);
    return part;
  }

 private:
  std::span<const std::int64_t> rest_;
};

template <class Member>
FairnessGap gap_of(const std::vector<GroupQuality>& groups, Member member) {
  if (groups.empty()) return {};
  const auto value = [member](const GroupQuality& group) { return (group.*member).value; };
  const auto& worst = *std::ranges::min_element(groups, {}, value);
  const auto& best = *std::ranges::max_element(groups, {}, value);
  FairnessGap gap{value(worst), value(best), 0};
  if (&worst != &best) {
    gap.difference_error = std::hypot((worst.*member).error, (best.*member).error);
  }
  return gap;
}

/// 0 where all values are alike, (n - 1) / n where all but one are 0.
double gini(std::span<const std::int64_t> values) {
  std::vector<std::int64_t> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  double weighted = 0;
  double sum = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    weighted += static_cast<double>(k + 1) * static_cast<double>(sorted[k]);
    sum += static_cast<double>(sorted[k]);
  }
  if (sum == 0) return 0;
  const auto n = static_cast<double>(sorted.size());
  return 2.0 * weighted / (n * sum) - (n + 1.0) / n;
}

void add_exposure(std::span<const std::int64_t> exposure, std::span<const std::uint64_t> buyers,
                  FairnessReport& report) {
  const auto shown =
      std::ranges::count_if(exposure, [](std::int64_t count) { return count > 0; });
  report.coverage_at_20 = static_cast<double>(shown) / static_cast<double>(exposure.size());
  report.exposure_gini = gini(exposure);
  std::vector<ItemIndex> order(exposure.size());
  std::iota(order.begin(), order.end(), ItemIndex{0});
  std::ranges::stable_sort(order, std::greater{}, [&](ItemIndex item) { return buyers[item]; });
  double shown_head = 0;
  double shown_all = 0;
  double bought_head = 0;
  double bought_all = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const bool head = k < (order.size() + kHeadPart - 1) / kHeadPart;
    shown_all += static_cast<double>(exposure[order[k]]);
    bought_all += static_cast<double>(buyers[order[k]]);
    if (!head) continue;
    shown_head += static_cast<double>(exposure[order[k]]);
    bought_head += static_cast<double>(buyers[order[k]]);
  }
  if (shown_all > 0) report.head_exposure_share = shown_head / shown_all;
  if (bought_all > 0) report.head_purchase_share = bought_head / bought_all;
}

}  // namespace

SumRequest fairness_counts_request(std::size_t groups) {
  GS_ASSERT(groups > 0 && groups <= kFairnessGroupsMax);
  SumRequest request;
  request.step_kind = "fairness.counts";
  request.step_number = 1;
  request.layout.segments = {Segment::exact("customers", groups, kShopCustomersMax)};
  return request;
}

std::vector<std::size_t> fairness_groups(std::span<const std::int64_t> counts) {
  std::vector<std::size_t> groups;
  for (std::size_t group = 0; group < counts.size(); ++group) {
    if (counts[group] >= kFairnessCustomersMin) groups.push_back(group);
  }
  return groups;
}

SumRequest fairness_quality_request(std::size_t measured, std::uint32_t items) {
  SumRequest request;
  request.step_kind = "fairness.quality";
  request.step_number = 2;
  if (measured > 0) {
    for (const char* name : {"ndcg", "ndcg-squares", "recall", "recall-squares"}) {
      request.layout.segments.push_back(Segment::exact(name, measured, kUnitsMax));
    }
  }
  request.layout.segments.push_back(Segment::exact("exposure", items, kShopCustomersMax));
  request.layout.segments.push_back(Segment::exact("shops", 2, 1));
  request.layout.segments.push_back(Segment::exact("gain", 1, 1 << 20));
  return request;
}

void FairnessMeter::add(std::size_t group, std::span<const Recommendation> ranked,
                        std::span<const ItemIndex> relevant) {
  GS_ASSERT(group < groups_.size() && !relevant.empty());
  double gain = 0;
  std::size_t hits = 0;
  for (std::size_t rank = 0; rank < std::min(kRecallTop, ranked.size()); ++rank) {
    ++exposure_[ranked[rank].item];
    if (std::ranges::find(relevant, ranked[rank].item) == relevant.end()) continue;
    ++hits;
    if (rank < kNdcgTop) gain += discount(rank);
  }
  double ideal = 0;
  for (std::size_t rank = 0; rank < std::min(kNdcgTop, relevant.size()); ++rank) {
    ideal += discount(rank);
  }
  const double ndcg = gain / ideal;
  const double recall = static_cast<double>(hits) / static_cast<double>(relevant.size());
  auto& sums = groups_[group];
  ++sums.customers;
  sums.ndcg += ndcg;
  sums.ndcg_squares += ndcg * ndcg;
  sums.recall += recall;
  sums.recall_squares += recall * recall;
}

std::vector<std::int64_t> FairnessMeter::counts() const {
  std::vector<std::int64_t> counts;
  for (const auto& group : groups_) counts.push_back(group.customers);
  return counts;
}

std::vector<std::int64_t> FairnessMeter::contribution(std::span<const std::size_t> measured,
                                                      const double* gain) const {
  std::vector<std::int64_t> values;
  for (const auto member :
       {&Group::ndcg, &Group::ndcg_squares, &Group::recall, &Group::recall_squares}) {
    for (const auto group : measured) values.push_back(in_units(groups_[group].*member));
  }
  values.insert(values.end(), exposure_.begin(), exposure_.end());
  values.push_back(gain == nullptr ? 0 : 1);
  values.push_back(gain != nullptr && *gain < 0 ? 1 : 0);
  values.push_back(gain == nullptr ? 0 : in_units(*gain));
  return values;
}

Result<FairnessReport> fairness_report(std::span<const std::int64_t> counts,
                                       std::span<const std::int64_t> quality,
                                       std::span<const std::uint64_t> buyers) {
  const auto measured = fairness_groups(counts);
  const auto items = buyers.size();
  if (quality.size() != 4 * measured.size() + items + 3) {
    return Error{ModelsErrc::wrong_shape, "the sums of a fairness audit"};
  }
  Reader reader{quality};
  const auto ndcg = reader.take(measured.size());
  const auto ndcg_squares = reader.take(measured.size());
  const auto recall = reader.take(measured.size());
  const auto recall_squares = reader.take(measured.size());
  const auto exposure = reader.take(items);
  const auto shops = reader.take(2);
  const auto gain = reader.take(1);
  const auto negative = [](std::int64_t value) { return value < 0; };
  // Only the gain may be.
  if (std::ranges::any_of(counts, negative) ||
      std::ranges::any_of(quality.first(quality.size() - 1), negative)) {
    return Error{ModelsErrc::malformed, "a count of a fairness audit is negative"};
  }
  FairnessReport report;
  double ndcg_sum = 0;
  double customers = 0;
  for (std::size_t k = 0; k < measured.size(); ++k) {
    const auto n = counts[measured[k]];
    report.groups.push_back({measured[k], n, mean_of(ndcg[k], ndcg_squares[k], n),
                             mean_of(recall[k], recall_squares[k], n), false});
    ndcg_sum += from_units(ndcg[k]);
    customers += static_cast<double>(n);
  }
  for (std::size_t group = 0; group < counts.size(); ++group) {
    if (!std::ranges::binary_search(measured, group)) report.suppressed.push_back(group);
  }
  if (customers > 0) report.mean_ndcg_at_10 = ndcg_sum / customers;
  for (auto& group : report.groups) {
    group.served_badly = group.ndcg_at_10.value < kFairnessAlarm * report.mean_ndcg_at_10;
  }
  report.ndcg_at_10 = gap_of(report.groups, &GroupQuality::ndcg_at_10);
  report.recall_at_20 = gap_of(report.groups, &GroupQuality::recall_at_20);
  add_exposure(exposure, buyers, report);
  report.shops = shops[0];
  report.shops_worse = shops[1];
  if (shops[0] > 0) report.mean_gain = from_units(gain[0]) / static_cast<double>(shops[0]);
  return report;
}

}  // namespace guildsum::models
