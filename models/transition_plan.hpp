#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace guildsum::models {

namespace detail {
class CanonicalReader;
class CanonicalWriter;
}  // namespace detail

/// Units per pair of neighbouring baskets: divisible by every distance up to 5, so that
/// distance-weighted counts are integers and sums over shops exact.
inline constexpr std::uint32_t kTransitionUnits = 60;
/// Farthest distance counted.
inline constexpr std::uint32_t kTransitionDistanceMax = 5;
/// Most items of a transitions task: a round carries at most 2^28 values, and it has n^2.
inline constexpr std::uint32_t kTransitionItemsMax = 16'384;

/// How counted transitions score.
struct TransitionOptions {
  /// Added to a row's total: damps items with little behind them, in units of one next basket.
  double shrink = 20.0;
  /// How much less each earlier basket of the history says; in (0, 1].
  double decay = 0.8;
  std::uint32_t baskets = 5;  ///< How many of the latest baskets are looked at.
  friend bool operator==(const TransitionOptions&, const TransitionOptions&) = default;

  /// ModelsErrc::bad_plan naming the first value that is out of range.
  [[nodiscard]] Result<> validate() const;
};

/// Settings of the transitions task.
struct TransitionPlan {
  std::uint32_t distance_max = 3;  ///< Baskets apart that still count; 1 to 5.
  /// How often one shop may have seen one item follow another, in next baskets: the bound of every
  /// value. Up to 279,620 no sum of 256 shops leaves 32 bits; above it a sum that does is refused.
  std::uint32_t pairs_max = 250'000;
  TransitionOptions scoring;
  friend bool operator==(const TransitionPlan&, const TransitionPlan&) = default;

  /// Largest count of one pair at one shop, in 1/60.
  [[nodiscard]] std::uint64_t bound() const noexcept {
    return std::uint64_t{pairs_max} * kTransitionUnits;
  }
  /// ModelsErrc::bad_plan naming the first value that is out of range.
  [[nodiscard]] Result<> validate() const;
  void write(detail::CanonicalWriter& out) const;
  [[nodiscard]] static TransitionPlan read(detail::CanonicalReader& in);
};

}  // namespace guildsum::models
