#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "protocol/errors.hpp"

/// The static proof that a sum of honest inputs does not wrap (docs/protocol.md section 5):
/// `2^(R-1) > n_max * w_max * (2^(b-1) - 1) + noise margin`.
namespace guildsum::protocol {

/// What a task is configured with, and what the sum can therefore reach.
struct SumBounds {
  std::uint32_t n_max = 0;       ///< cohort size, at least 1
  std::uint32_t weight_cap = 1;  ///< w_max, at least 1
  std::uint8_t value_bits = 0;   ///< b, 2 to 62
  /// z * sigma_total of the noise of all shops, a bound that fails with probability <= 2^-40 over
  /// the whole vector; 0 without differential privacy.
  std::uint64_t noise_margin = 0;
};

/// A ring for which the inequality holds.
struct RingPlan {
  std::uint8_t ring_bits = 0;    ///< R
  std::uint8_t needed_bits = 0;  ///< the smallest R that would do
  [[nodiscard]] std::uint8_t spare_bits() const noexcept {
    return static_cast<std::uint8_t>(ring_bits - needed_bits);
  }
};

/// The largest absolute value of an honest sum, noise margin included.
/// @return ProtocolErrc::overflow_not_excluded if it does not fit into 63 bits,
///         BaseErrc::invalid_argument for bounds outside their range.
[[nodiscard]] Result<std::uint64_t> sum_bound(const SumBounds& bounds);

/// Checks a configured ring.
/// @return ProtocolErrc::overflow_not_excluded; the detail says how many bits are missing and which
///         ring would do.
[[nodiscard]] Result<RingPlan> plan_ring(const SumBounds& bounds, std::uint8_t ring_bits);

/// The smallest R within the protocol's limits for which the inequality holds.
[[nodiscard]] Result<RingPlan> smallest_ring(const SumBounds& bounds);

}  // namespace guildsum::protocol
