#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "models/layout.hpp"

namespace guildsum::models {

/// Factor in (0, 1] that brings the L2 norm of `values` to at most `clip_norm_l2`.
/// ModelsErrc::not_finite on NaN, an infinity or an overflowing norm.
[[nodiscard]] Result<double> clip_factor(std::span<const double> values, double clip_norm_l2);

/// Appends `values * factor` in fixed point with unbiased stochastic rounding: x is rounded up with
/// probability x - floor(x), so that the expectation is x. ModelsErrc::not_finite, out_of_range
/// (above the segment's bound: the factor does not fit the norm), wrong_shape.
[[nodiscard]] Result<> append_clipped(const Segment& segment, std::span<const double> values,
                                      double factor, Random& random,
                                      std::vector<std::int64_t>& out);

/// Appends integers as they are. ModelsErrc::out_of_range naming segment and position; wrong_shape.
[[nodiscard]] Result<> append_exact(const Segment& segment, std::span<const std::int64_t> values,
                                    std::vector<std::int64_t>& out);

/// The real value of a sum's integer.
[[nodiscard]] inline double decode(const Segment& segment, std::int64_t value) noexcept {
  return static_cast<double>(value) / static_cast<double>(segment.scale);
}

/// Checks that `sum` can come from `survivors` contributions of this layout: right length, every
/// magnitude at most survivors * bound. ModelsErrc::wrong_shape, out_of_range naming segment and
/// position.
[[nodiscard]] Result<> check_sum(const VectorLayout& layout, std::span<const std::int64_t> sum,
                                 std::uint32_t survivors);

}  // namespace guildsum::models
