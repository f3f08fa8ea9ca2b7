#include "models/ease.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/detail/history_split.hpp"
#include "models/errors.hpp"
#include "models/kernels/kernels.hpp"

namespace guildsum::models {
namespace {

constexpr std::uint32_t kNoPosition = std::numeric_limits<std::uint32_t>::max();
constexpr double kRidgeFactor = 1.25;
constexpr int kRaisesMax = 60;

class Ease final : public Recommender {
 public:
  /// `inverse`: P over `active` items, [m x m].
  Ease(std::uint32_t items, std::span<const ItemIndex> stock, std::vector<ItemIndex> active,
       std::span<const double> inverse)
      : items_{items},
        stock_(items, stock.empty()),
        active_{std::move(active)},
        position_(items, kNoPosition),
        weights_(inverse.size()) {
    for (const auto item : stock) stock_[item] = true;
    const std::size_t m = active_.size();
    for (std::size_t i = 0; i < m; ++i) position_[active_[i]] = static_cast<std::uint32_t>(i);
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < m; ++j) {
        const double weight = i == j ? 0.0 : -inverse[i * m + j] / inverse[j * m + j];
        weights_[i * m + j] = static_cast<float>(weight);
      }
    }
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "ease"; }
  [[nodiscard]] std::uint32_t items() const noexcept override { return items_; }

  void score(std::span<const ItemIndex> history, std::span<double> scores) const override {
    const std::size_t m = active_.size();
    std::vector<double> sums(m, 0.0);
    for (const auto item : history) {
      if (position_[item] == kNoPosition) continue;
      const float* const row = weights_.data() + position_[item] * m;
      for (std::size_t j = 0; j < m; ++j) sums[j] += static_cast<double>(row[j]);
    }
    for (std::uint32_t i = 0; i < items_; ++i) {
      scores[i] = stock_[i] ? 0.0 : -std::numeric_limits<double>::infinity();
    }
    for (std::size_t j = 0; j < m; ++j) scores[active_[j]] = sums[j];
  }

  [[nodiscard]] Explanation explain(std::span<const ItemIndex> history,
                                    ItemIndex item) const override {
    const auto column = position_[item];
    return detail::split_over_history(history, stock_[item], [&](ItemIndex from) {
      const auto row = position_[from];
      if (row == kNoPosition || column == kNoPosition) return 0.0;
      return static_cast<double>(weights_[row * active_.size() + column]);
    });
  }

 private:
  std::uint32_t items_;
  std::vector<bool> stock_;
  std::vector<ItemIndex> active_;
  std::vector<std::uint32_t> position_;  // Of an item in `active_`.
  std::vector<float> weights_;           // B [m x m], row-major: row = item of the history.
};

/// Items in stock that somebody bought: all others have weight 0 to and from everything.
std::vector<ItemIndex> active_items(const GramModel& gram, const EaseOptions& options) {
  std::vector<ItemIndex> active;
  const auto consider = [&](ItemIndex item) {
    const bool own = options.own_gram != nullptr && options.own_gram->at(item, item) > 0;
    if (gram.at(item, item) > 0 || own) active.push_back(item);
  };
  if (options.stock.empty()) {
    for (ItemIndex item = 0; item < gram.items; ++item) consider(item);
  } else {
    for (const auto item : options.stock) consider(item);
  }
  return active;
}

/// G + gamma G_own over the active items, both triangles.
std::vector<double> dense_gram(const GramModel& gram, const EaseOptions& options,
                               const std::vector<ItemIndex>& active) {
  const std::size_t m = active.size();
  std::vector<double> dense(m * m);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = i; j < m; ++j) {
      const auto common = gram.at(active[i], active[j]);
      const bool kept = i == j || common >= options.pair_customers_min;
      double value = kept ? static_cast<double>(common) : 0.0;
      if (options.own_gram != nullptr) {
        value +=
            options.own_weight * static_cast<double>(options.own_gram->at(active[i], active[j]));
      }
      dense[i * m + j] = value;
      dense[j * m + i] = value;
    }
  }
  return dense;
}

Result<> check(const GramModel& gram, const EaseOptions& options) {
  const auto complete = [&](const GramModel& matrix) {
    return matrix.items == gram.items &&
           matrix.upper.size() == GramModel::packed_length(gram.items);
  };
  if (!complete(gram) || (options.own_gram != nullptr && !complete(*options.own_gram))) {
    return Error{ModelsErrc::wrong_shape, "Gram matrix"};
  }
  if (!std::isfinite(options.ridge) || options.ridge <= 0) {
    return Error{ModelsErrc::bad_plan, "ridge must be above 0"};
  }
  return detail::check_stock(options.stock, gram.items);
}

/// P, and the ridge it was made with.
struct Inverse {
  std::vector<double> matrix;
  double ridge = 0;
};

Result<Inverse> inverse_of(const GramModel& gram, const EaseOptions& options,
                           const std::vector<ItemIndex>& active) {
  const auto& kernels = kernels::best_kernels<kernels::DenseKernels>();
  const std::size_t m = active.size();
  if (m == 0) return Inverse{{}, options.ridge};
  const bool may_be_indefinite = options.pair_customers_min > 1;
  if (may_be_indefinite && m <= options.spectral_items_max) {
    Inverse out{dense_gram(gram, options, active), options.ridge};
    if (kernels.invert_nearest(out.matrix.data(), m, options.ridge)) return out;
  }
  Inverse out{{}, options.ridge};
  for (int raises = 0; raises <= kRaisesMax; ++raises, out.ridge *= kRidgeFactor) {
    out.matrix = dense_gram(gram, options, active);
    for (std::size_t i = 0; i < m; ++i) out.matrix[i * m + i] += out.ridge;
    if (kernels.invert_spd(out.matrix.data(), m)) return out;
    if (!may_be_indefinite) break;
  }
  return Error{ModelsErrc::not_positive_definite, "EASE Gram matrix with its ridge"};
}

}  // namespace

Result<EaseRecommender> make_ease(const GramModel& gram, const EaseOptions& options) {
  GS_CHECK(check(gram, options));
  auto active = active_items(gram, options);
  GS_TRY(const auto inverse, inverse_of(gram, options, active));
  return EaseRecommender{
      std::make_unique<Ease>(gram.items, options.stock, std::move(active), inverse.matrix),
      inverse.ridge};
}

}  // namespace guildsum::models
