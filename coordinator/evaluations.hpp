#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/log.hpp"
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

using SharedEvaluation = std::shared_ptr<const Evaluation>;

/// Reads evaluations, and keeps those that it read last: a version never changes. Thread safe.
class Evaluations {
 public:
  Evaluations(Blobs& blobs, Log& log) : blobs_{blobs}, log_{log} {}
  /// As `read_evaluation`.
  [[nodiscard]] Result<SharedEvaluation> read(const ModelRow& row);
  /// The newest ones that are needed to tell of every other version, newest first; at most 32. One
  /// that cannot be read is logged as an error, once, and left out.
  /// @param models  all versions, oldest first
  [[nodiscard]] std::vector<SharedEvaluation> newest(std::span<const ModelRow> models);

 private:
  [[nodiscard]] SharedEvaluation read_or_log(const ModelRow& row);

  Blobs& blobs_;
  Log& log_;
  std::mutex mutex_;
  std::map<std::uint64_t, SharedEvaluation> read_;  ///< by version
  std::set<std::uint64_t> unreadable_;              ///< versions that were logged
};

/// Where a version was measured as it is released: alone, with the settings of its own plan.
struct Measured {
  const Evaluation* evaluation = nullptr;
  std::size_t candidate = 0;
};
/// In the first of `evaluations` that has figures of it.
[[nodiscard]] std::optional<Measured> find_measured(std::span<const SharedEvaluation> evaluations,
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
