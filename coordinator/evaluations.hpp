#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "coordinator/store/blobs.hpp"
#include "coordinator/store/rows.hpp"
#include "models/evaluation_report.hpp"

/// What federated evaluations found out about the released versions.
namespace guildsum::coordinator {

/// One evaluation, read from its checkpoint.
struct Evaluation {
  ModelRow row;
  models::TaskPlan plan;
  models::EvaluationSums sums;
  models::EvaluationReport report;
};

/// BaseErrc::corrupt if the checkpoint is damaged; models' errors for one of another plan.
[[nodiscard]] Result<Evaluation> read_evaluation(Blobs& blobs, const ModelRow& row);
/// The newest evaluations that are needed to tell of every other version, newest first; at most 32.
/// @param models  all versions, oldest first
[[nodiscard]] Result<std::vector<Evaluation>> newest_evaluations(Blobs& blobs,
                                                                 std::span<const ModelRow> models);

/// Where a version was measured as it is released: alone, with the settings of its own plan.
struct Measured {
  const Evaluation* evaluation = nullptr;
  std::size_t candidate = 0;
};
/// In the first of `evaluations` that has figures of it.
[[nodiscard]] std::optional<Measured> find_measured(std::span<const Evaluation> evaluations,
                                                    const ModelRow& model);

/// "ease 2", "ease 2, ridge 300", "0.7 ease 2 + 0.3 ials 3"
[[nodiscard]] std::string candidate_name(const models::EvaluationCandidate& candidate,
                                         std::span<const ModelRow> models);
/// Figures of a version: of which evaluation, customers, NDCG@20 and recall@20 with standard
/// errors.
[[nodiscard]] boost::json::object describe_quality(const Measured& measured);
/// The whole table of an evaluation; `models` names its candidates.
[[nodiscard]] boost::json::object describe_evaluation(const Evaluation& evaluation,
                                                      std::span<const ModelRow> models);

}  // namespace guildsum::coordinator
