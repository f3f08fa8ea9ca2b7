#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace guildsum::models::detail {

/// Starting vectors [rows x stride], row-major: the first `factors` of each row near-Gaussian with
/// standard deviation `init_scale / sqrt(factors)`, the rest 0. The same on every machine.
[[nodiscard]] std::vector<float> seeded_factors(std::uint64_t seed, double init_scale,
                                                std::size_t rows, std::size_t factors,
                                                std::size_t stride);

}  // namespace guildsum::models::detail
