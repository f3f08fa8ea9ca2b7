#include "simulations/evaluate_command.hpp"

#include <optional>
#include <ostream>
#include <utility>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/gzip.hpp"
#include "base/json.hpp"
#include "simulations/evaluation_card.hpp"
#include "simulations/evaluation_output.hpp"
#include "simulations/item_titles.hpp"
#include "simulations/masked_sum.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kTextBytesMax = std::size_t{1} << 30;
constexpr std::int64_t kDaySeconds = 24 * 3600;

using Paths = std::vector<std::filesystem::path>;

Result<models::EvaluationProtocol> parse_protocol(const std::string& text) {
  if (text == "discover") return models::EvaluationProtocol::discover;
  if (text == "next-basket") return models::EvaluationProtocol::next_basket;
  return Error{BaseErrc::invalid_argument, "protocol '" + text + "': use discover or next-basket"};
}

/// The option's number where it is given, else what `value` is.
Result<> read_number(const cli::Arguments& arguments, std::string_view name, double min, double max,
                     double& value) {
  if (!arguments.has(name)) return {};
  GS_TRY(value, arguments.number(name, min, max));
  return {};
}

Result<models::IalsPlan> ials_plan(const cli::Arguments& arguments) {
  GS_TRY(const auto factors, arguments.integer("factors", 1, 1024));
  auto plan = models::IalsPlan::for_factors(static_cast<std::uint32_t>(factors));
  GS_CHECK(read_number(arguments, "alpha", 1e-9, 1e9, plan.unobserved_weight));
  GS_CHECK(read_number(arguments, "reg", 1e-12, 1e9, plan.regularisation));
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

/// Whole numbers from 1 to `max`.
Result<> read_count(const cli::Arguments& arguments, std::string_view name, std::int64_t max,
                    std::uint32_t& value) {
  if (!arguments.has(name)) return {};
  GS_TRY(const auto count, arguments.integer(name, 1, max));
  value = static_cast<std::uint32_t>(count);
  return {};
}

Result<models::GradientPlan> gradient_options(const cli::Arguments& arguments,
                                              models::GradientPlan plan) {
  GS_CHECK(read_count(arguments, "factors", 1024, plan.factors));
  GS_CHECK(read_count(arguments, "rounds", 10'000, plan.rounds));
  GS_CHECK(read_count(arguments, "local-epochs", 100, plan.local_epochs));
  GS_CHECK(read_number(arguments, "local-rate", 1e-9, 1000, plan.local_rate));
  GS_CHECK(read_number(arguments, "proximal", 0, 1000, plan.proximal));
  GS_CHECK(read_number(arguments, "reg", 1e-12, 1000, plan.regularisation));
  GS_CHECK(read_number(arguments, "server-rate", 1e-9, 1000, plan.server_rate));
  if (arguments.has("optimiser")) {
    GS_TRY(plan.optimiser, models::parse_server_optimiser(arguments.text("optimiser")));
  }
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
  GS_TRY(settings.gradient, gradient_options(arguments, gradient_plan(settings)));
  GS_CHECK(read_number(arguments, "blend-ials", 0, 1e6, settings.blend.ials));
  GS_CHECK(read_number(arguments, "blend-latest", 0, 1e6, settings.blend.latest));
  GS_CHECK(read_number(arguments, "blend-title", 0, 1e6, settings.blend.title));
  GS_CHECK(read_number(arguments, "blend-buy-again", 0, 1e6, settings.blend.buy_again));
  if (arguments.has("half-life")) {
    GS_TRY(const auto days, arguments.integer("half-life", 0, 100'000));
    settings.buy_again.half_life_seconds = days * kDaySeconds;
  }
  GS_CHECK(read_number(arguments, "title-ridge", 1e-9, 1e9, settings.title.regression.ridge));
  if (arguments.has("sampled-negatives")) {
    GS_TRY(const auto count, arguments.integer("sampled-negatives", 1, 1'000'000));
    settings.sampled_negatives = static_cast<std::size_t>(count);
  }
  settings.sampling_seed = settings.ials.seed;
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
  GS_TRY(const std::string text, read_plain_or_gzip(path, kTextBytesMax));
  return parse_shops(text, path, users, "shop");
}

/// Groups for a fairness audit: of a file, or by how much customers bought.
Result<> read_groups(const cli::Arguments& arguments, const SplitMatrices& split,
                     EvaluationSettings& settings) {
  if (!arguments.has("groups")) return {};
  const auto& path = arguments.text("groups");
  if (path == "activity") {
    settings.groups = groups_by_activity(split.known_histories());
    return {};
  }
  GS_TRY(const std::string text, read_plain_or_gzip(path, kTextBytesMax));
  GS_TRY(settings.groups, parse_groups(text, path, split.train.customers()));
  return {};
}

/// Titles and withheld items for the model `title`.
Result<> read_titles(const cli::Arguments& arguments, std::uint32_t items,
                     EvaluationSettings& settings) {
  const bool needed = settings.model == ModelKind::title;
  if (!needed && !arguments.has("items")) return {};
  if (!arguments.has("items")) {
    return Error{BaseErrc::invalid_argument, "model title needs --items FILE"};
  }
  const auto& path = arguments.text("items");
  GS_TRY(const std::string text, read_plain_or_gzip(path, kTextBytesMax));
  GS_TRY(settings.title.titles, parse_titles(text, path, items));
  if (!needed) return {};
  GS_TRY(const double share, arguments.number("withhold", 0, 1));
  settings.title.withheld = draw_withheld(settings.title.titles, share, settings.ials.seed);
  if (settings.title.withheld.empty()) {
    return Error{BaseErrc::invalid_argument, "no item is withheld: raise --withhold"};
  }
  if (settings.title.withheld.size() == items) {
    return Error{BaseErrc::invalid_argument, "every item is withheld: lower --withhold"};
  }
  return {};
}

/// One command's work: what tuning and the final run have in common.
class Run {
 public:
  explicit Run(const cli::Invocation& invocation) : invocation_{invocation} {}

  Result<EvaluationResult> operator()() {
    const auto& arguments = invocation_.arguments;
    EvaluationResult result;
    GS_TRY(result.settings, parse_settings(arguments));
    const auto& list = arguments.list("train");
    Paths train{list.begin(), list.end()};
    if (arguments.has("tune")) {
      const std::filesystem::path valid{arguments.text("tune")};
      GS_TRY(result.tuning, tune_on(train, valid, result.settings));
      result.settings = result.tuning->chosen();
      train.push_back(valid);
    }
    GS_TRY(const auto split, read_split(train, arguments.text("test")));
    GS_CHECK(read_titles(arguments, split.train.items(), result.settings));
    GS_CHECK(read_groups(arguments, split, result.settings));
    GS_TRY(const auto shops, shops_for(result.settings, arguments, split.train.customers()));
    auto sums = sum_source(result.settings, shops);
    Evaluator evaluator{split, shops, sums.source, &pool_};
    GS_TRY(result.report, evaluator.run(result.settings));
    result.users = split.train.customers();
    result.items = split.train.items();
    return result;
  }

 private:
  struct Sums {
    std::unique_ptr<MaskedSum> masked;
    std::unique_ptr<SeededRandom> random;
    SumSource source;
  };

  /// Real rounds in this process, for federated training.
  Sums sum_source(const EvaluationSettings& settings, const ShopAssignment& shops) {
    Sums sums;
    if (settings.mode != TrainingMode::federated) return sums;
    sums.masked = std::make_unique<MaskedSum>(static_cast<std::uint32_t>(shops.names.size()),
                                              settings.ials.seed, &pool_);
    sums.random = std::make_unique<SeededRandom>(settings.ials.seed);
    sums.source = {sums.masked.get(), sums.random.get(),
                   [this](models::TaskProgress state) { step_done(state.sums_done); }};
    return sums;
  }

  Result<TuningReport> tune_on(const Paths& train, const std::filesystem::path& valid,
                               EvaluationSettings settings) {
    GS_TRY(const auto split, read_split(train, valid));
    GS_CHECK(read_titles(invocation_.arguments, split.train.items(), settings));
    GS_TRY(const auto shops, shops_for(settings, invocation_.arguments, split.train.customers()));
    auto sums = sum_source(settings, shops);
    settings.sampled_negatives = 0;  // Candidates are compared over the full ranking.
    Evaluator evaluator{split, shops, sums.source, &pool_};
    GS_TRY(auto report, tune(evaluator, candidates_of(settings), sums.source,
                             [this](std::size_t candidates_done) { step_done(candidates_done); }));
    for (auto& candidate : report.candidates) {
      candidate.settings.sampled_negatives = sampled_negatives();
    }
    return report;
  }

  void step_done(std::uint64_t steps) {
    if (!progress_) {
      progress_.emplace(cli::Progress::Options{.label = "training",
                                               .total = 0,
                                               .unit = "steps",
                                               .mode = invocation_.global.progress},
                        clock_, cli::ProgressTarget::standard_error());
    }
    progress_->update(steps);
  }

  [[nodiscard]] std::size_t sampled_negatives() const {
    const auto settings = parse_settings(invocation_.arguments);
    return settings.has_value() ? settings->sampled_negatives : 0;
  }

  const cli::Invocation& invocation_;
  SystemClock clock_;
  std::optional<cli::Progress> progress_;  // Where there is something to wait for.
  ThreadPool pool_;
};

Result<cli::ExitCode> run_evaluate(const cli::Invocation& invocation) {
  GS_TRY(const auto result, Run{invocation}());
  if (invocation.arguments.has("card")) {
    GS_TRY(const auto card, model_card_of(result));
    GS_CHECK(write_model_card(card, invocation.arguments.text("card")));
  }
  if (invocation.global.format == cli::OutputFormat::text) {
    invocation.out << to_text(result);
  } else {
    invocation.out << json::compact(to_json(result)) << '\n';
  }
  return cli::ExitCode::ok;
}

std::vector<cli::Option> data_options() {
  return {
      {.name = "model",
       .value_name = std::string{model_kind_words()},
       .help = "",
       .required = true},
      {.name = "train",
       .value_name = "FILE",
       .help = "lines `user item item ...`, or events `user item [timestamp] [weight]` with tabs "
               "or commas; plain or gzip; may be given more than once",
       .required = true,
       .repeated = true},
      {.name = "test",
       .value_name = "FILE",
       .help = "later purchases, same forms",
       .required = true},
      {.name = "tune",
       .value_name = "FILE",
       .help = "validation file: settings are chosen on it, then it is trained on too"},
      {.name = "shops",
       .value_name = "FILE",
       .help = "lines `user shop`; not read when centralised"},
      {.name = "items",
       .value_name = "FILE",
       .help = "titles for `title` and `blend`: lines `index TAB code TAB title`"},
      {.name = "mode",
       .value_name = "centralised|federated|alone",
       .help = "federated runs the real rounds, codec and masks in this process",
       .default_value = "centralised"},
      {.name = "protocol",
       .value_name = "discover|next-basket",
       .help = "rank new items only, or the whole next basket",
       .default_value = "discover"},
      {.name = "groups",
       .value_name = "FILE|activity",
       .help = "also audit fairness among groups of customers: lines `user TAB group`, or "
               "`activity` for groups by how much they bought"},
      {.name = "card",
       .value_name = "DIR",
       .help = "also write the model card, card.json and card.html; needs --mode federated and "
               "--groups"},
      {.name = "sampled-negatives",
       .value_name = "N",
       .help = "also rank one held-out item among N sampled ones"}};
}

std::vector<cli::Option> model_options() {
  return {
      {.name = "ridge", .value_name = "L", .help = "EASE; by default 500, alone 100"},
      {.name = "factors",
       .value_name = "D",
       .help = "iALS, BPR, softmax",
       .default_value = "64"},
      {.name = "alpha",
       .value_name = "A",
       .help = "iALS, weight of unobserved pairs; by default 0.5, above 64 factors 0.3"},
      {.name = "reg",
       .value_name = "L",
       .help = "regularisation; by default iALS 0.007, above 64 factors 0.01; BPR and softmax "
               "0.01, BPR federated 0.02"},
      {.name = "epochs", .value_name = "N", .help = "iALS", .default_value = "12"},
      {.name = "products",
       .value_name = "K",
       .help = "iALS federated, Hessian products per epoch; by default 1, above 64 factors 2"},
      {.name = "rounds",
       .value_name = "N",
       .help = "BPR, softmax; by default 50 federated, 60 in one place"},
      {.name = "local-epochs",
       .value_name = "N",
       .help = "BPR, softmax: passes of a shop over its customers per round; by default 2 "
               "federated, 1 in one place"},
      {.name = "local-rate", .value_name = "R", .help = "BPR, softmax: step size of the shops"},
      {.name = "proximal",
       .value_name = "MU",
       .help = "BPR, softmax: pull towards the round's model (FedProx)"},
      {.name = "optimiser",
       .value_name = "sgd|momentum|adam|yogi",
       .help = "BPR, softmax: how rounds move the model; by default momentum federated, sgd in "
               "one place"},
      {.name = "server-rate", .value_name = "R", .help = "BPR, softmax: step size of a round"},
      {.name = "blend-ials", .value_name = "W", .help = "blend, weight of iALS beside EASE's 1"},
      {.name = "blend-latest",
       .value_name = "W",
       .help = "blend, weight of EASE on the latest basket only"},
      {.name = "blend-title",
       .value_name = "W",
       .help = "blend, weight of items with alike titles; needs --items"},
      {.name = "blend-buy-again",
       .value_name = "W",
       .help = "blend for next baskets, weight of buy-again"},
      {.name = "half-life",
       .value_name = "DAYS",
       .help = "buy-again; after so many days a purchase counts half, 0: never"},
      {.name = "title-ridge", .value_name = "L", .help = "title, ridge of the regression"},
      {.name = "withhold",
       .value_name = "SHARE",
       .help = "title, share of items that nobody has bought yet",
       .default_value = "0.1"},
      {.name = "seed",
       .value_name = "N",
       .help = "starting factors, rounding, keys of simulated shops, sampling",
       .default_value = "1"}};
}

}  // namespace

cli::Command evaluate_command() {
  auto options = data_options();
  for (auto& option : model_options()) options.push_back(std::move(option));
  return {.words = "evaluate",
          .summary = "Train a recommender on a split and measure it",
          .options = std::move(options),
          .examples = {"evaluate --model ease --train train.txt --train valid.txt --test test.txt",
                       "evaluate --model blend --train train.tsv --tune valid.tsv --test test.tsv",
                       "evaluate --model ials --mode federated --shops shops_country.txt "
                       "--train train.txt --train valid.txt --test test.txt --format json"},
          .run = run_evaluate};
}

}  // namespace guildsum::simulations
