#include "coordinator/evaluations.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

#include "base/cli/format.hpp"
#include "models/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {
namespace {

namespace json = boost::json;

constexpr std::size_t kEvaluationsMax = 32;

bool is_evaluation(const ModelRow& row) {
  return row.kind == models::to_string(models::TaskKind::evaluation);
}

void add_figures(json::object& out, const models::MeanEstimate& ndcg,
                 const models::MeanEstimate& recall) {
  out["ndcg_at_20"] = ndcg.value;
  out["ndcg_error"] = ndcg.error;
  out["recall_at_20"] = recall.value;
  out["recall_error"] = recall.error;
}

std::string version_name(std::uint64_t version, std::span<const ModelRow> models) {
  const auto found = std::ranges::find_if(
      models, [version](const ModelRow& row) { return row.version.value() == version; });
  const std::string kind = found == models.end() ? "version" : found->kind;
  return kind + " " + std::to_string(version);
}

/// Without zeros at the end.
std::string short_number(double value) {
  std::string text = cli::format_fixed(value, 4);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

json::object describe_candidate(const Evaluation& evaluation, std::size_t index,
                                std::span<const ModelRow> models) {
  const auto& candidate = evaluation.plan.evaluation.candidates[index];
  json::object out{{"name", candidate_name(candidate, models)},
                   {"version", candidate.model.version},
                   {"ridge", candidate.ridge > 0 ? json::value(candidate.ridge) : nullptr},
                   {"other_version", nullptr},
                   {"other_weight", nullptr}};
  if (candidate.is_blend()) {
    out["other_version"] = candidate.other.version;
    out["other_weight"] = candidate.other_weight;
  }
  if (evaluation.report.candidates.empty()) return out;
  const auto& quality = evaluation.report.candidates[index];
  add_figures(out, quality.ndcg_at_20, quality.recall_at_20);
  out["shops"] = quality.shops;
  out["shops_worse"] = quality.shops_worse;
  out["mean_gain"] = quality.mean_gain;
  out["best"] = evaluation.report.best() == index;
  return out;
}

}  // namespace

Result<Evaluation> read_evaluation(Blobs& blobs, const ModelRow& row) {
  Evaluation out;
  out.row = row;
  GS_TRY(out.plan, models::TaskPlan::parse(row.plan));
  GS_TRY(const Bytes checkpoint, blobs.load(row.checkpoint, protocol::kBlobBytesMax));
  GS_TRY(auto released, models::release(out.plan, checkpoint));
  auto* const sums = std::get_if<models::EvaluationSums>(&released);
  if (sums == nullptr) {
    return Error{models::ModelsErrc::wrong_shape,
                 "version " + std::to_string(row.version.value()) + " is no evaluation"};
  }
  out.sums = std::move(*sums);
  GS_TRY(out.report, models::evaluation_report(out.plan, out.sums));
  return out;
}

Result<SharedEvaluation> Evaluations::read(const ModelRow& row) {
  const std::uint64_t version = row.version.value();
  {
    const std::scoped_lock lock{mutex_};
    const auto known = read_.find(version);
    if (known != read_.end() && known->second->row.checkpoint == row.checkpoint) {
      return known->second;
    }
  }
  GS_TRY(Evaluation evaluation, read_evaluation(blobs_, row));
  auto shared = std::make_shared<const Evaluation>(std::move(evaluation));
  const std::scoped_lock lock{mutex_};
  read_[version] = shared;
  if (read_.size() > kEvaluationsMax) read_.erase(read_.begin());
  return shared;
}

SharedEvaluation Evaluations::read_or_log(const ModelRow& row) {
  auto evaluation = read(row);
  if (evaluation.has_value()) return *std::move(evaluation);
  const std::scoped_lock lock{mutex_};
  if (unreadable_.insert(row.version.value()).second) {
    log_.error("evaluation.unreadable",
               {{"version", row.version.value()}, {"reason", evaluation.error()}});
  }
  return nullptr;
}

std::vector<SharedEvaluation> Evaluations::newest(std::span<const ModelRow> models) {
  std::vector<SharedEvaluation> found;
  std::size_t to_tell = 0;
  for (const ModelRow& row : models) to_tell += models::is_recommender(row.kind);
  for (auto row = models.rbegin(); row != models.rend(); ++row) {
    if (to_tell == 0 || found.size() == kEvaluationsMax) break;
    if (!is_evaluation(*row)) continue;
    SharedEvaluation evaluation = read_or_log(*row);
    if (evaluation == nullptr) continue;
    for (const ModelRow& model : models) {
      const bool known = find_measured(found, model).has_value();
      if (!known && find_measured(std::span{&evaluation, 1}, model)) --to_tell;
    }
    found.push_back(std::move(evaluation));
  }
  return found;
}

std::optional<Measured> find_measured(std::span<const SharedEvaluation> evaluations,
                                      const ModelRow& model) {
  for (const SharedEvaluation& evaluation : evaluations) {
    if (evaluation->report.candidates.empty()) continue;
    const auto& candidates = evaluation->plan.evaluation.candidates;
    for (std::size_t c = 0; c < candidates.size(); ++c) {
      const auto& candidate = candidates[c];
      const bool is_it = candidate.model.version == model.version.value() &&
                         std::ranges::equal(candidate.model.root, model.checkpoint.view());
      if (is_it && !candidate.is_blend() && candidate.ridge == 0) {
        return Measured{evaluation.get(), c};
      }
    }
  }
  return std::nullopt;
}

std::string candidate_name(const models::EvaluationCandidate& candidate,
                           std::span<const ModelRow> models) {
  std::string name = version_name(candidate.model.version, models);
  if (candidate.ridge > 0) name += ", ridge " + short_number(candidate.ridge);
  if (!candidate.is_blend()) return name;
  return short_number(1 - candidate.other_weight) + " " + name + " + " +
         short_number(candidate.other_weight) + " " + version_name(candidate.other.version, models);
}

json::object describe_quality(const Measured& measured) {
  const models::EvaluationReport& report = measured.evaluation->report;
  const auto& quality = report.candidates[measured.candidate];
  json::object out{{"evaluation", measured.evaluation->row.version.value()},
                   {"customers", report.measured}};
  add_figures(out, quality.ndcg_at_20, quality.recall_at_20);
  out["shops"] = quality.shops;
  out["shops_worse"] = quality.shops_worse;
  out["mean_gain"] = quality.mean_gain;
  return out;
}

json::object describe_evaluation(const Evaluation& evaluation, std::span<const ModelRow> models) {
  const models::EvaluationReport& report = evaluation.report;
  json::object out{{"customers", report.customers},
                   {"held_out", report.held_out},
                   {"measured", report.measured},
                   {"shops", report.shops},
                   {"shops_min", evaluation.plan.evaluation.shops_min},
                   {"customers_min", models::kFairnessCustomersMin},
                   {"alone", nullptr}};
  json::array candidates;
  for (std::size_t c = 0; c < evaluation.plan.evaluation.candidates.size(); ++c) {
    candidates.push_back(describe_candidate(evaluation, c, models));
  }
  out["candidates"] = std::move(candidates);
  if (report.own) {
    json::object own{{"customers", report.own->customers}};
    add_figures(own, report.own->ndcg_at_20, report.own->recall_at_20);
    out["alone"] = std::move(own);
  }
  return out;
}

}  // namespace guildsum::coordinator
