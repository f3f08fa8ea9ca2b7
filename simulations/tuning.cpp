#include "simulations/tuning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>

#include "base/assert.hpp"
#include "base/cli/format.hpp"
#include "models/layout.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::uint64_t kGainUnits = std::uint64_t{1} << 20;
constexpr std::uint64_t kCustomersMax = 10'000'000;  // Of one shop, for the overflow proof.

constexpr std::array kRidges{100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0};
constexpr std::array kNeighbours{50U, 100U, 200U};
constexpr std::array kShrinks{10.0, 50.0, 100.0};
constexpr std::array kAlphas{0.3, 0.5};
constexpr std::array kRegularisations{0.004, 0.007, 0.01};
constexpr std::array kIalsWeights{0.0, 0.2, 0.5};
constexpr std::array kLatestWeights{0.0, 0.3, 0.6};
constexpr std::array kTitleWeights{0.0, 0.3, 0.6};
constexpr std::array kBuyAgainWeights{1.0, 3.0, 6.0};
constexpr std::array kHalfLifeDays{30, 60, 90, 180, 365, 0};
constexpr std::array kPopularityWeights{0.2, 0.5, 1.0};
constexpr std::array kTitleRidges{0.03, 0.1, 0.3, 1.0, 3.0};
constexpr std::array kDecays{0.6, 0.8, 1.0};
constexpr std::array kRateFactors{0.5, 1.0, 2.0};  // Of the measured step size.
constexpr std::array kGradientRegularisations{0.005, 0.01, 0.02};
constexpr std::int64_t kDaySeconds = 24 * 3600;

std::string number(double value) { return cli::format_fixed(value, 3); }

/// Collects candidates that differ from `base` by what `change` does.
class Grid {
 public:
  explicit Grid(const EvaluationSettings& base) : base_{base} {}
  template <class Change>
  void add(std::string label, Change change) {
    candidates_.push_back({std::move(label), base_});
    change(candidates_.back().settings);
  }
  [[nodiscard]] std::vector<Candidate> take() && { return std::move(candidates_); }

 private:
  const EvaluationSettings& base_;
  std::vector<Candidate> candidates_;
};

void ease_grid(Grid& grid) {
  for (const double ridge : kRidges) {
    grid.add("ridge " + number(ridge), [=](auto& settings) { settings.ridge = ridge; });
  }
}

void knn_grid(Grid& grid) {
  for (const auto neighbours : kNeighbours) {
    for (const double shrink : kShrinks) {
      grid.add("neighbours " + std::to_string(neighbours) + ", shrink " + number(shrink),
               [=](auto& settings) {
                 settings.knn.neighbours = neighbours;
                 settings.knn.shrink = shrink;
               });
    }
  }
}

void ials_grid(Grid& grid) {
  for (const double alpha : kAlphas) {
    for (const double regularisation : kRegularisations) {
      grid.add("alpha " + number(alpha) + ", reg " + number(regularisation), [=](auto& settings) {
        settings.ials.unobserved_weight = alpha;
        settings.ials.regularisation = regularisation;
      });
    }
  }
}

/// Adds the weights of a blend; for next baskets also those of buy-again, there without `latest`:
/// buy-again sees how long ago a purchase was.
void blend_grid(Grid& grid, bool next_basket, bool titles) {
  const std::span<const double> latest_weights{kLatestWeights.data(),
                                               next_basket ? 1 : kLatestWeights.size()};
  const std::span<const double> title_weights{kTitleWeights.data(),
                                              titles ? kTitleWeights.size() : 1};
  const std::span<const double> again_weights{kBuyAgainWeights.data(),
                                              next_basket ? kBuyAgainWeights.size() : 1};
  for (const double ials : kIalsWeights) {
    for (const double latest : latest_weights) {
      for (const double title : title_weights) {
        for (const double again : again_weights) {
          grid.add("ials " + number(ials) + ", latest " + number(latest) + ", title " +
                       number(title) + (next_basket ? ", buy-again " + number(again) : ""),
                   [=](auto& settings) {
                     settings.blend = {settings.blend.ease, ials, latest, title, again};
                   });
        }
      }
    }
  }
}

void buy_again_grid(Grid& grid) {
  for (const int days : kHalfLifeDays) {
    for (const double popularity : kPopularityWeights) {
      grid.add("half life " + (days == 0 ? std::string{"none"} : std::to_string(days) + " days") +
                   ", popularity " + number(popularity),
               [=](auto& settings) {
                 settings.buy_again.half_life_seconds = days * kDaySeconds;
                 settings.buy_again.popularity_weight = popularity;
               });
    }
  }
}

void transition_grid(Grid& grid) {
  for (const double decay : kDecays) {
    for (const double shrink : kShrinks) {
      grid.add("decay " + number(decay) + ", shrink " + number(shrink), [=](auto& settings) {
        settings.transitions.decay = decay;
        settings.transitions.shrink = shrink;
      });
    }
  }
}

