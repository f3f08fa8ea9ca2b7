#include "models/title_ridge.hpp"

#include <cmath>
#include <vector>

#include <Eigen/IterativeLinearSolvers>
#include <Eigen/Sparse>

#include "models/detail/history_split.hpp"
#include "models/errors.hpp"
#include "models/title_features.hpp"

namespace guildsum::models {
namespace {

using Sparse = Eigen::SparseMatrix<double>;
using Factors = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr int kIterationsMax = 500;
constexpr double kTolerance = 1e-6;

/// The rows of `titles[items]` with a last column of ones, so that no word need explain the mean.
Sparse design(const TitleFeatures& features, std::span<const std::string> titles,
              std::span<const ItemIndex> items) {
  std::vector<Eigen::Triplet<double>> entries;
  const auto last = static_cast<int>(features.size());
  for (std::size_t r = 0; r < items.size(); ++r) {
    const auto row = static_cast<int>(r);
    for (const auto& [column, value] : features.row(titles[items[r]])) {
      entries.emplace_back(row, static_cast<int>(column), static_cast<double>(value));
    }
    entries.emplace_back(row, last, 1.0);
  }
  Sparse matrix{static_cast<Eigen::Index>(items.size()), last + 1};
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
}

std::vector<ItemIndex> others(std::uint32_t items, std::span<const ItemIndex> cold) {
  std::vector<ItemIndex> known;
  std::size_t next = 0;
  for (ItemIndex item = 0; item < items; ++item) {
    if (next < cold.size() && cold[next] == item) {
      ++next;
    } else {
      known.push_back(item);
    }
  }
  return known;
}

/// W of (X^T X + l I) W = X^T H by conjugate gradients: the words are many and the rows short.
Eigen::MatrixXd regress(const Sparse& x, const Eigen::MatrixXd& targets, double ridge) {
  Sparse normal = x.transpose() * x;
  Sparse diagonal{normal.rows(), normal.cols()};
  diagonal.setIdentity();
  normal += ridge * diagonal;
  Eigen::ConjugateGradient<Sparse, Eigen::Lower | Eigen::Upper> solver;
  solver.setMaxIterations(kIterationsMax);
  solver.setTolerance(kTolerance);
  solver.compute(normal);
  return solver.solve(x.transpose() * targets);
}

Result<> check(const FactorModel& model, std::span<const std::string> titles,
               std::span<const ItemIndex> cold, const TitleRidgeOptions& options) {
  if (titles.size() != model.items ||
      model.item_factors.size() != std::size_t{model.items} * model.factors) {
    return Error{ModelsErrc::wrong_shape, "titles and factors are of different item lists"};
  }
  if (!std::isfinite(options.ridge) || options.ridge <= 0) {
    return Error{ModelsErrc::bad_plan, "the ridge of titles must be above 0"};
  }
  GS_CHECK(detail::check_stock(cold, model.items));
  if (cold.size() == model.items) {
    return Error{ModelsErrc::nothing_opened, "no item has factors to learn titles from"};
  }
  return {};
}

}  // namespace

Result<FactorModel> with_title_factors(FactorModel model, std::span<const std::string> titles,
                                       std::span<const ItemIndex> cold,
                                       const TitleRidgeOptions& options) {
  GS_CHECK(check(model, titles, cold, options));
  if (cold.empty()) return model;
  const auto known = others(model.items, cold);
  std::vector<std::string> known_titles;
  for (const auto item : known) known_titles.push_back(titles[item]);
  const auto features = TitleFeatures::build(known_titles);

  Eigen::Map<Factors> factors{model.item_factors.data(), model.items, model.factors};
  Eigen::MatrixXd targets{known.size(), factors.cols()};
  for (std::size_t r = 0; r < known.size(); ++r) {
    targets.row(static_cast<Eigen::Index>(r)) = factors.row(known[r]).cast<double>();
  }
  const auto weights = regress(design(features, titles, known), targets, options.ridge);
  const Eigen::MatrixXd predicted = design(features, titles, cold) * weights;
  for (std::size_t r = 0; r < cold.size(); ++r) {
    factors.row(cold[r]) = predicted.row(static_cast<Eigen::Index>(r)).cast<float>();
  }
  return model;
}

}  // namespace guildsum::models
