#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "models/detail/history_split.hpp"
#include "models/detail/item_vectors.hpp"
#include "models/errors.hpp"
#include "models/gradient.hpp"

namespace guildsum::models {
namespace {

class Factorisation final : public Recommender {
 public:
  Factorisation(const VectorModel& model, std::span<const ItemIndex> stock)
      : name_{to_string(model.kind)},
        vectors_{model.item_vectors, model.items, model.factors, model.factors + std::size_t{1}},
        biases_(model.items),
        unsold_{detail::outside_stock(stock, model.items)} {
    for (std::size_t i = 0; i < biases_.size(); ++i) {
      const std::size_t last = (i + 1) * (std::size_t{model.factors} + 1) - 1;
      biases_[i] = static_cast<double>(model.item_vectors[last]);
    }
  }
  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(biases_.size());
  }

  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    std::ranges::copy(biases_, scores.begin());
    if (!history.empty()) {
      auto customer = vectors_.sum_of(history);
      for (double& value : customer) value *= share(history);
      vectors_.add_scores(customer, scores);
    }
    for (const auto item : unsold_) scores[item] = -std::numeric_limits<double>::infinity();
  }

  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    const bool sold = !std::ranges::binary_search(unsold_, item);
    auto result = detail::split_over_history(
        history, sold, [&](ItemIndex j) { return share(history) * product(item, j); });
    if (!sold) return result;
    result.constant = biases_[item];
    result.score += result.constant;
    return result;
  }

 private:
  /// How much of an item's vector is in the vector of a customer with this history.
  static double share(std::span<const ItemIndex> history) {
    return 1.0 / std::sqrt(static_cast<double>(history.size()));
  }
  [[nodiscard]] double product(ItemIndex a, ItemIndex b) const {
    double sum = 0;
    for (std::size_t k = 0; k < vectors_.factors(); ++k) {
      sum += static_cast<double>(vectors_[a][k]) * static_cast<double>(vectors_[b][k]);
    }
    return sum;
  }

  std::string_view name_;
  detail::ItemVectors vectors_;
  std::vector<double> biases_;
  std::vector<ItemIndex> unsold_;
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
