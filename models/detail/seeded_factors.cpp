#include "models/detail/seeded_factors.hpp"

#include <cmath>

#include "models/detail/split_mix.hpp"

namespace guildsum::models::detail {

std::vector<float> seeded_factors(std::uint64_t seed, double init_scale, std::size_t rows,
                                  std::size_t factors, std::size_t stride) {
  SplitMix64 random{seed};
  const double deviation = init_scale / std::sqrt(static_cast<double>(factors));
  std::vector<float> values(rows * stride, 0.0F);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t k = 0; k < factors; ++k) {
      values[row * stride + k] = static_cast<float>(deviation * random.near_gaussian());
    }
  }
  return values;
}

}  // namespace guildsum::models::detail
