#include "simulations/evaluation_card.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "models/card_parts.hpp"
#include "models/model_card.hpp"

namespace guildsum::simulations {
namespace {

using boost::json::array;
using boost::json::object;

/// The plan that the model's task had.
Result<models::TaskPlan> plan_of(const EvaluationSettings& settings) {
  models::TaskPlan plan;
  const auto kind = models::parse_task_kind(to_string(settings.model));
  if (kind.has_error()) {
    return Error{BaseErrc::invalid_argument,
                 "a model card is of a model that one task trains: popularity, ease, ials, bpr, "
                 "softmax or transitions"};
  }
  plan.kind = *kind;
  plan.ials = settings.ials;
  if (settings.ridge) plan.ease.ridge_shared = *settings.ridge;
  plan.gradient = gradient_plan(settings);
  plan.transitions.scoring = settings.transitions;
  return plan;
}

object quality_of(const EvaluationResult& result) {
  const auto& quality = result.report.quality;
  const bool discover = result.settings.protocol == models::EvaluationProtocol::discover;
  return {{"protocol", discover ? "each customer's later purchases that were new to her"
                                : "each customer's next basket"},
          {"customers", quality.customers},
          {"ndcg_at_20", quality.ndcg_at_20},
          {"ndcg_error", quality.ndcg_error},
          {"recall_at_20", quality.recall_at_20},
          {"recall_error", quality.recall_error},
          {"hit_rate_at_10", quality.hit_rate_at_10}};
}

/// What protects single customers, and what the model is worth under other epsilons.
object privacy_of(const EvaluationResult& result) {
  object privacy;
  if (result.report.privacy) {
    privacy = privacy_json(*result.settings.privacy, *result.report.privacy);
  } else {
    privacy["enabled"] = false;
    privacy["reason"] = "the sums are exact; what they may say is in docs/threat_model.md";
  }
  if (!result.privacy_table.empty()) {
    privacy["quality_by_epsilon"] = to_json(result.privacy_table);
  }
  return privacy;
}

array limits_of(const EvaluationResult& result) {
  array limits{
      "Measured on held-out purchases of the same customers, in a simulation; not by showing "
      "recommendations to anybody.",
      "Items that hardly anybody bought are ranked by little evidence; items that nobody bought "
      "are not ranked.",
      "The coordinator sees the opened sums and every model; without differential privacy a sum "
      "over few shops can say something about one of them."};
  if (!result.report.fairness->report.suppressed.empty()) {
    limits.emplace_back("Nothing is known of groups of fewer than " +
                        std::to_string(models::kFairnessCustomersMin) +
                        " customers; their figures are suppressed.");
  }
  return limits;
}

}  // namespace

Result<object> model_card_of(const EvaluationResult& result) {
  GS_TRY(const auto plan, plan_of(result.settings));
  const auto& report = result.report;
  if (result.settings.mode != TrainingMode::federated || !report.fairness) {
    return Error{BaseErrc::invalid_argument, "a model card needs --mode federated and --groups"};
  }
  const auto shops = report.per_shop.size();
  object card;
  card["model"] = object{{"kind", models::to_string(plan.kind)},
                         {"version", "evaluation"},
                         {"settings", models::card_settings(plan)}};
  card["intended_use"] = models::card_intended_use();
  card["data"] = object{{"shops", shops},
                        {"customers", result.users},
                        {"items", result.items},
                        {"what", "which customer bought which item; no name, address, age or "
                                 "payment"}};
  card["training"] =
      object{{"procedure", "secure sums over the shops; no shop's part is ever seen"},
             {"secure_sums", report.sums - report.fairness->sums}};
  card["contributors"] = object{{"shops", shops}, {"minimum", shops}};
  card["lineage"] = object{{"parent", "none: trained from its starting values"},
                           {"root", report.model_root}};
  card["quality"] = quality_of(result);
  card["groups"] = models::card_groups(report.fairness->report, report.fairness->group_names);
  card["differential_privacy"] = privacy_of(result);
  card["main_parameters"] = models::main_parameters_text(plan);
  card["limits"] = limits_of(result);
  GS_CHECK(models::check_model_card(card));
  return card;
}

Result<> write_model_card(const object& card, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error{boost::system::error_code{error}, directory.string()};
  const auto text = json::pretty(card) + "\n";
  GS_CHECK(write_file_atomically(directory / "card.json", as_bytes(text)));
  return write_file_atomically(directory / "card.html", as_bytes(models::model_card_page(card)));
}

}  // namespace guildsum::simulations
