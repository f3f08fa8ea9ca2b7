#include "simulations/federation_report.hpp"

#include <chrono>
#include <ostream>
#include <thread>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "models/ease.hpp"
#include "models/gram.hpp"
#include "models/ials.hpp"

namespace guildsum::simulations {
namespace {

constexpr int kQualityDigits = 4;

double discover_ndcg(const models::Recommender& model, const PooledData& data) {
  return models::evaluate(model, data.bought, data.held_out, models::EvaluationProtocol::discover)
      .quality()
      .ndcg_at_20;
}

/// The average over all evaluated customers from the shops' own averages.
double pooled_ndcg(const FederationRun& run, models::Quality ShopRun::* place) {
  double sum = 0;
  std::size_t customers = 0;
  for (const ShopRun& shop : run.shops) {
    const models::Quality& quality = shop.*place;
    sum += quality.ndcg_at_20 * static_cast<double>(quality.customers);
    customers += quality.customers;
  }
  return customers == 0 ? 0 : sum / static_cast<double>(customers);
}

Result<> compare_ease(const FederationRun& run, const PooledData& data, FederationReport& report) {
  if (!run.ease) return Error{BaseErrc::not_found, "a released EASE model"};
  GS_TRY(const auto released, models::release(run.ease->plan, run.ease->checkpoint));
  const auto* shared = std::get_if<models::GramModel>(&released);
  if (shared == nullptr) return Error{BaseErrc::corrupt, "the EASE model is no Gram matrix"};
  const models::GramModel central = models::gram_of(data.bought);
  report.gram_bit_equal = central.items == shared->items && central.upper == shared->upper;
  models::EaseOptions options;
  options.ridge = run.ease->plan.ease.ridge_shared;
  GS_TRY(const auto ease, models::make_ease(central, options));
  report.ease_centralised = discover_ndcg(*ease.recommender, data);
  report.ease_federated = pooled_ndcg(run, &ShopRun::ease);
  return {};
}

Result<> compare_ials(const FederationRun& run, const PooledData& data, FederationReport& report) {
  if (!run.ials) return Error{BaseErrc::not_found, "a released iALS model"};
  GS_TRY(auto factors, models::train_ials(run.ials->ials, data.bought));
  GS_TRY(const auto ials, models::make_ials(std::move(factors)));
  report.ials_centralised = discover_ndcg(*ials, data);
  report.ials_federated = pooled_ndcg(run, &ShopRun::ials);
  for (const SumRun& sum : run.sums) report.ials_rounds += sum.task_kind == "ials" ? 1 : 0;
  return {};
}

Result<> compare_sums(const FederationRun& run, FederationReport& report) {
  report.sums_exact = !run.sums.empty();
  for (const SumRun& sum : run.sums) {
    GS_TRY(const SumComparison comparison, compare_with_plain(run, sum));
    report.sums_exact = report.sums_exact && comparison.equal;
    report.values_compared += comparison.values;
    ++report.sums;
    if (!sum.recovered.empty() && !report.drill) {
      report.drill = {sum.round.value(), sum.recovered.front(), comparison.equal};
    }
  }
  return {};
}

std::string yes_no(bool value) { return value ? "yes" : "no"; }

std::string gain_of(double federated, double alone) {
  if (alone <= 0) return "-";
  const double percent = (federated / alone - 1) * 100;
  return (percent >= 0 ? "+" : "") + cli::format_fixed(percent, 1) + " %";
}

std::string quality_table(const FederationReport& report) {
  using Align = cli::Table::Align;
  cli::Table table{{{"shop", Align::left},
                    {"customers", Align::right},
                    {"popularity", Align::right},
                    {"alone", Align::right},
                    {"federated", Align::right},
                    {"gain", Align::right},
                    {"bytes up", Align::right}}};
  for (const auto& shop : report.shops) {
    table.add_row({shop.name, cli::format_count(shop.customers),
                   cli::format_fixed(shop.popularity_ndcg_at_20, kQualityDigits),
                   cli::format_fixed(shop.alone_ndcg_at_20, kQualityDigits),
                   cli::format_fixed(shop.federated_ndcg_at_20, kQualityDigits),
                   gain_of(shop.federated_ndcg_at_20, shop.alone_ndcg_at_20),
                   cli::format_bytes(shop.bytes_up)});
  }
  return table.text();
}

/// Agents evaluate a new model in their own time: reads again until all have, or `patience` is
/// over.
Result<FederationRun> read_complete_run(const std::filesystem::path& directory,
                                        std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (true) {
    auto run = read_run(directory);
    const bool again = run.has_error() && run.error() == BaseErrc::not_found &&
                       std::chrono::steady_clock::now() < end;
    if (!again) return run;
    std::this_thread::sleep_for(std::chrono::milliseconds{250});
  }
}

Result<cli::ExitCode> run_command(const cli::Invocation& invocation) {
  const std::filesystem::path directory = invocation.arguments.text("run");
  GS_TRY(const double seconds, invocation.arguments.number("seconds", 0, 1e9));
  GS_TRY(const std::int64_t patience, invocation.arguments.integer("wait", 0, 3600));
  GS_TRY(const auto run, read_complete_run(directory, std::chrono::seconds{patience}));
  GS_TRY(const auto data, read_pooled_data(directory / "data"));
  const auto started = std::chrono::steady_clock::now();
  GS_TRY(FederationReport report, make_report(run, data, seconds));
  report.seconds +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  const std::string document = json::pretty(to_json(report)) + "\n";
  GS_CHECK(write_file_atomically(directory / "result.json", as_bytes(document), kPublicFile));
  invocation.out << (invocation.global.format == cli::OutputFormat::text ? to_text(report)
                                                                         : document);
  const bool good = report.sums_exact && report.gram_bit_equal;
  return good ? cli::ExitCode::ok : cli::ExitCode::failed;
}

}  // namespace

Result<FederationReport> make_report(const FederationRun& run, const PooledData& data,
                                     double seconds) {
  FederationReport report;
  report.seconds = seconds;
  report.without_consent = data.without_consent;
  for (const ShopRun& shop : run.shops) {
    const auto customers = data.customers.find(shop.name);
    if (customers == data.customers.end()) continue;
    report.shops.push_back({.name = shop.name,
                            .customers = customers->second,
                            .popularity_ndcg_at_20 = shop.popularity.ndcg_at_20,
                            .alone_ndcg_at_20 = shop.alone.ndcg_at_20,
                            .federated_ndcg_at_20 = shop.ease.ndcg_at_20,
                            .bytes_up = shop.bytes_up});
  }
  GS_CHECK(compare_sums(run, report));
  GS_CHECK(compare_ease(run, data, report));
  GS_CHECK(compare_ials(run, data, report));
  return report;
}

boost::json::object to_json(const FederationReport& report) {
  boost::json::array shops;
  for (const auto& shop : report.shops) {
    shops.push_back(boost::json::object{{"name", shop.name},
                                        {"customers", shop.customers},
                                        {"popularity_ndcg_at_20", shop.popularity_ndcg_at_20},
                                        {"alone_ndcg_at_20", shop.alone_ndcg_at_20},
                                        {"federated_ndcg_at_20", shop.federated_ndcg_at_20},
                                        {"bytes_up", shop.bytes_up}});
  }
  boost::json::value drill = nullptr;
  if (report.drill) {
    drill = boost::json::object{{"round", report.drill->round},
                                {"dropped", report.drill->dropped},
                                {"recovered", report.drill->recovered}};
  }
  return {{"shops", std::move(shops)},
          {"without_consent", report.without_consent},
          {"ease", boost::json::object{{"centralised_ndcg_at_20", report.ease_centralised},
                                       {"federated_ndcg_at_20", report.ease_federated},
                                       {"gram_bit_equal", report.gram_bit_equal}}},
          {"ials", boost::json::object{{"centralised_ndcg_at_20", report.ials_centralised},
                                       {"federated_ndcg_at_20", report.ials_federated},
                                       {"rounds", report.ials_rounds}}},
          {"secure_sum", boost::json::object{{"exact", report.sums_exact},
                                             {"values_compared", report.values_compared}}},
          {"dropout_drill", std::move(drill)},
          {"seconds", report.seconds}};
}

std::string to_text(const FederationReport& report) {
  const auto quality = [](double value) { return cli::format_fixed(value, kQualityDigits); };
  std::string text =
      "NDCG@20 of what each shop's customers bought later and had not bought before:\n";
  text += quality_table(report);
  text += "\nEASE   federated " + quality(report.ease_federated) + ", all data in one place " +
          quality(report.ease_centralised) +
          "; shared Gram matrix equal bit for bit: " + yes_no(report.gram_bit_equal) + "\n";
  text += "iALS   federated " + quality(report.ials_federated) + ", all data in one place " +
          quality(report.ials_centralised) + "; " + cli::format_count(report.ials_rounds) +
          " secure sums\n";
  text += "without consent to training: " + cli::format_count(report.without_consent) +
          " customers, in no sum and in no comparison\n";
  text += "secure sum == plain sum: " + yes_no(report.sums_exact) + " (" +
          cli::format_count(report.sums) + " sums, " + cli::format_count(report.values_compared) +
          " values compared)\n";
  if (report.drill) {
    text += "dropout drill: round " + std::to_string(report.drill->round) + ", " +
            report.drill->dropped + " was killed after key sharing; masks recovered, sum exact: " +
            yes_no(report.drill->recovered) + "\n";
  }
  return text + "differential privacy: off in this run\n";
}

cli::Command federation_report_command() {
  return {
      .words = "report federation",
      .summary = "Compare a finished run of real processes with one model trained on everything",
      .options = {{.name = "run",
                   .value_name = "DIR",
                   .help = "what ./quickstart left, usually run/quickstart",
                   .required = true},
                  {.name = "seconds",
                   .value_name = "N",
                   .help = "what the run took so far",
                   .default_value = "0"},
                  {.name = "wait",
                   .value_name = "SECONDS",
                   .help = "how long to wait for agents that are still evaluating",
                   .default_value = "0"}},
      .examples = {"report federation --run run/quickstart"},
      .run = run_command};
}

}  // namespace guildsum::simulations
