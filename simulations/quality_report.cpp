#include "simulations/quality_report.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

#include "base/cli/format.hpp"
#include "base/file.hpp"
#include "simulations/evaluation.hpp"
#include "simulations/item_titles.hpp"
#include "simulations/masked_sum.hpp"
#include "simulations/prepare.hpp"
#include "simulations/retail_matrices.hpp"

namespace guildsum::simulations {
namespace {

using models::EvaluationProtocol;

constexpr int kQualityDigits = 4;
constexpr std::uint64_t kSeed = 1;
constexpr double kWithheldShare = 0.1;
constexpr std::uint32_t kManyFactors = 128;

std::string figure(double value, double error) {
  return cli::format_fixed(value, kQualityDigits) + " ± " +
         cli::format_fixed(error, kQualityDigits);
}

std::string percent(double value) {
  return (value >= 0 ? "+" : "") + cli::format_fixed(100.0 * value, 1) + " %";
}

/// A way to deal customers out to shops.
struct Partition {
  std::string name;
  ShopAssignment shops;
};

class Report {
 public:
  Report(SplitMatrices split, std::vector<std::string> titles, std::vector<Partition> federations,
         const std::function<void(std::string_view)>& before_row)
      : split_{std::move(split)},
        titles_{std::move(titles)},
        federations_{std::move(federations)},
        before_row_{before_row} {}

  Result<std::string> text() {
    GS_CHECK(discover());
    GS_CHECK(next_basket());
    GS_CHECK(cold_items());
    GS_CHECK(lift());
    GS_CHECK(with_noise());
    return std::move(text_);
  }

 private:
  struct Row {
    const char* name;
    ModelKind model;
    std::uint32_t factors = 64;
    std::uint32_t pairs_min = 0;
  };

  [[nodiscard]] EvaluationSettings settings(const Row& row, TrainingMode mode) const {
    EvaluationSettings settings;
    settings.model = row.model;
    settings.mode = mode;
    settings.ials = models::IalsPlan::for_factors(row.factors);
    settings.pairs_min = row.pairs_min;
    settings.title.titles = titles_;
    return settings;
  }

  Result<EvaluationReport> measure(const EvaluationSettings& settings, const ShopAssignment& shops,
                                   const std::string& what) {
    if (before_row_) before_row_(what);
    MaskedSum masked{static_cast<std::uint32_t>(shops.names.size()), kSeed, &pool_};
    SeededRandom random{kSeed};
    Evaluator evaluator{split_, shops, {&masked, &random, {}}, &pool_};
    return evaluator.run(settings);
  }

  void heading(const std::string& title, const std::string& columns) {
    text_ += (text_.empty() ? "## " : "\n## ") + title + "\n\n" + columns + "\n|---|";
    for (std::size_t k = 2; k < static_cast<std::size_t>(std::ranges::count(columns, '|')); ++k) {
      text_ += "---:|";
    }
    text_ += "\n";
  }

  void quality_row(const std::string& name, const models::Quality& quality) {
    text_ += "| " + name + " | " + figure(quality.recall_at_20, quality.recall_error) + " | " +
             figure(quality.ndcg_at_20, quality.ndcg_error) + " | " +
             cli::format_fixed(quality.coverage_at_20, 3) + " |\n";
  }

  Result<> rows(std::span<const Row> list, EvaluationProtocol protocol) {
    for (const auto& row : list) {
      auto chosen = settings(row, TrainingMode::centralised);
      chosen.protocol = protocol;
      GS_TRY(const auto report, measure(chosen, {}, row.name));
      quality_row(row.name, report.quality);
    }
    return {};
  }

  Result<> discover() {
    heading("Discover: new items only", "| model | Recall@20 | NDCG@20 | coverage@20 |");
    static constexpr Row kRows[]{{"popularity", ModelKind::popularity},
                                 {"transitions", ModelKind::transitions},
                                 {"item-kNN", ModelKind::knn},
                                 {"iALS, d = 64", ModelKind::ials},
                                 {"iALS, d = 128", ModelKind::ials, kManyFactors},
                                 {"BPR-MF, d = 64", ModelKind::bpr},
                                 {"softmax-MF, d = 64", ModelKind::softmax},
                                 {"EASE", ModelKind::ease},
                                 {.name = "EASE, pairs of 5 customers and more",
                                  .model = ModelKind::ease,
                                  .pairs_min = 5},
                                 {"blend", ModelKind::blend, kManyFactors}};
    GS_CHECK(rows(kRows, EvaluationProtocol::discover));
    for (const auto& row :
         {Row{"transitions", ModelKind::transitions}, Row{"iALS, d = 64", ModelKind::ials},
          Row{"BPR-MF, d = 64", ModelKind::bpr}, Row{"softmax-MF, d = 64", ModelKind::softmax},
          Row{"EASE", ModelKind::ease}, Row{"blend", ModelKind::blend, kManyFactors}}) {
      const std::string name = std::string{row.name} + ", federated";
      GS_TRY(const auto report,
             measure(settings(row, TrainingMode::federated), federations_.front().shops, name));
      const auto sums = cli::format_count(report.sums) + (report.sums == 1 ? " sum" : " sums");
      quality_row(name + " (" + sums + ")", report.quality);
    }
    return {};
  }

