#pragma once

#include <cstdint>

namespace guildsum::models::detail {

/// SplitMix64 (Steele, Lea, Flood 2014): one 64-bit output per call, the same on every machine.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_{seed} {}
  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  /// Below `limit` (above 0), by multiplication (Lemire 2019): biased by at most limit / 2^32.
  std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(((bits() >> 32) * limit) >> 32);
  }
  /// Twelve uniforms minus six: mean 0, variance 1, near Gaussian, and no logarithm whose last bit
  /// differs between C libraries.
  double near_gaussian() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  std::uint64_t state_;
};

}  // namespace guildsum::models::detail
