#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/task_plan.hpp"

/// What the values of an evaluation's two sums mean.
namespace guildsum::models {

/// Fixed-point units of 1.0 in an evaluation's sums.
inline constexpr std::uint32_t kEvaluationUnitBits = 20;

/// What is summed of each candidate and group of customers; a square is of one customer's figure.
enum class Figure : std::uint8_t {
  ndcg_at_20 = 0,
  ndcg_at_20_squares = 1,
  ndcg_at_10 = 2,
  ndcg_at_10_squares = 3,
  recall_at_20 = 4,
  recall_at_20_squares = 5,
};
inline constexpr std::size_t kFigures = 6;

/// The first sum: customers with held-out purchases by band, all customers, shops with held-out
/// purchases.
struct CustomersView {
  CustomersView(const EvaluationPlan& plan, std::span<const std::int64_t> sum)
      : measured{sum.first(plan.bands())},
        customers{sum[plan.bands()]},
        shops{sum[plan.bands() + 1]} {}
  std::span<const std::int64_t> measured;
  std::int64_t customers;
  std::int64_t shops;
};

/// Where the values of the second sum are. `Value` is const for a sum that is read.
template <class Value>
class QualityView {
 public:
  QualityView(const TaskPlan& plan, std::size_t groups, std::span<Value> values)
      : groups_{groups},
        candidates_{plan.evaluation.candidates.size()},
        items_{plan.items},
        values_{values} {}
  [[nodiscard]] static std::size_t length(const TaskPlan& plan, std::size_t groups) {
    const std::size_t candidates = plan.evaluation.candidates.size();
    return groups + 6 + candidates * (kFigures * groups + 3 + std::size_t{plan.items});
  }
  /// Customers [groups] that were measured.
  [[nodiscard]] std::span<Value> customers() const { return values_.first(groups_); }
  /// Those of shops that compared with a model of their own.
  [[nodiscard]] Value& own_customers() const { return values_[groups_]; }
  /// NDCG@20, its squares, recall@20 and its squares of the shops' own models.
  [[nodiscard]] std::span<Value> own() const { return values_.subspan(groups_ + 1, 4); }
  /// Shops that measured. Others may be in this sum than in the first.
  [[nodiscard]] Value& measuring() const { return values_[groups_ + 5]; }
  /// [groups]
  [[nodiscard]] std::span<Value> figure(std::size_t candidate, Figure figure) const {
    const std::size_t row = candidate * kFigures + static_cast<std::size_t>(figure);
    return values_.subspan(groups_ + 6 + row * groups_, groups_);
  }
  /// Shops that compared with their own model, and those of them whose own is better.
  [[nodiscard]] std::span<Value> shops(std::size_t candidate) const {
    return values_.subspan(after_figures() + 2 * candidate, 2);
  }
  /// NDCG@20 above that of the own model, added up over shops; may be negative.
  [[nodiscard]] Value& gain(std::size_t candidate) const {
    return values_[after_figures() + 2 * candidates_ + candidate];
  }
  /// [items] to how many customers each was shown.
  [[nodiscard]] std::span<Value> exposure(std::size_t candidate) const {
    return values_.subspan(after_figures() + 3 * candidates_ + candidate * items_, items_);
  }

 private:
  [[nodiscard]] std::size_t after_figures() const {
    return groups_ + 6 + candidates_ * kFigures * groups_;
  }
  std::size_t groups_;
  std::size_t candidates_;
  std::size_t items_;
  std::span<Value> values_;
};

}  // namespace guildsum::models
