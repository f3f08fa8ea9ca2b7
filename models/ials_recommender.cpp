#include <limits>
#include <utility>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "models/detail/history_split.hpp"
#include "models/detail/ials_task.hpp"
#include "models/errors.hpp"
#include "models/ials.hpp"

namespace guildsum::models {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Factors = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

class Ials final : public Recommender {
 public:
  Ials(FactorModel model, const std::vector<ItemIndex>& stock)
      : plan_{model.plan},
        factors_{Eigen::Map<const Factors>{model.item_factors.data(), model.items, model.factors}
                     .cast<double>()},
        shared_{plan_.unobserved_weight * (factors_.transpose() * factors_)},
        stock_(model.items, stock.empty()) {
    for (const auto item : stock) stock_[item] = true;
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "ials"; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(stock_.size());
  }

  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    Eigen::Map<Eigen::VectorXd> out{scores.data(), factors_.rows()};
    out.setZero();
    if (!history.empty()) {
      Eigen::VectorXd sum = Eigen::VectorXd::Zero(factors_.cols());
      for (const auto item : history) sum += factors_.row(item).transpose();
      out.noalias() = factors_ * system(history).solve(sum);
    }
    for (std::size_t i = 0; i < stock_.size(); ++i) {
      if (!stock_[i]) scores[i] = -std::numeric_limits<double>::infinity();
    }
  }

  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    if (history.empty())
      return detail::split_over_history(history, stock_[item], [](auto) { return 0.0; });
    // score_i = h_i^T M sum_j h_j; M is symmetric, so one solve with h_i serves the whole history.
    const Eigen::VectorXd toward = system(history).solve(factors_.row(item).transpose());
    return detail::split_over_history(history, stock_[item],
                                      [&](ItemIndex j) { return factors_.row(j).dot(toward); });
  }

 private:
  [[nodiscard]] Eigen::LLT<Eigen::MatrixXd> system(std::span<const ItemIndex> history) const {
    Matrix gathered{static_cast<Eigen::Index>(history.size()), factors_.cols()};
    for (std::size_t k = 0; k < history.size(); ++k) {
      gathered.row(static_cast<Eigen::Index>(k)) = factors_.row(history[k]);
    }
    Eigen::MatrixXd matrix = shared_;
    matrix.selfadjointView<Eigen::Lower>().rankUpdate(gathered.transpose());
    matrix.diagonal().array() += detail::frequency_regularisation(
        plan_, static_cast<double>(history.size()), static_cast<double>(factors_.rows()));
    return Eigen::LLT<Eigen::MatrixXd>{matrix};
  }

  IalsPlan plan_;
  Matrix factors_;          // H [items x factors]
  Eigen::MatrixXd shared_;  // a H^T H
  std::vector<bool> stock_;
};

}  // namespace

Result<std::unique_ptr<Recommender>> make_ials(FactorModel model, std::vector<ItemIndex> stock) {
  if (model.factors == 0 || model.items == 0 ||
      model.item_factors.size() != std::size_t{model.items} * model.factors) {
    return Error{ModelsErrc::wrong_shape, "iALS factors"};
  }
  GS_CHECK(detail::check_stock(stock, model.items));
  return std::unique_ptr<Recommender>{std::make_unique<Ials>(std::move(model), stock)};
}

}  // namespace guildsum::models
