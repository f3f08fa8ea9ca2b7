#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace guildsum::crypto::detail {

/// Whether 32 little-endian bytes are below 2^255 - 19 (so bit 255 is clear). For public values.
[[nodiscard]] inline bool is_canonical_coordinate(std::span<const std::byte, 32> bytes) noexcept {
  constexpr std::byte kOnes{0xff};
  if (bytes[31] < std::byte{0x7f}) return true;
  if (bytes[31] > std::byte{0x7f}) return false;
  const bool all_ones =
      std::ranges::all_of(bytes.subspan<1, 30>(), [](std::byte b) { return b == kOnes; });
  return !all_ones || bytes[0] < std::byte{0xed};
}

}  // namespace guildsum::crypto::detail