void title_grid(Grid& grid) {
  for (const double ridge : kTitleRidges) {
    grid.add("title ridge " + number(ridge),
             [=](auto& settings) { settings.title.regression.ridge = ridge; });
  }
}

void gradient_grid(Grid& grid, const models::GradientPlan& measured) {
  for (const double factor : kRateFactors) {
    for (const double regularisation : kGradientRegularisations) {
      auto plan = measured;
      plan.local_rate *= factor;
      plan.regularisation = regularisation;
      grid.add("local rate " + cli::format_fixed(plan.local_rate, 4) + ", reg " +
                   number(regularisation),
               [=](auto& settings) { settings.gradient = plan; });
    }
  }
}

/// One sum over the shops of NDCG and customers, per candidate.
Result<std::vector<double>> compare_by_secure_sum(const std::vector<Evaluator::Measured>& measured,
                                                  const SumSource& sums) {
  const auto candidates = measured.size();
  models::SumRequest request;
  request.step_kind = "validation.ndcg";
  request.step_number = 1;
  request.layout.segments = {models::Segment::exact("ndcg", candidates, kCustomersMax * kGainUnits),
                             models::Segment::exact("customers", candidates, kCustomersMax)};
  std::vector<std::vector<std::int64_t>> contributions(measured.front().meters.size());
  for (std::size_t shop = 0; shop < contributions.size(); ++shop) {
    for (const auto& candidate : measured) {
      const double units = candidate.meters[shop].ndcg_sum() * static_cast<double>(kGainUnits);
      contributions[shop].push_back(std::llround(units));
    }
    for (const auto& candidate : measured) {
      contributions[shop].push_back(static_cast<std::int64_t>(candidate.meters[shop].customers()));
    }
  }
  models::TaskPlan plan;
  plan.items = 1;
  GS_TRY(const auto sum, sums.secure_sum->sum(plan, request, contributions));
  std::vector<double> ndcg;
  for (std::size_t c = 0; c < candidates; ++c) {
    const auto customers = sum[candidates + c];
    ndcg.push_back(customers == 0 ? 0.0
                                  : static_cast<double>(sum[c]) / static_cast<double>(kGainUnits) /
                                        static_cast<double>(customers));
  }
  return ndcg;
}

/// The same where the meters may be merged: in one place, or for shops that are alone.
std::vector<double> compare_in_the_open(const std::vector<Evaluator::Measured>& measured) {
  std::vector<double> ndcg;
  for (const auto& candidate : measured) {
    double gain = 0;
    std::size_t customers = 0;
    for (const auto& meter : candidate.meters) {
      gain += meter.ndcg_sum();
      customers += meter.customers();
    }
    ndcg.push_back(customers == 0 ? 0.0 : gain / static_cast<double>(customers));
  }
  return ndcg;
}

}  // namespace

std::vector<Candidate> candidates_of(const EvaluationSettings& base) {
  Grid grid{base};
  switch (base.model) {
    case ModelKind::popularity:
      grid.add("no settings", [](auto&) {});
      break;
    case ModelKind::knn:
      knn_grid(grid);
      break;
    case ModelKind::ease:
      ease_grid(grid);
      break;
    case ModelKind::ials:
      ials_grid(grid);
      break;
    case ModelKind::blend:
      blend_grid(grid, base.protocol == models::EvaluationProtocol::next_basket,
                 !base.title.titles.empty());
      break;
    case ModelKind::buy_again:
      buy_again_grid(grid);
      break;
    case ModelKind::title:
      title_grid(grid);
      break;
    case ModelKind::transitions:
      transition_grid(grid);
      break;
    case ModelKind::bpr:
    case ModelKind::softmax:
      gradient_grid(grid, gradient_plan(base));
      break;
  }
  return std::move(grid).take();
}

Result<TuningReport> tune(Evaluator& evaluator, std::vector<Candidate> candidates,
                          const SumSource& sums,
                          const std::function<void(std::size_t)>& after_candidate) {
  GS_ASSERT(!candidates.empty());
  TuningReport report;
  std::vector<Evaluator::Measured> measured;
  for (const auto& candidate : candidates) {
    GS_TRY(auto result, evaluator.measure(candidate.settings));
    report.sums = result.sums;
    measured.push_back(std::move(result));
    if (after_candidate) after_candidate(measured.size());
  }
  if (candidates.front().settings.mode == TrainingMode::federated) {
    GS_TRY(report.ndcg_at_20, compare_by_secure_sum(measured, sums));
    ++report.sums;
  } else {
    report.ndcg_at_20 = compare_in_the_open(measured);
  }
  report.candidates = std::move(candidates);
  report.best = static_cast<std::size_t>(std::ranges::max_element(report.ndcg_at_20) -
                                         report.ndcg_at_20.begin());
  return report;
}

}  // namespace guildsum::simulations
