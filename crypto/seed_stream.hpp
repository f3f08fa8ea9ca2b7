#pragma once

#include <cstdint>
#include <string_view>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/field61.hpp"
#include "crypto/mask_stream.hpp"

namespace guildsum::crypto {

/// 32 fresh bytes from which a round's further randomness is derived.
using ExpansionSeed = Secret<struct ExpansionSeedTag, 32>;

/// Secret random bytes that are a pure function of a seed and a label.
///
/// The AES-256-CTR stream under HKDF-SHA256(seed, salt = zeros, "guildsum/v1/seed-stream" || 0 ||
/// label): computationally as good as fresh randomness, and the same again after a restart. Two
/// uses of one seed need two labels. Move-only; one thread at a time.
class SeedStream final : public Random {
 public:
  SeedStream(const ExpansionSeed& seed, std::string_view label) noexcept;

  /// The next bytes of the stream.
  void fill(std::span<std::byte> out) noexcept override;
  /// Uniform over GF(2^61 - 1): draws 61 bits and, with probability 2^-61 per draw, draws again.
  [[nodiscard]] FieldElement field_element() noexcept;

 private:
  MaskStream stream_;
  std::uint64_t position_ = 0;
};

}  // namespace guildsum::crypto
