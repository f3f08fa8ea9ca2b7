#include "simulations/evaluate_command.hpp"

#include <optional>
#include <ostream>
#include <utility>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/gzip.hpp"
#include "base/json.hpp"
#include "simulations/evaluate_options.hpp"
#include "simulations/evaluation_card.hpp"
#include "simulations/evaluation_output.hpp"
#include "simulations/item_titles.hpp"
#include "simulations/masked_sum.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kTextBytesMax = std::size_t{1} << 30;

using Paths = std::vector<std::filesystem::path>;

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
    GS_TRY(result.settings, parse_evaluation_settings(arguments));
    GS_TRY(const auto privacy_table, parse_privacy_table(arguments));
    const auto& list = arguments.list("train");
    Paths train{list.begin(), list.end()};
    if (arguments.has("tune") && (arguments.has("epsilon") || arguments.has("epsilons"))) {
      return Error{BaseErrc::invalid_argument,
                   "--tune looks at customers without noise: choose the settings first, then "
                   "train with an epsilon"};
    }
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
    GS_TRY(result.privacy_table,
           measure_privacy_table(evaluator, result.settings, privacy_table));
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
    const auto settings = parse_evaluation_settings(invocation_.arguments);
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

}  // namespace

cli::Command evaluate_command() {
  return {.words = "evaluate",
          .summary = "Train a recommender on a split and measure it",
          .options = evaluate_options(),
          .examples = {"evaluate --model ease --train train.txt --train valid.txt --test test.txt",
                       "evaluate --model blend --train train.tsv --tune valid.tsv --test test.tsv",
                       "evaluate --model ials --mode federated --shops shops_country.txt "
                       "--train train.txt --train valid.txt --test test.txt --format json"},
          .run = run_evaluate};
}

}  // namespace guildsum::simulations
