#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "models/interactions.hpp"
#include "models/recommender.hpp"
#include "models/sum_task.hpp"

namespace guildsum::models {

/// Whom a model serves worse, and what it shows: an audit from two secure sums over the shops, so
/// that no shop's and no small group's figures are seen by anybody.
///
///     first sum    customers per group
///     second sum   quality per group, for groups of enough customers only; how often each item was
///                  shown; how many shops a model of their own would serve better
///
/// Every customer belongs to one group; what a group is (a region, an age band, how much somebody
/// buys) is the auditor's choice.

/// Groups with fewer customers are suppressed: never summed, never shown.
inline constexpr std::int64_t kFairnessCustomersMin = 50;
/// A group whose quality is below this part of the mean is served badly.
inline constexpr double kFairnessAlarm = 0.8;
inline constexpr std::size_t kFairnessGroupsMax = 1'000;

/// Layout and name of the first sum. `groups`: 1 to kFairnessGroupsMax.
[[nodiscard]] SumRequest fairness_counts_request(std::size_t groups);
/// The groups with enough customers, by the opened first sum; ascending.
[[nodiscard]] std::vector<std::size_t> fairness_groups(std::span<const std::int64_t> counts);
/// Layout and name of the second sum, for `measured` groups and `items` items.
[[nodiscard]] SumRequest fairness_quality_request(std::size_t measured, std::uint32_t items);

/// One shop's customers: how well each group was served, and which items were shown.
class FairnessMeter {
 public:
  FairnessMeter(std::size_t groups, std::uint32_t items) : groups_(groups), exposure_(items, 0) {}
  /// `ranked`: best first, at least 20 where the list allows; `relevant`: distinct items, must not
  /// be empty.
  void add(std::size_t group, std::span<const Recommendation> ranked,
           std::span<const ItemIndex> relevant);
  /// The shop's part of the first sum.
  [[nodiscard]] std::vector<std::int64_t> counts() const;
  /// The shop's part of the second. `gain`: NDCG@20 of the shared model minus that of the shop's
  /// own; null where there is nothing to compare.
  [[nodiscard]] std::vector<std::int64_t> contribution(std::span<const std::size_t> measured,
                                                       const double* gain) const;

 private:
  struct Group {
    std::int64_t customers = 0;
    double ndcg = 0;
    double ndcg_squares = 0;
    double recall = 0;
    double recall_squares = 0;
  };
  std::vector<Group> groups_;
  std::vector<std::int64_t> exposure_;
};

/// A mean over customers with its standard error.
struct MeanEstimate {
  double value = 0;
  double error = 0;
};

struct GroupQuality {
  std::size_t group = 0;  ///< Number of the group.
  std::int64_t customers = 0;
  MeanEstimate ndcg_at_10;
  MeanEstimate recall_at_20;
  bool served_badly = false;  ///< NDCG@10 below kFairnessAlarm of the mean.
};

/// How far apart the best and the worst served group are.
struct FairnessGap {
  double min = 0;
  double max = 0;
  double difference_error = 0;  ///< Standard error of max - min.
  [[nodiscard]] double difference() const noexcept { return max - min; }
  /// min / max; 1 where both are 0.
  [[nodiscard]] double ratio() const noexcept { return max > 0 ? min / max : 1.0; }
};

struct FairnessReport {
  std::vector<GroupQuality> groups;     ///< Ascending group number; without the suppressed.
  std::vector<std::size_t> suppressed;  ///< Groups of fewer than kFairnessCustomersMin.
  double mean_ndcg_at_10 = 0;           ///< Over the customers of the groups that are shown.
  FairnessGap ndcg_at_10;
  FairnessGap recall_at_20;

  double coverage_at_20 = 0;  ///< Share of the items that were shown to anybody.
  double exposure_gini = 0;   ///< Of how often items were shown: 0 all alike, towards 1 only few.
  /// The fifth of the items that most customers bought: their share of what is shown, against
  /// their share of what was bought. The rest is the long tail.
  double head_exposure_share = 0;
  double head_purchase_share = 0;
  [[nodiscard]] double tail_exposure_share() const noexcept { return 1.0 - head_exposure_share; }

  std::int64_t shops = 0;        ///< Shops that compared the shared model with their own.
  std::int64_t shops_worse = 0;  ///< Those of them whose own is better.
  double mean_gain = 0;          ///< Of NDCG@20, over the shops that compared.
};

/// What the two opened sums say. `buyers`: customers per item, as the popularity task opened them.
/// @return ModelsErrc::wrong_shape unless the sums have the lengths of the requests, malformed
/// where a count is negative.
[[nodiscard]] Result<FairnessReport> fairness_report(std::span<const std::int64_t> counts,
                                                     std::span<const std::int64_t> quality,
                                                     std::span<const std::uint64_t> buyers);

}  // namespace guildsum::models
