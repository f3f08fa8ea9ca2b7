#include "simulations/evaluate_command.hpp"

#include <limits>
#include <ostream>
#include <utility>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "base/gzip.hpp"
#include "base/json.hpp"
#include "simulations/masked_sum.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kShopsTextBytesMax = std::size_t{1} << 30;
constexpr int kQualityDigits = 4;
constexpr std::uint32_t kOneProductFactorsMax = 64;

Result<models::EvaluationProtocol> parse_protocol(const std::string& text) {
  if (text == "discover") return models::EvaluationProtocol::discover;
  if (text == "next-basket") return models::EvaluationProtocol::next_basket;
  return Error{BaseErrc::invalid_argument, "protocol '" + text + "': use discover or next-basket"};
}

Result<models::IalsPlan> ials_plan(const cli::Arguments& arguments) {
  GS_TRY(const auto factors, arguments.integer("factors", 1, 1024));
  auto plan = models::IalsPlan::for_factors(static_cast<std::uint32_t>(factors));
  if (arguments.has("alpha")) {
    GS_TRY(plan.unobserved_weight, arguments.number("alpha", 1e-9, 1e9));
  }
  if (arguments.has("reg")) {
    GS_TRY(plan.regularisation, arguments.number("reg", 1e-12, 1e9));
  }
  if (arguments.has("products")) {
    GS_TRY(const auto products, arguments.integer("products", 1, 16));
    plan.products = static_cast<std::uint32_t>(products);
  }
  GS_TRY(const auto epochs, arguments.integer("epochs", 1, 1000));
  plan.epochs = static_cast<std::uint32_t>(epochs);
  GS_TRY(const auto seed, arguments.integer("seed", 0));
  plan.seed = static_cast<std::uint64_t>(seed);
  return plan;
}

Result<EvaluationSettings> parse_settings(const cli::Arguments& arguments) {
  EvaluationSettings settings;
  GS_TRY(settings.model, parse_model_kind(arguments.text("model")));
  GS_TRY(settings.mode, parse_training_mode(arguments.text("mode")));
  GS_TRY(settings.protocol, parse_protocol(arguments.text("protocol")));
  if (arguments.has("ridge")) {
    GS_TRY(settings.ridge, arguments.number("ridge", 1e-9, 1e12));
  }
  GS_TRY(settings.ials, ials_plan(arguments));
  return settings;
}

/// Centralised training needs no shops, and a shops file given with it is not read.
Result<ShopAssignment> shops_for(const EvaluationSettings& settings,
                                 const cli::Arguments& arguments, std::size_t users) {
  if (settings.mode == TrainingMode::centralised) return ShopAssignment{};
  if (!arguments.has("shops")) {
    return Error{BaseErrc::invalid_argument,
                 "mode " + std::string{to_string(settings.mode)} + " needs --shops FILE"};
  }
  const auto& path = arguments.text("shops");
  GS_TRY(const std::string text, read_plain_or_gzip(path, kShopsTextBytesMax));
  return parse_shops(text, path, users, "shop");
}

Result<EvaluationReport> evaluate(const cli::Invocation& invocation,
                                  const EvaluationSettings& settings, const SplitMatrices& split) {
  GS_TRY(const auto shops, shops_for(settings, invocation.arguments, split.train.customers()));
  ThreadPool pool;
  SeededRandom random{settings.ials.seed};
  const Evaluator evaluator{split, shops};
  if (settings.mode != TrainingMode::federated) {
    return evaluator.run(settings, nullptr, random, &pool);
  }
  MaskedSum secure_sum{static_cast<std::uint32_t>(shops.names.size()), settings.ials.seed, &pool};
  const SystemClock clock;
  cli::Progress progress{
      {.label = "secure sums", .total = 0, .unit = "sums", .mode = invocation.global.progress},
      clock,
      cli::ProgressTarget::standard_error()};
  return evaluator.run(
      settings, &secure_sum, random, &pool,
      [&progress](models::TaskProgress state) { progress.update(state.sums_done); });
}

Result<cli::ExitCode> run_evaluate(const cli::Invocation& invocation) {
  GS_TRY(const auto settings, parse_settings(invocation.arguments));
  const auto& list = invocation.arguments.list("train");
  const std::vector<std::filesystem::path> train{list.begin(), list.end()};
  GS_TRY(const auto split, read_split(train, invocation.arguments.text("test")));
  GS_TRY(const auto report, evaluate(invocation, settings, split));
  if (invocation.global.format == cli::OutputFormat::text) {
    invocation.out << to_text(settings, split, report);
  } else {
    invocation.out << json::compact(to_json(settings, split, report)) << '\n';
  }
  return cli::ExitCode::ok;
}

boost::json::object quality_json(const models::Quality& quality) {
  return {{"recall_at_20", quality.recall_at_20},
          {"ndcg_at_20", quality.ndcg_at_20},
          {"hit_rate_at_10", quality.hit_rate_at_10},
          {"coverage_at_20", quality.coverage_at_20}};
}

