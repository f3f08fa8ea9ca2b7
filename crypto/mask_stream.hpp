#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/secret.hpp"

struct evp_cipher_ctx_st;

namespace guildsum::crypto {

/// The key of one mask: pairwise or self. One seed makes one mask of one round.
using MaskSeed = Secret<struct MaskSeedTag, 32>;

/// A 16-byte big-endian counter block of CTR mode (NIST SP 800-38A, section 6.5).
using CounterBlock = FixedBytes<struct CounterBlockTag, 16>;

/// The AES-256-CTR key stream of a mask, readable from any byte.
///
/// Block k is AES-256(seed, k) with k a 128-bit big-endian counter from zero (or from `first`).
/// Value i of a mask over Z mod 2^R is the little-endian word i of W bytes, reduced mod 2^R, where
/// W is 2, 4 or 8 (`RingBits::word_bytes`): uniform over the ring, because 2^R divides 2^(8W). The
/// key schedule is wiped on destruction. Move-only; one thread at a time.
class MaskStream {
 public:
  explicit MaskStream(const MaskSeed& seed) noexcept;
  /// Starts the counter at `first` instead of zero; carries run through all 128 bits.
  MaskStream(const MaskSeed& seed, const CounterBlock& first) noexcept;
  MaskStream(MaskStream&&) noexcept;
  MaskStream& operator=(MaskStream&&) noexcept;
  ~MaskStream();

  /// Writes bytes [byte_offset, byte_offset + out.size()) of the stream. Reads that continue where
  /// the last one ended cost nothing extra; others pay for setting the counter.
  void fill(std::uint64_t byte_offset, MutableByteView out) noexcept;

 private:
  void seek(std::uint64_t byte_offset) noexcept;

  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;
  CounterBlock first_;
  std::uint64_t position_ = 0;
};

}  // namespace guildsum::crypto
