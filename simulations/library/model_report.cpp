#include "simulations/library/model_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "simulations/evaluation_output.hpp"

namespace guildsum::simulations {
namespace {

namespace json = boost::json;

constexpr int kDigits = 4;

std::string fixed(double value) { return cli::format_fixed(value, kDigits); }

double gain_of(double before, double after) { return before > 0 ? after / before - 1 : 0; }

std::string percent(double share) {
  const double shown = std::round(1000 * share) / 10 + 0.0;  // Never minus zero.
  return (shown >= 0 ? "+" : "") + cli::format_fixed(shown, 1) + " %";
}

json::object scenario_of(const ModelReport& report) {
  const auto& s = report.scenario;
  json::object model{{"kind", to_string(s.settings.model)}};
  if (s.settings.model == ModelKind::ials || s.settings.model == ModelKind::blend) {
    model["factors"] = s.settings.ials.factors;
    model["epochs"] = s.settings.ials.epochs;
    model["products"] = s.settings.ials.products;
  }
  if (s.settings.gradient) {
    model["factors"] = s.settings.gradient->factors;
    model["rounds"] = s.settings.gradient->rounds;
  }
  if (s.settings.ridge) model["ridge"] = *s.settings.ridge;
  if (s.settings.own_weight > 0) model["own_weight"] = s.settings.own_weight;
  if (s.settings.pairs_min > 0) model["pairs_min"] = s.settings.pairs_min;
  if (s.guard) model["guard"] = true;
  if (s.bits > 0) model["bits"] = s.bits;
  const bool discover = s.settings.protocol == models::EvaluationProtocol::discover;
  return {{"name", s.name},
          {"data",
           {{"set", s.set},
            {"shops", s.shops},
            {"dropout", s.dropout},
            {"partial", s.partial},
            {"groups", s.groups},
            {"protocol", discover ? "discover" : "next-basket"},
            {"users", report.run.users},
            {"items", report.run.items}}},
          {"model", std::move(model)},
          {"seed", s.seed}};
}

json::array models_of(const ModelRun& run) {
  json::array models;
  for (const auto& [name, report] : run.models) {
    json::object entry{{"training", name}, {"evaluated", report.quality.customers}};
    for (const auto& member : quality_json(report.quality)) entry.insert(member);
    entry["secure_sums"] = report.sums;
    entry["training_seconds"] = report.seconds;
    models.push_back(std::move(entry));
  }
  return models;
}

/// A line per shop: what its customers got before and after.
json::array shops_of(const ModelRun& run) {
  json::array shops;
  const auto* alone = run.find("alone");
  const auto& federated = run.models.front().report.per_shop;
  for (std::size_t k = 0; k < federated.size(); ++k) {
    const auto& shop = federated[k];
    json::object entry{{"shop", shop.name},
                       {"customers", shop.customers},
                       {"evaluated", shop.quality.customers},
                       {"federated", shop.quality.ndcg_at_20},
                       {"federated_error", shop.quality.ndcg_error}};
    if (alone != nullptr) {
      const auto& own = alone->per_shop[k].quality;
      entry["alone"] = own.ndcg_at_20;
      entry["alone_error"] = own.ndcg_error;
      entry["gain"] = gain_of(own.ndcg_at_20, shop.quality.ndcg_at_20);
      if (const auto* guarded = run.find("guarded")) {
        const double served = guarded->per_shop[k].quality.ndcg_at_20;
        entry["keeps_own"] = static_cast<bool>(run.keeps_own[k]);
        entry["guarded"] = served;
        entry["guarded_gain"] = gain_of(own.ndcg_at_20, served);
      }
    }
    shops.push_back(std::move(entry));
  }
  return shops;
}

json::array phases_of(const CostsByPhase& phases) {
  json::array array;
  for (std::size_t k = 0; k < phases.size(); ++k) {
    array.push_back({{"phase", kPhaseNames[k]},
                     {"bytes_up", phases[k].bytes_up},
                     {"bytes_down", phases[k].bytes_down},
                     {"shops_seconds", phases[k].shops},
                     {"coordinator_seconds", phases[k].coordinator}});
  }
  return array;
}

json::array attacks_of(const ModelReport& report) {
  json::array attacks;
  for (const auto& outcome : report.run.attacks) {
    const auto& [poison, item] = outcome.attack;
    json::object entry{{"attack", to_string(poison.kind)},
                       {"label", label_of(poison)},
                       {"shop", poison.shop}};
    if (poison.customers > 0) entry["invented_customers"] = poison.customers;
    entry["factor"] = poison.factor;
    entry["other_shops_customers"] = outcome.customers;
    entry["ndcg_honest"] = outcome.honest.ndcg_at_20;
    if (!outcome.refused.empty()) {
      entry["refused"] = outcome.refused;
    } else {
      entry["ndcg_attacked"] = outcome.attacked.ndcg_at_20;
      entry["change"] = gain_of(outcome.honest.ndcg_at_20, outcome.attacked.ndcg_at_20);
      if (!item.empty()) {
        entry["item"] = item;
        entry["shown_honest"] = outcome.shown_honest;
        entry["shown_attacked"] = outcome.shown_attacked;
      }
    }
    attacks.push_back(std::move(entry));
  }
  return attacks;
}

/// By shop: 1 for each sum that it is in.
json::array participation_of(const ModelRun& run) {
  json::array shops;
  const auto& names = run.models.front().report.per_shop;
  for (std::size_t shop = 0; shop < names.size(); ++shop) {
    json::array sums;
    for (const auto& counted : run.participation) sums.push_back(counted[shop] ? 1 : 0);
    shops.push_back({{"shop", names[shop].name}, {"in_sum", std::move(sums)}});
  }
  return shops;
}

json::array curve_of(const ModelRun& run) {
  json::array curve;
  for (const auto& point : run.curve) {
    curve.push_back({{"at", point.at},
                     {"ndcg_at_20", point.quality.ndcg_at_20},
                     {"recall_at_20", point.quality.recall_at_20}});
  }
  return curve;
}

/// What the keep-local guard makes of it, against shops alone.
std::string guard_sentence(const EvaluationReport& guarded, const EvaluationReport& alone,
                           const std::vector<bool>& keeps_own) {
  double worst = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < alone.per_shop.size(); ++k) {
    worst = std::min(worst, gain_of(alone.per_shop[k].quality.ndcg_at_20,
                                    guarded.per_shop[k].quality.ndcg_at_20));
  }
  const auto keep = std::count(keeps_own.begin(), keeps_own.end(), true);
  return ". With the keep-local guard " + cli::format_count(static_cast<std::uint64_t>(keep)) +
         " of " + cli::format_count(keeps_own.size()) + " shops keep their own model: " +
         fixed(guarded.quality.ndcg_at_20) + " (" +
         percent(gain_of(alone.quality.ndcg_at_20, guarded.quality.ndcg_at_20)) +
         "), the worst shop " + percent(worst);
}

}  // namespace