std::vector<std::string> quality_cells(const models::Quality& quality) {
  std::vector<std::string> cells{cli::format_count(quality.customers)};
  for (const double value :
       {quality.recall_at_20, quality.ndcg_at_20, quality.hit_rate_at_10, quality.coverage_at_20}) {
    cells.push_back(cli::format_fixed(value, kQualityDigits));
  }
  return cells;
}

std::vector<cli::Option> evaluate_options() {
  return {{.name = "model", .value_name = "popularity|knn|ease|ials", .help = "", .required = true},
          {.name = "train",
           .value_name = "FILE",
           .help = "lines `user item item ...`, plain or gzip; may be given more than once",
           .required = true,
           .repeated = true},
          {.name = "test",
           .value_name = "FILE",
           .help = "later purchases, same form",
           .required = true},
          {.name = "shops",
           .value_name = "FILE",
           .help = "lines `user shop`; not read when centralised"},
          {.name = "mode",
           .value_name = "centralised|federated|alone",
           .help = "federated runs the real rounds, codec and masks in this process",
           .default_value = "centralised"},
          {.name = "protocol",
           .value_name = "discover|next-basket",
           .help = "rank new items only, or the whole next basket",
           .default_value = "discover"},
          {.name = "ridge", .value_name = "L", .help = "EASE; by default 500, alone 100"},
          {.name = "factors", .value_name = "D", .help = "iALS", .default_value = "64"},
          {.name = "alpha",
           .value_name = "A",
           .help = "iALS, weight of unobserved pairs; by default 0.5, above 64 factors 0.3"},
          {.name = "reg",
           .value_name = "L",
           .help = "iALS, regularisation; by default 0.007, above 64 factors 0.01"},
          {.name = "epochs", .value_name = "N", .help = "iALS", .default_value = "12"},
          {.name = "products",
           .value_name = "K",
           .help = "iALS federated, Hessian products per epoch; by default 1, above 64 factors 2"},
          {.name = "seed",
           .value_name = "N",
           .help = "starting factors, rounding, keys of simulated shops",
           .default_value = "1"}};
}

}  // namespace

boost::json::object to_json(const EvaluationSettings& settings, const SplitMatrices& split,
                            const EvaluationReport& report) {
  boost::json::array shops;
  for (const auto& shop : report.per_shop) {
    boost::json::object entry{
        {"shop", shop.name}, {"customers", shop.customers}, {"evaluated", shop.quality.customers}};
    for (const auto& member : quality_json(shop.quality)) entry.insert(member);
    shops.push_back(std::move(entry));
  }
  boost::json::object document{{"model", to_string(settings.model)},
                               {"mode", to_string(settings.mode)},
                               {"users", split.train.customers()},
                               {"items", split.train.items()},
                               {"evaluated", report.quality.customers}};
  for (const auto& member : quality_json(report.quality)) document.insert(member);
  document["per_shop"] = std::move(shops);
  if (settings.mode == TrainingMode::federated) document["secure_sums"] = report.sums;
  document["seconds"] = report.seconds;
  return document;
}

std::string to_text(const EvaluationSettings& settings, const SplitMatrices& split,
                    const EvaluationReport& report) {
  using Align = cli::Table::Align;
  std::vector<cli::Table::Column> columns{{"shop", Align::left}};
  for (const auto* title : {"evaluated", "recall@20", "NDCG@20", "hit rate@10", "coverage@20"}) {
    columns.push_back({title, Align::right});
  }
  cli::Table table{std::move(columns)};
  const auto add = [&table](const std::string& name, const models::Quality& quality) {
    auto cells = quality_cells(quality);
    cells.insert(cells.begin(), name);
    table.add_row(std::move(cells));
  };
  for (const auto& shop : report.per_shop) add(shop.name, shop.quality);
  add("all", report.quality);
  std::string text = std::string{to_string(settings.model)} + ", " +
                     std::string{to_string(settings.mode)} + ": " +
                     cli::format_count(split.train.customers()) + " users x " +
                     cli::format_count(split.train.items()) + " items, ";
  if (settings.mode == TrainingMode::federated) {
    text += cli::format_count(report.sums) + " secure sums, ";
  }
  return text + cli::format_fixed(report.seconds, 1) + " s\n" + table.text();
}

cli::Command evaluate_command() {
  return {.words = "evaluate",
          .summary = "Train a recommender on a split and measure it",
          .options = evaluate_options(),
          .examples = {"evaluate --model ease --train train.txt --train valid.txt --test test.txt",
                       "evaluate --model ials --mode federated --shops shops_country.txt "
                       "--train train.txt --train valid.txt --test test.txt --format json"},
          .run = run_evaluate};
}

}  // namespace guildsum::simulations
