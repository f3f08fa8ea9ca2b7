#include "simulations/evaluate_options.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "base/errors.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::int64_t kDaySeconds = 24 * 3600;
constexpr double kEpsilonMax = 1e6;
constexpr std::size_t kEpsilonsMax = 32;

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

/// Noise of the shops; without an epsilon it is only planned for the table.
Result<PrivacySettings> privacy_settings(const cli::Arguments& arguments) {
  PrivacySettings privacy;
  if (arguments.has("epsilon")) {
    GS_TRY(privacy.budget.epsilon, arguments.number("epsilon", 1e-3, kEpsilonMax));
  }
  GS_CHECK(read_number(arguments, "delta", 1e-18, 0.1, privacy.budget.delta));
  GS_CHECK(read_count(arguments, "customer-items", 100'000, privacy.customer_items));
  GS_CHECK(read_number(arguments, "kept-deviations", 0, 100, privacy.kept_deviations));
  return privacy;
}

Result<double> parse_epsilon(std::string_view word) {
  double epsilon = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), epsilon);
  if (error != std::errc{} || end != word.data() + word.size() || !(epsilon >= 1e-3) ||
      epsilon > kEpsilonMax) {
    return Error{BaseErrc::invalid_argument,
                 "--epsilons: '" + std::string{word} + "' is no number from 0.001 to 1000000"};
  }
  return epsilon;
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
      {.name = "pairs-min",
       .value_name = "N",
       .help = "EASE; pairs of items with fewer common customers count as none"},
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

std::vector<cli::Option> privacy_options() {
  return {
      {.name = "epsilon",
       .value_name = "E",
       .help = "popularity, knn, ease federated: the shops add noise for customer-level "
               "differential privacy"},
      {.name = "epsilons",
       .value_name = "E,E,...",
       .help = "also measure the model under each of these, as a table"},
      {.name = "delta", .value_name = "D", .help = "of epsilon; by default 0.00001"},
      {.name = "customer-items",
       .value_name = "N",
       .help = "with noise, so many items of a customer are counted; by default 20"},
      {.name = "kept-deviations",
       .value_name = "Z",
       .help = "with noise, sums below Z standard deviations count as 0; by default 3"}};
}

}  // namespace

Result<EvaluationSettings> parse_evaluation_settings(const cli::Arguments& arguments) {
  EvaluationSettings settings;
  GS_TRY(settings.model, parse_model_kind(arguments.text("model")));
  GS_TRY(settings.mode, parse_training_mode(arguments.text("mode")));
  GS_TRY(settings.protocol, parse_protocol(arguments.text("protocol")));
  if (arguments.has("ridge")) {
    GS_TRY(settings.ridge, arguments.number("ridge", 1e-9, 1e12));
  }
  GS_CHECK(read_count(arguments, "pairs-min", 1'000'000, settings.pairs_min));
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
  if (arguments.has("epsilon")) {
    GS_TRY(settings.privacy, privacy_settings(arguments));
  }
  return settings;
}

Result<std::vector<PrivacySettings>> parse_privacy_table(const cli::Arguments& arguments) {
  std::vector<PrivacySettings> table;
  if (!arguments.has("epsilons")) return table;
  GS_TRY(const auto common, privacy_settings(arguments));
  const std::string_view list = arguments.text("epsilons");
  for (std::size_t start = 0; start <= list.size();) {
    const auto end = std::min(list.find(',', start), list.size());
    table.push_back(common);
    GS_TRY(table.back().budget.epsilon, parse_epsilon(list.substr(start, end - start)));
    start = end + 1;
  }
  if (table.size() > kEpsilonsMax) {
    return Error{BaseErrc::invalid_argument, "--epsilons: more than 32"};
  }
  return table;
}

std::vector<cli::Option> evaluate_options() {
  auto options = data_options();
  for (auto& option : model_options()) options.push_back(std::move(option));
  for (auto& option : privacy_options()) options.push_back(std::move(option));
  return options;
}

}  // namespace guildsum::simulations