std::string verdict_of(const ModelReport& report) {
  const auto& run = report.run;
  const double federated = run.models.front().report.quality.ndcg_at_20;
  std::string text = "Federated " + std::string{to_string(report.scenario.settings.model)} +
                     " reaches an NDCG@20 of " + fixed(federated);
  if (const auto* alone = run.find("alone")) {
    const double own = alone->quality.ndcg_at_20;
    text += ", shops alone " + fixed(own) + " (" + percent(gain_of(own, federated)) + ")";
    std::size_t worse = 0;
    const auto& shops = run.models.front().report.per_shop;
    for (std::size_t k = 0; k < shops.size(); ++k) {
      worse += shops[k].quality.ndcg_at_20 < alone->per_shop[k].quality.ndcg_at_20 ? 1 : 0;
    }
    text += worse == 0 ? "; every shop gains"
                       : "; " + cli::format_count(worse) + " of " +
                             cli::format_count(shops.size()) + " shops do better alone";
  }
  const auto* guarded = run.find("guarded");
  if (guarded != nullptr) text += guard_sentence(*guarded, *run.find("alone"), run.keeps_own);
  if (const auto* central = run.find("centralised")) {
    text += ". With all data in one place it is " + fixed(central->quality.ndcg_at_20);
  }
  text += run.exactness.different == 0
              ? ". All " + cli::format_count(run.exactness.values) +
                    " values that were summed in secret equal the plain sums."
              : ". " + cli::format_count(run.exactness.different) +
                    " values that were summed in secret DIFFER from the plain sums.";
  return text;
}

