#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "models/interactions.hpp"

namespace guildsum::bench {

/// Random numbers, the same for the same seed everywhere.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : engine_{seed} {}
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  /// Below `limit`.
  std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(((engine_() >> 32) * limit) >> 32);
  }
  /// Twelve uniforms minus six: mean 0, variance 1.
  double near_gaussian() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }
  /// Near-Gaussian with deviation `scale / sqrt(factors)`, row-major.
  std::vector<float> factors(std::size_t rows, std::size_t factors, double scale);

 private:
  std::mt19937_64 engine_;
};

inline constexpr std::uint32_t kSyntheticCustomers = 60'000;
inline constexpr std::uint32_t kSyntheticItems = 20'000;

/// Exactly `pairs` different (customer, item) pairs of 60,000 customers and 20,000 items, skewed as
/// sales are: how much a customer buys is log-normal (deviation 1), what she buys is drawn with
/// weights (rank + 20)^-0.9 over items in random order. The same for the same seed.
[[nodiscard]] models::Interactions synthetic_pairs(std::size_t pairs, std::uint64_t seed);

}  // namespace guildsum::bench
