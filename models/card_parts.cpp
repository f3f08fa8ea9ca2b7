#include "models/card_parts.hpp"

#include <utility>

#include <boost/json/array.hpp>

namespace guildsum::models {
namespace {

using boost::json::array;
using boost::json::object;

object gap_json(const FairnessGap& gap) {
  return {{"min", gap.min},
          {"max", gap.max},
          {"difference", gap.difference()},
          {"difference_error", gap.difference_error},
          {"ratio", gap.ratio()}};
}

}  // namespace

object card_settings(const TaskPlan& plan) {
  if (plan.kind == TaskKind::popularity) {
    return {{"customers_min", plan.popularity.customers_min}};
  }
  if (plan.kind == TaskKind::ease) return {{"ridge", plan.ease.ridge_shared}};
  if (plan.kind == TaskKind::ials) {
    return {{"factors", plan.ials.factors},
            {"unobserved_weight", plan.ials.unobserved_weight},
            {"regularisation", plan.ials.regularisation},
            {"epochs", plan.ials.epochs},
            {"products", plan.ials.products},
            {"seed", plan.ials.seed}};
  }
  if (plan.kind == TaskKind::transitions) {
    const auto& transitions = plan.transitions;
    return {{"distance_max", transitions.distance_max},
            {"shrink", transitions.scoring.shrink},
            {"decay", transitions.scoring.decay},
            {"baskets", transitions.scoring.baskets}};
  }
  const auto& gradient = plan.gradient;
  return {{"factors", gradient.factors},
          {"rounds", gradient.rounds},
          {"local_epochs", gradient.local_epochs},
          {"local_rate", gradient.local_rate},
          {"regularisation", gradient.regularisation},
          {"proximal", gradient.proximal},
          {"optimiser", to_string(gradient.optimiser)},
          {"server_rate", gradient.server_rate},
          {"seed", gradient.seed}};
}

object card_intended_use() {
  return {{"primary", "recommending items to customers of the shops that trained it"},
          {"users", "these shops; each serves its own customers on its own premises"},
          {"not_for", array{"prices, credit or any decision about a person",
                            "customers or items of other trades than those it was trained on"}}};
}

object audit_document(const FairnessReport& report, std::span<const std::string> group_names) {
  array groups;
  for (const auto& group : report.groups) {
    groups.push_back(object{{"group", group_names[group.group]},
                            {"customers", group.customers},
                            {"ndcg_at_10", group.ndcg_at_10.value},
                            {"ndcg_error", group.ndcg_at_10.error},
                            {"recall_at_20", group.recall_at_20.value},
                            {"recall_error", group.recall_at_20.error},
                            {"served_badly", group.served_badly}});
  }
  array suppressed;
  for (const auto group : report.suppressed) {
    suppressed.emplace_back(group_names[group]);
  }
  object document{{"groups", std::move(groups)},
                  {"suppressed", std::move(suppressed)},
                  {"mean_ndcg_at_10", report.mean_ndcg_at_10},
                  {"ndcg_at_10", gap_json(report.ndcg_at_10)},
                  {"recall_at_20", gap_json(report.recall_at_20)},
                  {"coverage_at_20", report.coverage_at_20},
                  {"exposure_gini", report.exposure_gini},
                  {"head_exposure_share", report.head_exposure_share},
                  {"head_purchase_share", report.head_purchase_share},
                  {"tail_exposure_share", report.tail_exposure_share()}};
  if (report.shops > 0) {
    document["shops"] = report.shops;
    document["shops_worse"] = report.shops_worse;
    document["mean_gain"] = report.mean_gain;
  }
  return document;
}

object card_groups(const FairnessReport& report, std::span<const std::string> group_names) {
  auto groups = audit_document(report, group_names);
  for (const char* key : {"groups", "suppressed"}) {
    if (groups.at(key).as_array().empty()) groups[key] = "none";
  }
  return groups;
}

}  // namespace guildsum::models
