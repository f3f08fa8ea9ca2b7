#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <benchmark/benchmark.h>

#include "interleaved.hpp"
#include "models/ials.hpp"
#include "synthetic_pairs.hpp"

/// The ten best items of a customer with twenty purchases: fold-in, scores of all items, selection.
namespace guildsum::bench {
namespace {

using models::FactorModel;
using models::ItemIndex;
using models::Recommendation;

constexpr std::size_t kHistory = 20;
constexpr std::size_t kCount = 10;

FactorModel random_model(std::uint32_t items, std::uint32_t factors) {
  FactorModel model{items, factors, Draws{1}.factors(items, factors, 1.0), {}};
  model.plan.factors = factors;
  return model;
}

std::vector<ItemIndex> random_history(std::uint32_t items, Draws& random) {
  std::vector<ItemIndex> history;
  while (history.size() < kHistory) {
    const ItemIndex item = random.below(items);
    if (std::ranges::find(history, item) == history.end()) history.push_back(item);
  }
  return history;
}

/// The same with Eigen over doubles, compiled for every CPU, and a partial sort of all items.
class Plain {
 public:
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Factors = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  explicit Plain(const FactorModel& model)
      : plan_{model.plan},
        factors_{Eigen::Map<const Factors>{model.item_factors.data(), model.items, model.factors}
                     .cast<double>()},
        shared_{plan_.unobserved_weight * (factors_.transpose() * factors_)} {}

  [[nodiscard]] std::vector<Recommendation> recommend(const std::vector<ItemIndex>& history) const {
    Matrix gathered{static_cast<Eigen::Index>(history.size()), factors_.cols()};
    for (std::size_t k = 0; k < history.size(); ++k) {
      gathered.row(static_cast<Eigen::Index>(k)) = factors_.row(history[k]);
    }
    Eigen::MatrixXd matrix = shared_;
    matrix.selfadjointView<Eigen::Lower>().rankUpdate(gathered.transpose());
    matrix.diagonal().array() +=
        plan_.regularisation * (static_cast<double>(history.size()) +
                                plan_.unobserved_weight * static_cast<double>(factors_.rows()));
    const Eigen::VectorXd sum = gathered.colwise().sum().transpose();
    Eigen::VectorXd scores = factors_ * Eigen::LLT<Eigen::MatrixXd>{matrix}.solve(sum);
    for (const auto item : history) scores[item] = -std::numeric_limits<double>::infinity();
    std::vector<Recommendation> ranked;
    ranked.reserve(static_cast<std::size_t>(scores.size()));
    for (Eigen::Index i = 0; i < scores.size(); ++i) {
      ranked.push_back({static_cast<ItemIndex>(i), scores[i]});
    }
    std::ranges::partial_sort(ranked, ranked.begin() + kCount, [](const auto& a, const auto& b) {
      return a.score != b.score ? a.score > b.score : a.item < b.item;
    });
    ranked.resize(kCount);
    return ranked;
  }

 private:
  models::IalsPlan plan_;
  Matrix factors_;
  Eigen::MatrixXd shared_;
};

void top_n(benchmark::State& state) {
  const auto items = static_cast<std::uint32_t>(state.range(0));
  const auto model = random_model(items, static_cast<std::uint32_t>(state.range(1)));
  const auto recommender = models::make_ials(model);
  const Plain plain{model};
  Draws random{2};
  std::vector<ItemIndex> history = random_history(items, random);
  std::vector<Recommendation> found;
  std::vector<Recommendation> expected;
  bool equal = true;
  compare_times(
      state, [&] { found = models::recommend(**recommender, history, {.count = kCount}); },
      [&] {
        // The reference runs first in every turn: what the last turn left is compared here.
        for (std::size_t k = 0; k < found.size(); ++k) {
          equal = equal && found[k].item == expected[k].item;
        }
        history = random_history(items, random);
        expected = plain.recommend(history);
      });
  if (!equal) state.SkipWithError("the kernels and the plain form rank differently");
}

BENCHMARK(top_n)
    ->Args({20'000, 64})
    ->Args({20'000, 128})
    ->Args({100'000, 64})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace guildsum::bench
