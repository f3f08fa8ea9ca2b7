#include "models/buy_again.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/detail/history_split.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

class BuyAgain final : public HistoryRecommender {
 public:
  BuyAgain(const PopularityModel& popularity, const BuyAgainOptions& options)
      : half_life_{options.half_life_seconds}, prior_(popularity.customers.size()) {
    const auto& counts = popularity.customers;
    const auto highest = counts.empty() ? std::uint64_t{0} : std::ranges::max(counts);
    for (std::size_t i = 0; highest > 0 && i < counts.size(); ++i) {
      prior_[i] =
          options.popularity_weight * static_cast<double>(counts[i]) / static_cast<double>(highest);
    }
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "buy-again"; }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(prior_.size());
  }
  void score(std::span<const PastPurchase> history, std::span<double> scores) const override {
    std::ranges::copy(prior_, scores.begin());
    for (std::size_t k = 0; k < history.size(); ++k) {
      scores[history[k].item] += weight(history, k);
    }
  }
  [[nodiscard]] Explanation explain(std::span<const PastPurchase> history,
                                    ItemIndex item) const override {
    Explanation result;
    result.constant = prior_[item];
    double own = 0;
    for (std::size_t k = 0; k < history.size(); ++k) {
      if (history[k].item == item) own += weight(history, k);
    }
    if (own > 0) result.from_history.push_back({item, own});
    result.score = result.constant + own;
    return result;
  }

 private:
  /// What the k-th purchase counts. A second line of the same basket adds nothing.
  [[nodiscard]] double weight(std::span<const PastPurchase> history, std::size_t k) const {
    const auto& purchase = history[k];
    const bool repeated =
        k > 0 && history[k - 1].item == purchase.item && history[k - 1].seconds == purchase.seconds;
    if (repeated) return 0;
    if (half_life_ == 0) return 1;
    const auto age = static_cast<double>(history.back().seconds - purchase.seconds);
    return std::exp2(-age / static_cast<double>(half_life_));
  }

  std::int64_t half_life_;
  std::vector<double> prior_;  // By item, from popularity.
};

}  // namespace

Result<std::unique_ptr<HistoryRecommender>> make_buy_again(PopularityModel popularity,
                                                           const BuyAgainOptions& options) {
  if (options.half_life_seconds < 0) {
    return Error{ModelsErrc::bad_plan, "a half life must be 0 or above"};
  }
  if (!std::isfinite(options.popularity_weight) || options.popularity_weight < 0) {
    return Error{ModelsErrc::bad_plan, "the popularity weight must be 0 or above"};
  }
  return std::unique_ptr<HistoryRecommender>{std::make_unique<BuyAgain>(popularity, options)};
}

}  // namespace guildsum::models
