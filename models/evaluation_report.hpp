#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/fairness.hpp"
#include "models/released.hpp"

namespace guildsum::models {

/// Quality of one candidate over all measured customers.
struct CandidateQuality {
  MeanEstimate ndcg_at_20;
  MeanEstimate recall_at_20;
  std::int64_t shops = 0;        ///< That compared it with a model of their own.
  std::int64_t shops_worse = 0;  ///< Those of them whose own is better: they keep it.
  double mean_gain = 0;          ///< Of NDCG@20 over the own model, over these shops.
};

/// The shops' own models, each for its own customers: what they would have without the federation.
struct OwnQuality {
  std::int64_t customers = 0;
  MeanEstimate ndcg_at_20;
  MeanEstimate recall_at_20;
};

struct EvaluationReport {
  std::int64_t customers = 0;  ///< Of all shops in the first sum.
  std::int64_t held_out = 0;   ///< Those of them with held-out purchases.
  /// With held-out purchases: those that measured, or of the first sum where no other was opened.
  std::int64_t shops = 0;
  std::int64_t measured = 0;  ///< Customers behind the figures; 0 = nothing was measured.
  std::vector<CandidateQuality> candidates;  ///< As in the plan; empty when nothing was measured.
  std::optional<OwnQuality> own;             ///< Where enough customers' shops compared.
  /// The candidate with the highest NDCG@20, the first of equals. Nothing was measured: 0.
  [[nodiscard]] std::size_t best() const noexcept;
};

/// Reads what an evaluation opened. ModelsErrc::wrong_shape unless the sums are of the plan.
[[nodiscard]] Result<EvaluationReport> evaluation_report(const TaskPlan& plan,
                                                         const EvaluationSums& sums);

/// The fairness audit of one candidate, with the names of its groups.
struct EvaluationAudit {
  FairnessReport report;
  std::vector<std::string> group_names;  ///< By `GroupQuality::group`.
};

/// Groups of neighbouring bands with at least kFairnessCustomersMin customers each.
/// @param buyers  [items] customers per item, as a popularity task or the Gram diagonal has them
/// @return ModelsErrc::wrong_shape, wrong_step when nothing was measured.
[[nodiscard]] Result<EvaluationAudit> evaluation_audit(const TaskPlan& plan,
                                                       const EvaluationSums& sums,
                                                       std::size_t candidate,
                                                       std::span<const std::uint64_t> buyers);

/// "up to 15 items bought", "16 to 35 items bought", "more than 75 items bought" for the bands
/// from `first` up to `end` (exclusive); "all customers" for all of them.
[[nodiscard]] std::string band_name(const EvaluationPlan& plan, std::size_t first, std::size_t end);

}  // namespace guildsum::models
