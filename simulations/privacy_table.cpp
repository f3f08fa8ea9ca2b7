#include "simulations/privacy_table.hpp"

#include <array>
#include <charconv>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"

namespace guildsum::simulations {
namespace {

constexpr int kQualityDigits = 4;
constexpr int kEpsilonDigits = 2;

/// The shortest text that means the same number: 1e-05.
std::string shortest(double value) {
  std::array<char, 32> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end};
}

}  // namespace

Result<std::vector<PrivacyRow>> measure_privacy_table(
    Evaluator& evaluator, const EvaluationSettings& settings,
    const std::vector<PrivacySettings>& table,
    const std::function<void(double epsilon)>& before_row) {
  std::vector<PrivacyRow> rows;
  auto chosen = settings;
  chosen.groups.reset();
  chosen.sampled_negatives = 0;
  for (const auto& privacy : table) {
    if (before_row) before_row(privacy.budget.epsilon);
    chosen.privacy = privacy;
    GS_TRY(const auto report, evaluator.run(chosen));
    rows.push_back({privacy, *report.privacy, report.quality});
  }
  return rows;
}

boost::json::object privacy_json(const PrivacySettings& settings, const PrivacyPlan& plan) {
  return {{"enabled", true},
          {"epsilon", plan.epsilon},
          {"delta", settings.budget.delta},
          {"unit", "one customer at one shop, added or removed"},
          {"covers", "the training sum; every figure of quality and fairness is exact"},
          {"mechanism", "Skellam noise of every shop before masking; Renyi accounting"},
          {"customer_items", settings.customer_items},
          {"shops_counted_on", plan.honest},
          {"noise_deviation", plan.noise_deviation},
          {"sums_below_count_as_0", plan.kept_from}};
}

boost::json::array to_json(const std::vector<PrivacyRow>& rows) {
  boost::json::array list;
  for (const auto& row : rows) {
    list.push_back(boost::json::object{{"epsilon", row.plan.epsilon},
                                       {"delta", row.settings.budget.delta},
                                       {"customer_items", row.settings.customer_items},
                                       {"noise_deviation", row.plan.noise_deviation},
                                       {"ndcg_at_20", row.quality.ndcg_at_20},
                                       {"ndcg_error", row.quality.ndcg_error},
                                       {"recall_at_20", row.quality.recall_at_20},
                                       {"recall_error", row.quality.recall_error}});
  }
  return list;
}

std::string to_text(const PrivacySettings& settings, const PrivacyPlan& plan) {
  return "differential privacy: epsilon " + cli::format_fixed(plan.epsilon, kEpsilonDigits) +
         " at delta " + shortest(settings.budget.delta) +
         " for one customer at one shop, of the training sum only; at most " +
         cli::format_count(settings.customer_items) +
         " items of each are counted, noise of standard deviation " +
         cli::format_fixed(plan.noise_deviation, kEpsilonDigits) + " on every sum\n";
}

std::string to_text(const std::vector<PrivacyRow>& rows) {
  if (rows.empty()) return {};
  using Align = cli::Table::Align;
  cli::Table table{{{"epsilon", Align::right},
                    {"items counted", Align::right},
                    {"noise deviation", Align::right},
                    {"recall@20", Align::right},
                    {"+-", Align::right},
                    {"NDCG@20", Align::right},
                    {"+-", Align::right}}};
  for (const auto& row : rows) {
    table.add_row({cli::format_fixed(row.plan.epsilon, kEpsilonDigits),
                   cli::format_count(row.settings.customer_items),
                   cli::format_fixed(row.plan.noise_deviation, kEpsilonDigits),
                   cli::format_fixed(row.quality.recall_at_20, kQualityDigits),
                   cli::format_fixed(row.quality.recall_error, kQualityDigits),
                   cli::format_fixed(row.quality.ndcg_at_20, kQualityDigits),
                   cli::format_fixed(row.quality.ndcg_error, kQualityDigits)});
  }
  return "with differential privacy, at delta " +
         shortest(rows.front().settings.budget.delta) + " for one customer at one shop:\n" +
         table.text();
}

}  // namespace guildsum::simulations