  Result<> next_basket() {
    heading("Next basket: repeats allowed", "| model | Recall@20 | NDCG@20 | coverage@20 |");
    static constexpr Row kRows[]{{"history, then popularity", ModelKind::popularity},
                                 {"EASE", ModelKind::ease},
                                 {"buy-again head", ModelKind::buy_again},
                                 {"blend", ModelKind::blend}};
    return rows(kRows, EvaluationProtocol::next_basket);
  }

  Result<> cold_items() {
    heading("Items that nobody has bought yet: ranked among themselves",
            "| model | Recall@20 | NDCG@20 | coverage@20 |");
    auto chosen = settings({"", ModelKind::title}, TrainingMode::centralised);
    chosen.title.withheld = draw_withheld(titles_, kWithheldShare, kSeed);
    const auto name =
        "title ridge, " + cli::format_count(chosen.title.withheld.size()) + " items withheld";
    GS_TRY(const auto report, measure(chosen, {}, name));
    quality_row(name, report.quality);
    return {};
  }

  /// What each shop gains from the federation.
  Result<> lift() {
    heading("EASE, shops alone and together",
            "| shops | NDCG@20 alone | NDCG@20 federated | lift | customers |");
    for (const auto& federation : federations_) {
      const Row ease{"EASE", ModelKind::ease};
      GS_TRY(const auto alone, measure(settings(ease, TrainingMode::alone), federation.shops,
                                       federation.name + ", alone"));
      GS_TRY(const auto together, measure(settings(ease, TrainingMode::federated), federation.shops,
                                          federation.name + ", federated"));
      lift_row("**" + federation.name + "**", alone.quality, together.quality);
      if (federation.shops.names.size() > 8) continue;  // A row for each would hide the others.
      for (std::size_t shop = 0; shop < alone.per_shop.size(); ++shop) {
        lift_row(alone.per_shop[shop].name, alone.per_shop[shop].quality,
                 together.per_shop[shop].quality);
      }
    }
    return {};
  }

  /// What customer-level differential privacy costs.
  Result<> with_noise() {
    heading("With differential privacy: customer level, delta 1e-5, 8 shops by country",
            "| model | epsilon | noise deviation | Recall@20 | NDCG@20 |");
    struct Protected {
      const char* name;
      ModelKind model;
      std::vector<double> epsilons;
    };
    const std::vector<Protected> models{{"popularity", ModelKind::popularity, {0.5, 1, 4}},
                                        {"EASE", ModelKind::ease, {1, 4, 16, 64}}};
    for (const auto& [name, model, epsilons] : models) {
      auto chosen = settings({name, model}, TrainingMode::federated);
      for (const double epsilon : epsilons) {
        chosen.privacy = PrivacySettings{.budget = {epsilon}};
        GS_TRY(const auto report,
               measure(chosen, federations_.front().shops,
                       std::string{name} + ", epsilon " + cli::format_fixed(epsilon, 1)));
        const auto& q = report.quality;
        text_ += "| " + std::string{name} + " | " + cli::format_fixed(epsilon, 1) + " | " +
                 cli::format_fixed(report.privacy->noise_deviation, 1) + " | " +
                 figure(q.recall_at_20, q.recall_error) + " | " +
                 figure(q.ndcg_at_20, q.ndcg_error) + " |\n";
      }
    }
    return {};
  }

  void lift_row(const std::string& name, const models::Quality& alone,
                const models::Quality& together) {
    const double gain = alone.ndcg_at_20 > 0 ? together.ndcg_at_20 / alone.ndcg_at_20 - 1.0 : 0.0;
    text_ += "| " + name + " | " + figure(alone.ndcg_at_20, alone.ndcg_error) + " | " +
             figure(together.ndcg_at_20, together.ndcg_error) + " | " + percent(gain) + " | " +
             cli::format_count(together.customers) + " |\n";
  }

  SplitMatrices split_;
  std::vector<std::string> titles_;
  std::vector<Partition> federations_;
  const std::function<void(std::string_view)>& before_row_;
  ThreadPool pool_;
  std::string text_;
};

Result<cli::ExitCode> run_quality(const cli::Invocation& invocation) {
  GS_TRY(const auto data, read_retail(bundled_transactions()));
  GS_TRY(const auto tables, quality_tables(data, [&invocation](std::string_view what) {
           if (invocation.global.progress != cli::ProgressMode::none) {
             invocation.err << "measuring " << what << '\n';
           }
         }));
  invocation.out << tables;
  return cli::ExitCode::ok;
}

}  // namespace

Result<std::string> quality_tables(const RetailData& data,
                                   const std::function<void(std::string_view)>& before_row) {
  const auto split = split_last_basket(data);
  GS_TRY(auto parts, retail_matrices(data, split));
  std::vector<Partition> federations;
  federations.push_back({"8 shops by country", shops_by_country(split)});
  // The random assignment is known for the bundled transactions only.
  auto skew = shops_by_skew(split);
  if (skew.has_value()) federations.push_back({"8 shops of unequal size", std::move(*skew)});
  federations.push_back({"32 equal shops", shops_equal(split)});
  return Report{std::move(parts), titles_of(split), std::move(federations), before_row}.text();
}

cli::Command quality_command() {
  return {.words = "quality",
          .summary = "Measure every model on the bundled data and print the tables of quality.md",
          .options = {},
          .examples = {"quality > tables.md"},
          .run = run_quality};
}

}  // namespace guildsum::simulations
