#include "base/random.hpp"

#include <algorithm>

#include <openssl/rand.h>

#include "base/assert.hpp"
#include "base/bytes.hpp"

namespace guildsum {
namespace {

/// RAND_bytes takes an int.
constexpr std::size_t kRequestBytesMax = std::size_t{1} << 30;

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014,
/// figure 17.
std::uint64_t next_word(std::uint64_t& state) noexcept {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace

void SystemRandom::fill(std::span<std::byte> out) noexcept {
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), kRequestBytesMax);
    const bool filled =
        RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1;
    GS_ASSERT(filled);
    out = out.subspan(count);
  }
}

void SeededRandom::fill(std::span<std::byte> out) noexcept {
  std::array<std::byte, sizeof(std::uint64_t)> word{};
  while (!out.empty()) {
    store_le(next_word(state_), word);
    const std::size_t count = std::min(out.size(), word.size());
    std::copy_n(word.begin(), count, out.begin());
    out = out.subspan(count);
  }
}

}  // namespace guildsum
