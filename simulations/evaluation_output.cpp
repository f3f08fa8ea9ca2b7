#include "simulations/evaluation_output.hpp"

#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"

namespace guildsum::simulations {
namespace {

using Align = cli::Table::Align;

constexpr int kQualityDigits = 4;

std::string fixed(double value) { return cli::format_fixed(value, kQualityDigits); }

std::vector<std::string> quality_cells(std::string name, const models::Quality& quality) {
  return {std::move(name),
          cli::format_count(quality.customers),
          fixed(quality.recall_at_20),
          fixed(quality.recall_error),
          fixed(quality.ndcg_at_20),
          fixed(quality.ndcg_error),
          fixed(quality.hit_rate_at_10),
          fixed(quality.coverage_at_20)};
}

boost::json::object tuning_json(const TuningReport& tuning) {
  boost::json::array candidates;
  for (std::size_t c = 0; c < tuning.candidates.size(); ++c) {
    candidates.push_back(boost::json::object{{"settings", tuning.candidates[c].label},
                                             {"ndcg_at_20", tuning.ndcg_at_20[c]}});
  }
  return {{"candidates", std::move(candidates)},
          {"chosen", tuning.candidates[tuning.best].label},
          {"secure_sums", tuning.sums}};
}

std::string tuning_text(const TuningReport& tuning) {
  cli::Table table{{{"settings", Align::left}, {"NDCG@20", Align::right}, {"", Align::left}}};
  for (std::size_t c = 0; c < tuning.candidates.size(); ++c) {
    table.add_row({tuning.candidates[c].label, fixed(tuning.ndcg_at_20[c]),
                   c == tuning.best ? "chosen" : ""});
  }
  return "on the validation file:\n" + table.text() + "\n";
}

std::string headline(const EvaluationResult& result) {
  std::string text = std::string{to_string(result.settings.model)} + ", " +
                     std::string{to_string(result.settings.mode)} + ": " +
                     cli::format_count(result.users) + " users x " +
                     cli::format_count(result.items) + " items, ";
  if (result.settings.mode == TrainingMode::federated) {
    text += cli::format_count(result.report.sums) + " secure sums, ";
  }
  if (result.settings.model == ModelKind::title) {
    text += cli::format_count(result.settings.title.withheld.size()) + " items withheld, ";
  }
  return text + cli::format_fixed(result.report.seconds, 1) + " s\n";
}

}  // namespace

boost::json::object quality_json(const models::Quality& quality) {
  return {{"recall_at_20", quality.recall_at_20},     {"recall_error", quality.recall_error},
          {"ndcg_at_20", quality.ndcg_at_20},         {"ndcg_error", quality.ndcg_error},
          {"hit_rate_at_10", quality.hit_rate_at_10}, {"coverage_at_20", quality.coverage_at_20}};
}

boost::json::object to_json(const EvaluationResult& result) {
  const auto& report = result.report;
  boost::json::array shops;
  for (const auto& shop : report.per_shop) {
    boost::json::object entry{
        {"shop", shop.name}, {"customers", shop.customers}, {"evaluated", shop.quality.customers}};
    for (const auto& member : quality_json(shop.quality)) entry.insert(member);
    shops.push_back(std::move(entry));
  }
  boost::json::object document{{"model", to_string(result.settings.model)},
                               {"mode", to_string(result.settings.mode)},
                               {"users", result.users},
                               {"items", result.items},
                               {"evaluated", report.quality.customers}};
  for (const auto& member : quality_json(report.quality)) document.insert(member);
  document["per_shop"] = std::move(shops);
  if (result.settings.model == ModelKind::title) {
    document["items_withheld"] = result.settings.title.withheld.size();
  }
  if (report.sampled) {
    document["sampled"] = boost::json::object{{"negatives", result.settings.sampled_negatives},
                                              {"evaluated", report.sampled->customers},
                                              {"hit_rate_at_10", report.sampled->hit_rate_at_10},
                                              {"ndcg_at_10", report.sampled->ndcg_at_10}};
  }
  if (report.fairness) document["fairness"] = to_json(*report.fairness);
  if (report.privacy) {
    document["differential_privacy"] = privacy_json(*result.settings.privacy, *report.privacy);
  }
  if (!result.privacy_table.empty()) document["by_epsilon"] = to_json(result.privacy_table);
  if (result.tuning) document["tuning"] = tuning_json(*result.tuning);
  if (result.settings.mode == TrainingMode::federated) document["secure_sums"] = report.sums;
  document["seconds"] = report.seconds;
  return document;
}

std::string to_text(const EvaluationResult& result) {
  std::vector<cli::Table::Column> columns{{"shop", Align::left}};
  for (const auto* title :
       {"evaluated", "recall@20", "+-", "NDCG@20", "+-", "hit rate@10", "coverage@20"}) {
    columns.push_back({title, Align::right});
  }
  cli::Table table{std::move(columns)};
  for (const auto& shop : result.report.per_shop) {
    table.add_row(quality_cells(shop.name, shop.quality));
  }
  table.add_row(quality_cells("all", result.report.quality));
  std::string text = result.tuning ? tuning_text(*result.tuning) : std::string{};
  text += headline(result) + table.text();
  if (const auto& sampled = result.report.sampled) {
    text += "one item among " + cli::format_count(result.settings.sampled_negatives) +
            " sampled ones: " + cli::format_count(sampled->customers) + " customers, hit rate@10 " +
            fixed(sampled->hit_rate_at_10) + ", NDCG@10 " + fixed(sampled->ndcg_at_10) + "\n";
  }
  if (result.report.privacy) text += to_text(*result.settings.privacy, *result.report.privacy);
  text += to_text(result.privacy_table);
  if (result.report.fairness) text += to_text(*result.report.fairness);
  return text;
}

}  // namespace guildsum::simulations
