#include "coordinator/release_card.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

#include "base/errors.hpp"
#include "coordinator/evaluations.hpp"
#include "coordinator/round/round_plan.hpp"
#include "models/card_parts.hpp"
#include "models/model_card.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {
namespace {

namespace json = boost::json;

std::string label(const ModelRow& model) {
  return "version " + std::to_string(model.version.value()) + " (" + model.kind + ")";
}

Error not_evaluated(const ModelRow& model) {
  return {BaseErrc::not_found,
          label(model) +
              " was not evaluated, so its card would have gaps; run: round start --task "
              "evaluation --versions " +
              std::to_string(model.version.value())};
}

/// Customers per item, if this version says so.
Result<std::optional<std::vector<std::uint64_t>>> buyers_in(Blobs& blobs, const ModelRow& row) {
  std::optional<std::vector<std::uint64_t>> buyers;
  if (row.kind != models::to_string(models::TaskKind::popularity) &&
      row.kind != models::to_string(models::TaskKind::ease)) {
    return buyers;
  }
  GS_TRY(const auto plan, models::TaskPlan::parse(row.plan));
  GS_TRY(const Bytes checkpoint, blobs.load(row.checkpoint, protocol::kBlobBytesMax));
  GS_TRY(const auto released, models::release(plan, checkpoint));
  if (const auto* counts = std::get_if<models::PopularityModel>(&released)) {
    return std::optional{counts->customers};
  }
  const auto& gram = std::get<models::GramModel>(released);
  buyers.emplace();
  for (std::uint32_t item = 0; item < gram.items; ++item) buyers->push_back(gram.at(item, item));
  return buyers;
}

/// From the version itself, else from the newest one of as many items that says so.
Result<std::vector<std::uint64_t>> find_buyers(Blobs& blobs, std::span<const ModelRow> models,
                                               const ModelRow& model, std::uint32_t items) {
  std::vector<const ModelRow*> order{&model};
  for (auto row = models.rbegin(); row != models.rend(); ++row) order.push_back(&*row);
  for (const ModelRow* row : order) {
    GS_TRY(auto buyers, buyers_in(blobs, *row));
    if (buyers && buyers->size() == items) return *std::move(buyers);
  }
  return Error{BaseErrc::not_found,
               "how many customers bought each item is not known; run: round start --task "
               "popularity"};
}

/// What the ledger says of how the version came about.
struct Origin {
  TaskRow task;
  std::uint32_t cohort_min = 0;
};

Result<Origin> origin_of(Ledger& ledger, const ModelRow& model) {
  Origin origin;
  const auto done = ledger.read([&](LedgerReader& rows) -> Result<> {
    GS_TRY(const auto task, rows.task(model.epoch));
    if (!task) return Error{BaseErrc::corrupt, "a model without its task"};
    origin.task = *task;
    GS_TRY(const auto attempts, rows.attempts(model.round));
    for (const RoundRow& row : attempts) {
      if (row.status != RoundStatus::completed) continue;
      GS_TRY(const auto plan, decode_plan(row.plan));
      origin.cohort_min = plan.cohort_min;
    }
    return {};
  });
  if (done.has_error()) return done.error();
  return origin;
}

json::object quality_of(const Measured& measured) {
  json::object quality{{"protocol",
                        "each customer's later purchases that were new to her, on the shops' own "
                        "held-out purchases; only sums over shops were opened"}};
  for (auto& member : describe_quality(measured)) quality[member.key()] = member.value();
  return quality;
}

json::array limits_of(const Evaluation& evaluation) {
  json::array limits{
      "Measured on held-out purchases of the same customers, as each shop would serve the model; "
      "not by showing recommendations to anybody.",
      "Items that hardly anybody bought are ranked by little evidence; items that nobody bought "
      "are not ranked.",
      "The coordinator sees the opened sums and every model; without differential privacy a sum "
      "over few shops can say something about one of them."};
  if (evaluation.report.held_out > evaluation.report.measured) {
    limits.emplace_back(
        "Not everybody with held-out purchases was measured: shops left during the evaluation.");
  }
  limits.emplace_back("Figures are of " + std::to_string(evaluation.report.shops) +
                      " shops with held-out purchases; others may be served better or worse.");
  return limits;
}

}  // namespace

Result<json::object> release_card(Ledger& ledger, Blobs& blobs, Evaluations& evaluated,
                                  const ModelRow& model) {
  if (!models::is_recommender(model.kind)) {
    return Error{BaseErrc::invalid_argument,
                 label(model) + " recommends nothing that an evaluation measures"};
  }
  GS_TRY(const auto all, read_from(ledger, [](LedgerReader& rows) { return rows.models(); }));
  const auto evaluations = evaluated.newest(all);
  const auto measured = find_measured(evaluations, model);
  if (!measured) return not_evaluated(model);
  const Evaluation& evaluation = *measured->evaluation;
  GS_TRY(const auto plan, models::TaskPlan::parse(model.plan));
  GS_TRY(const auto buyers, find_buyers(blobs, all, model, plan.items));
  GS_TRY(const auto audit,
         models::evaluation_audit(evaluation.plan, evaluation.sums, measured->candidate, buyers));
  GS_TRY(const Origin origin, origin_of(ledger, model));
  const bool goes_on = origin.task.origin != origin.task.epoch;

  json::object card;
  card["model"] = json::object{{"kind", model.kind},
                               {"version", model.version.value()},
                               {"settings", models::card_settings(plan)}};
  card["intended_use"] = models::card_intended_use();
  card["data"] = json::object{{"shops", model.survivors},
                              {"customers", evaluation.report.customers},
                              {"items", plan.items},
                              {"what",
                               "which customer bought which item; no name, address, age "
                               "or payment"}};
  card["training"] =
      json::object{{"procedure", "secure sums over the shops; no shop's part is ever seen"},
                   {"secure_sums", origin.task.sums_done}};
  card["contributors"] = json::object{{"shops", model.survivors}, {"minimum", origin.cohort_min}};
  card["lineage"] =
      json::object{{"parent", goes_on ? "what changed since the model of the lineage of task " +
                                            std::to_string(origin.task.origin.value())
                                      : std::string{"none: trained from its starting values"}},
                   {"lineage", model.lineage.hex()},
                   {"root", model.checkpoint.hex()},
                   {"evaluation_root", evaluation.row.checkpoint.hex()}};
  card["quality"] = quality_of(*measured);
  card["groups"] = models::card_groups(audit.report, audit.group_names);
  card["differential_privacy"] =
      json::object{{"enabled", false},
                   {"reason", "the sums are exact; what they may say is in docs/threat_model.md"}};
  card["main_parameters"] = models::main_parameters_text(plan);
  card["limits"] = limits_of(evaluation);
  GS_CHECK(models::check_model_card(card));
  return card;
}

}  // namespace guildsum::coordinator
