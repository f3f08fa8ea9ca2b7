#include "protocol/overflow.hpp"

#include <algorithm>
#include <bit>
#include <string>

#include "base/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::protocol {
namespace {

constexpr std::uint8_t kValueBitsMin = 2;
constexpr std::uint8_t kValueBitsMax = 62;
__extension__ using Wide = unsigned __int128;

unsigned bit_width(Wide value) noexcept {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  return high != 0 ? 64 + static_cast<unsigned>(std::bit_width(high))
                   : static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(value)));
}

Result<Wide> exact_bound(const SumBounds& bounds) {
  if (bounds.n_max == 0 || bounds.weight_cap == 0 || bounds.value_bits < kValueBitsMin ||
      bounds.value_bits > kValueBitsMax) {
    return Error{BaseErrc::invalid_argument,
                 "the cohort and the weight cap must be positive and values have 2 to 62 bits"};
  }
  const Wide largest_value = (Wide{1} << (bounds.value_bits - 1)) - 1;
  return Wide{bounds.n_max} * bounds.weight_cap * largest_value + bounds.noise_margin;
}

/// The smallest R with 2^(R-1) > bound.
unsigned needed_ring_bits(Wide bound) noexcept { return bit_width(bound) + 1; }

Error not_excluded(const SumBounds& bounds, unsigned ring_bits, unsigned needed) {
  return {ProtocolErrc::overflow_not_excluded,
          std::to_string(bounds.n_max) + " shops with weights up to " +
              std::to_string(bounds.weight_cap) + " and values of " +
              std::to_string(bounds.value_bits) + " bits need a ring of " + std::to_string(needed) +
              " bits; " + std::to_string(needed - ring_bits) + " of them are missing in " +
              std::to_string(ring_bits)};
}

}  // namespace

Result<std::uint64_t> sum_bound(const SumBounds& bounds) {
  GS_TRY(const Wide bound, exact_bound(bounds));
  if (bit_width(bound) > 63) return not_excluded(bounds, kRingBitsMax, needed_ring_bits(bound));
  return static_cast<std::uint64_t>(bound);
}

Result<RingPlan> plan_ring(const SumBounds& bounds, std::uint8_t ring_bits) {
  if (ring_bits < kRingBitsMin || ring_bits > kRingBitsMax) {
    return Error{BaseErrc::invalid_argument, "a ring has 16 to 64 bits"};
  }
  GS_TRY(const Wide bound, exact_bound(bounds));
  const unsigned needed = std::max<unsigned>(needed_ring_bits(bound), kRingBitsMin);
  if (needed > ring_bits) return not_excluded(bounds, ring_bits, needed);
  return RingPlan{ring_bits, static_cast<std::uint8_t>(needed)};
}

Result<RingPlan> smallest_ring(const SumBounds& bounds) {
  GS_TRY(const Wide bound, exact_bound(bounds));
  const unsigned needed = std::max<unsigned>(needed_ring_bits(bound), kRingBitsMin);
  if (needed > kRingBitsMax) return not_excluded(bounds, kRingBitsMax, needed);
  return RingPlan{static_cast<std::uint8_t>(needed), static_cast<std::uint8_t>(needed)};
}

}  // namespace guildsum::protocol
