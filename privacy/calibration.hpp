#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "privacy/rdp.hpp"

namespace guildsum::privacy {

/// What may be spent.
struct Budget {
  double epsilon = 0;
  double delta = 1e-5;
  friend bool operator==(const Budget&, const Budget&) = default;
};

/// Variances are whole millionths, as round descriptors carry them.
inline constexpr double kVarianceUnits = 1e6;

/// The least Skellam variance, in millionths, for which `sums` sums of this sensitivity stay within
/// the budget. BaseErrc::invalid_argument: epsilon not above 0, delta not between 0 and 1, no sum;
/// too_large: no variance up to 2^40 is enough.
[[nodiscard]] Result<std::uint64_t> skellam_variance_micro(const Budget& budget,
                                                           const Sensitivity& sensitivity,
                                                           std::uint64_t sums);

/// A magnitude that none of `values` independent Skellam values of this variance exceeds but with
/// probability 2^-`failure_bits`: Chernoff's bound, as Gaussian tails are too thin where the
/// variance is small. What `protocol::SumBounds::noise_margin` asks for. 0 for variance 0.
[[nodiscard]] std::uint64_t skellam_reach(double variance, std::uint64_t values,
                                          std::uint32_t failure_bits = 40);

}  // namespace guildsum::privacy
