#include <cmath>
#include <limits>
#include <utility>

#include <Eigen/Core>

#include "models/detail/history_split.hpp"
#include "models/errors.hpp"
#include "models/gradient.hpp"

namespace guildsum::models {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vectors = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

class Factorisation final : public Recommender {
 public:
  Factorisation(const VectorModel& model, const std::vector<ItemIndex>& stock)
      : name_{to_string(model.kind)}, stock_(model.items, stock.empty()) {
    const auto d = static_cast<Eigen::Index>(model.factors);
    const Matrix vectors =
        Eigen::Map<const Vectors>{model.item_vectors.data(), model.items, d + 1}.cast<double>();
    factors_ = vectors.leftCols(d);
    biases_ = vectors.col(d);
    for (const auto item : stock) stock_[item] = true;
  }
  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(stock_.size());
  }

  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    Eigen::Map<Eigen::VectorXd> out{scores.data(), factors_.rows()};
    out = biases_;
    if (!history.empty()) {
      Eigen::VectorXd sum = Eigen::VectorXd::Zero(factors_.cols());
      for (const auto item : history) sum += factors_.row(item).transpose();
      out.noalias() += factors_ * (sum * share(history));
    }
    for (std::size_t i = 0; i < stock_.size(); ++i) {
      if (!stock_[i]) scores[i] = -std::numeric_limits<double>::infinity();
    }
  }

  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    auto result = detail::split_over_history(history, stock_[item], [&](ItemIndex j) {
      return share(history) * factors_.row(item).dot(factors_.row(j));
    });
    if (!stock_[item]) return result;
    result.constant = biases_[item];
    result.score += result.constant;
    return result;
  }

 private:
  /// How much of an item's vector is in the vector of a customer with this history.
  static double share(std::span<const ItemIndex> history) {
    return 1.0 / std::sqrt(static_cast<double>(history.size()));
  }

  std::string_view name_;
  Matrix factors_;  // [items x factors]
  Eigen::VectorXd biases_;
  std::vector<bool> stock_;
};

}  // namespace

Result<std::unique_ptr<Recommender>> make_factorisation(const VectorModel& model,
                                                        const std::vector<ItemIndex>& stock) {
  if (model.factors == 0 || model.items == 0 ||
      (model.kind != TaskKind::bpr && model.kind != TaskKind::softmax) ||
      model.item_vectors.size() != std::size_t{model.items} * (std::size_t{model.factors} + 1)) {
    return Error{ModelsErrc::wrong_shape, "item vectors"};
  }
  GS_CHECK(detail::check_stock(stock, model.items));
  return std::unique_ptr<Recommender>{std::make_unique<Factorisation>(model, stock)};
}

}  // namespace guildsum::models
