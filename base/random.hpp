#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/secret.hpp"

namespace guildsum {

/// Randomness as an effect.
class Random {
 public:
  virtual ~Random() = default;
  /// Fills `out` with independent uniform bytes. Never fails: an unusable generator ends the
  /// process.
  virtual void fill(std::span<std::byte> out) noexcept = 0;

  /// A fresh secret of this type: `random.secret<MaskSeed>()`.
  template <class S>
  [[nodiscard]] S secret() noexcept {
    std::array<std::byte, S::kSize> bytes;
    fill(bytes);
    S result{bytes};
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return result;
  }
  template <class Tag, std::size_t N>
  [[nodiscard]] Secret<Tag, N> secret() noexcept {
    return secret<Secret<Tag, N>>();
  }
};

/// OpenSSL's `RAND_bytes`. Thread safe.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) noexcept override;
};

/// The same bytes for the same seed; for tests and simulations only. Not thread safe, not secret.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) noexcept : state_{seed} {}
  void fill(std::span<std::byte> out) noexcept override;

 private:
  std::uint64_t state_;
};

}  // namespace guildsum
