#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "base/random.hpp"

namespace guildsum::crypto::test {

/// A secret of type S that depends only on `seed`.
template <class S>
S sample_secret(std::uint64_t seed) {
  SeededRandom random{seed};
  std::array<std::byte, S::kSize> bytes;
  random.fill(bytes);
  return S{bytes};
}

inline Bytes sample_bytes(std::uint64_t seed, std::size_t size) {
  SeededRandom random{seed};
  Bytes bytes(size);
  random.fill(bytes);
  return bytes;
}

/// A 64-bit number for choices inside a property.
inline std::uint64_t draw(Random& random) {
  std::array<std::byte, 8> bytes;
  random.fill(bytes);
  return load_le<std::uint64_t>(bytes);
}

template <class Fixed>
Fixed fixed_from_hex(std::string_view text) {
  return Fixed::from_hex(text).value();
}

}  // namespace guildsum::crypto::test
