#include <algorithm>
#include <limits>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "models/detail/history_split.hpp"
#include "models/detail/ials_task.hpp"
#include "models/detail/item_vectors.hpp"
#include "models/errors.hpp"
#include "models/ials.hpp"

namespace guildsum::models {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Factors = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::VectorXd to_vector(std::span<const float> row) {
  return Eigen::Map<const Eigen::VectorXf>{row.data(), static_cast<Eigen::Index>(row.size())}
      .cast<double>();
}

/// a H^T H
Eigen::MatrixXd shared_gram(const FactorModel& model) {
  const Matrix factors =
      Eigen::Map<const Factors>{model.item_factors.data(), model.items, model.factors}
          .cast<double>();
  return model.plan.unobserved_weight * (factors.transpose() * factors);
}

class Ials final : public Recommender {
 public:
  Ials(const FactorModel& model, std::span<const ItemIndex> stock)
      : plan_{model.plan},
        factors_{model.item_factors, model.items, model.factors, model.factors},
        shared_{shared_gram(model)},
        unsold_{detail::outside_stock(stock, model.items)} {}
  [[nodiscard]] std::string_view name() const noexcept override { return "ials"; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(factors_.items());
  }

  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    std::ranges::fill(scores, 0.0);
    if (!history.empty()) {
      auto customer = factors_.sum_of(history);
      const auto d = static_cast<Eigen::Index>(customer.size());
      Eigen::Map<Eigen::VectorXd> unknown{customer.data(), d};
      system(history).solveInPlace(unknown);
      factors_.add_scores(customer, scores);
    }
    for (const auto item : unsold_) scores[item] = -std::numeric_limits<double>::infinity();
  }

  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    const bool sold = !std::ranges::binary_search(unsold_, item);
    if (history.empty()) return detail::split_over_history(history, sold, [](auto) { return 0.0; });
    // score_i = h_i^T M sum_j h_j; M is symmetric, so one solve with h_i serves the whole history.
    const Eigen::VectorXd toward = system(history).solve(to_vector(factors_[item]));
    return detail::split_over_history(
        history, sold, [&](ItemIndex j) { return to_vector(factors_[j]).dot(toward); });
  }

 private:
  [[nodiscard]] Eigen::LLT<Eigen::MatrixXd> system(std::span<const ItemIndex> history) const {
    Matrix gathered{static_cast<Eigen::Index>(history.size()), shared_.cols()};
    for (std::size_t k = 0; k < history.size(); ++k) {
      gathered.row(static_cast<Eigen::Index>(k)) = to_vector(factors_[history[k]]).transpose();
    }
    Eigen::MatrixXd matrix = shared_;
    matrix.selfadjointView<Eigen::Lower>().rankUpdate(gathered.transpose());
    matrix.diagonal().array() += detail::frequency_regularisation(
        plan_, static_cast<double>(history.size()), static_cast<double>(factors_.items()));
    return Eigen::LLT<Eigen::MatrixXd>{matrix};
  }

  IalsPlan plan_;
  detail::ItemVectors factors_;  // H
  Eigen::MatrixXd shared_;       // a H^T H
  std::vector<ItemIndex> unsold_;
};

}  // namespace

Result<std::unique_ptr<Recommender>> make_ials(const FactorModel& model,
                                               const std::vector<ItemIndex>& stock) {
  if (model.factors == 0 || model.items == 0 ||
      model.item_factors.size() != std::size_t{model.items} * model.factors) {
    return Error{ModelsErrc::wrong_shape, "iALS factors"};
  }
  GS_CHECK(detail::check_stock(stock, model.items));
  return std::unique_ptr<Recommender>{std::make_unique<Ials>(model, stock)};
}

}  // namespace guildsum::models
