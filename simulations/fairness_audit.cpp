#include "simulations/fairness_audit.hpp"

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "models/card_parts.hpp"

namespace guildsum::simulations {
namespace {

constexpr int kDigits = 4;

std::string fixed(double value) { return cli::format_fixed(value, kDigits); }
std::string percent(double value) { return cli::format_fixed(100.0 * value, 1) + " %"; }

std::string gap_text(const char* what, const models::FairnessGap& gap) {
  return std::string{what} + " of the groups: " + fixed(gap.min) + " to " + fixed(gap.max) +
         ", difference " + fixed(gap.difference()) + " +- " + fixed(gap.difference_error) +
         ", ratio " + cli::format_fixed(gap.ratio(), 2) + "\n";
}

}  // namespace

Result<FairnessFindings> audit_fairness(std::span<const AuditedShop> shops,
                                        std::vector<std::string> group_names,
                                        std::span<const std::uint64_t> buyers,
                                        SecureSum& secure_sum) {
  models::TaskPlan plan;
  plan.items = static_cast<std::uint32_t>(buyers.size());
  std::vector<std::vector<std::int64_t>> contributions;
  for (const auto& shop : shops) contributions.push_back(shop.meter.counts());
  GS_TRY(const auto counts,
         secure_sum.sum(plan, models::fairness_counts_request(group_names.size()), contributions));
  const auto measured = models::fairness_groups(counts);
  contributions.clear();
  for (const auto& shop : shops) {
    contributions.push_back(
        shop.meter.contribution(measured, shop.gain ? &*shop.gain : nullptr));
  }
  GS_TRY(const auto quality,
         secure_sum.sum(plan, models::fairness_quality_request(measured.size(), plan.items),
                        contributions));
  FairnessFindings findings;
  findings.group_names = std::move(group_names);
  findings.sums = 2;
  GS_TRY(findings.report, models::fairness_report(counts, quality, buyers));
  return findings;
}

boost::json::object to_json(const FairnessFindings& findings) {
  return models::audit_document(findings.report, findings.group_names);
}

std::string to_text(const FairnessFindings& findings) {
  using Align = cli::Table::Align;
  const auto& report = findings.report;
  cli::Table table{{{"group", Align::left},
                    {"customers", Align::right},
                    {"NDCG@10", Align::right},
                    {"+-", Align::right},
                    {"recall@20", Align::right},
                    {"+-", Align::right},
                    {"", Align::left}}};
  for (const auto& group : report.groups) {
    table.add_row({findings.group_names[group.group],
                   cli::format_count(static_cast<std::uint64_t>(group.customers)),
                   fixed(group.ndcg_at_10.value), fixed(group.ndcg_at_10.error),
                   fixed(group.recall_at_20.value), fixed(group.recall_at_20.error),
                   group.served_badly ? "below 0.8 of the mean" : ""});
  }
  std::string text = "fairness by group:\n" + table.text();
  if (!report.suppressed.empty()) {
    text += "suppressed, of fewer than " + std::to_string(models::kFairnessCustomersMin) +
            " customers: " + cli::format_count(report.suppressed.size()) +
            (report.suppressed.size() == 1 ? " group\n" : " groups\n");
  }
  text += gap_text("NDCG@10", report.ndcg_at_10) + gap_text("recall@20", report.recall_at_20);
  text += "shown: " + percent(report.coverage_at_20) + " of the items, Gini " +
          cli::format_fixed(report.exposure_gini, 2) + "; the best-sold fifth gets " +
          percent(report.head_exposure_share) + " of what is shown and " +
          percent(report.head_purchase_share) + " of what is bought\n";
  if (report.shops > 0) {
    text += cli::format_count(static_cast<std::uint64_t>(report.shops_worse)) + " of " +
            cli::format_count(static_cast<std::uint64_t>(report.shops)) +
            " shops are better off alone; mean gain of NDCG@20 " + fixed(report.mean_gain) + "\n";
  }
  return text;
}

}  // namespace guildsum::simulations