json::object to_json(const ModelReport& report) {
  const auto& run = report.run;
  const auto& exactness = run.exactness;
  json::object document{{"report", "model"},
                        {"scenario", scenario_of(report)},
                        {"command", report.command},
                        {"verdict", verdict_of(report)},
                        {"passed", exactness.different == 0},
                        {"models", models_of(run)},
                        {"shops", shops_of(run)}};
  if (!run.curve.empty()) document["curve"] = curve_of(run);
  document["secure_sums"] = json::object{{"sums", exactness.sums},
                                         {"values_compared", exactness.values},
                                         {"values_different", exactness.different},
                                         {"longest", exactness.length_max},
                                         {"ring_bits", exactness.ring_bits_max}};
  if (report.scenario.dropout > 0) document["participation"] = participation_of(run);
  document["phases"] = phases_of(run.phases);
  if (const auto& fairness = run.models.front().report.fairness) {
    document["fairness"] = to_json(*fairness);
  }
  if (!run.attacks.empty()) document["attacks"] = attacks_of(report);
  json::object privacy{
      {"enabled", false},
      {"reason", "these figures are of rounds without noise: no epsilon is spent or claimed"}};
  if (!run.privacy.empty()) privacy["by_epsilon"] = to_json(run.privacy);
  document["differential_privacy"] = std::move(privacy);
  document["seconds"] = run.seconds;
  return document;
}

std::string to_text(const ModelReport& report) {
  using Align = cli::Table::Align;
  cli::Table table{{{"training", Align::left},
                    {"evaluated", Align::right},
                    {"recall@20", Align::right},
                    {"+-", Align::right},
                    {"NDCG@20", Align::right},
                    {"+-", Align::right}}};
  for (const auto& [name, model] : report.run.models) {
    const auto& q = model.quality;
    table.add_row({name, cli::format_count(q.customers), fixed(q.recall_at_20),
                   fixed(q.recall_error), fixed(q.ndcg_at_20), fixed(q.ndcg_error)});
  }
  std::string text = table.text();
  for (const auto& outcome : report.run.attacks) {
    const auto& [poison, item] = outcome.attack;
    text += label_of(poison) + ": ";
    if (!outcome.refused.empty()) {
      text += "training refused it: " + outcome.refused + "\n";
      continue;
    }
    text += "NDCG@20 of the other shops' customers " + fixed(outcome.honest.ndcg_at_20) + " -> " +
            fixed(outcome.attacked.ndcg_at_20);
    if (!item.empty()) {
      text += ", item " + item + " shown to " + cli::format_count(outcome.shown_honest) + " -> " +
              cli::format_count(outcome.shown_attacked) + " of " +
              cli::format_count(outcome.customers);
    }
    text += "\n";
  }
  text += to_text(report.run.privacy);
  return text + verdict_of(report) + "\n";
}

Result<> write_report(const json::object& report, const std::string& page,
                      const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return os_error(error.value(), "creating", directory);
  const std::string text = guildsum::json::pretty(report) + "\n";
  GS_CHECK(write_file_atomically(directory / "report.json", as_bytes(text), kPublicFile));
  return write_file_atomically(directory / "report.html", as_bytes(page), kPublicFile);
}

}  // namespace guildsum::simulations
