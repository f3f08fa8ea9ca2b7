#include "models/blend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "models/detail/history_split.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

class Blend final : public HistoryRecommender {
 public:
  explicit Blend(std::vector<BlendPart> parts) : parts_{std::move(parts)} {}
  [[nodiscard]] std::string_view name() const noexcept override { return "blend"; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return parts_.front().model->items();
  }
  void score(std::span<const PastPurchase> history, std::span<double> scores) const override {
    std::ranges::fill(scores, 0.0);
    std::vector<double> own(scores.size());
    for (const auto& part : parts_) {
      if (part.weight == 0) continue;  // Infinity times 0 is no number.
      part.model->score(history, own);
      const double factor = part.weight / part.spread;
      for (std::size_t i = 0; i < scores.size(); ++i) scores[i] += factor * own[i];
    }
  }
  [[nodiscard]] Explanation explain(std::span<const PastPurchase> history,
                                    ItemIndex item) const override {
    Explanation result;
    std::map<ItemIndex, double> weights;
    for (const auto& part : parts_) {
      if (part.weight == 0) continue;
      const double factor = part.weight / part.spread;
      const auto own = part.model->explain(history, item);
      result.score += factor * own.score;
      result.constant += factor * own.constant;
      for (const auto& from : own.from_history) weights[from.item] += factor * from.weight;
    }
    for (const auto& [from, weight] : weights) {
      if (weight != 0) result.from_history.push_back({from, weight});
    }
    std::ranges::sort(result.from_history, detail::heavier);
    return result;
  }

 private:
  std::vector<BlendPart> parts_;
};

/// Standard deviation of the finite scores.
double deviation(std::span<const double> scores) {
  double sum = 0;
  double squares = 0;
  std::size_t count = 0;
  for (const double score : scores) {
    if (!std::isfinite(score)) continue;
    sum += score;
    squares += score * score;
    ++count;
  }
  if (count == 0) return 0;
  const double mean = sum / static_cast<double>(count);
  return std::sqrt(std::max(0.0, squares / static_cast<double>(count) - mean * mean));
}

}  // namespace

double score_spread(const HistoryRecommender& model, const Histories& histories,
                    std::size_t customers_max) {
  const auto customers = histories.customers();
  const auto step = std::max<std::size_t>(1, customers / std::max<std::size_t>(1, customers_max));
  std::vector<double> scores(model.items());
  double sum = 0;
  std::size_t measured = 0;
  for (std::size_t u = 0; u < customers; u += step) {
    if (histories.row(u).empty()) continue;
    model.score(histories.row(u), scores);
    sum += deviation(scores);
    ++measured;
  }
  const double spread = measured == 0 ? 0.0 : sum / static_cast<double>(measured);
  return spread > 0 ? spread : 1.0;
}

Result<std::unique_ptr<HistoryRecommender>> make_blend(std::vector<BlendPart> parts) {
  if (parts.empty()) return Error{ModelsErrc::wrong_shape, "a blend needs a model"};
  for (const auto& part : parts) {
    if (part.model == nullptr || part.model->items() != parts.front().model->items()) {
      return Error{ModelsErrc::wrong_shape, "the models of a blend rank different item lists"};
    }
    if (!std::isfinite(part.weight) || part.weight < 0) {
      return Error{ModelsErrc::bad_plan, "a blend's weight must be 0 or above"};
    }
    if (!std::isfinite(part.spread) || part.spread <= 0) {
      return Error{ModelsErrc::bad_plan, "a blend's spread must be above 0"};
    }
  }
  return std::unique_ptr<HistoryRecommender>{std::make_unique<Blend>(std::move(parts))};
}

}  // namespace guildsum::models
