#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "crypto/mask_stream.hpp"
#include "crypto/ring.hpp"

namespace guildsum {
class ThreadPool;
}

namespace guildsum::crypto {

/// One mask of a sum of masks: `+ PRG(seed)`, or `- PRG(seed)` where negative. The seed is not
/// owned.
struct SignedSeed {
  const MaskSeed* seed;
  bool negative = false;
};

/// The ways to compute the same bytes; the fastest that the processor has is chosen at run time.
enum class MaskKernel {
  evp,     ///< OpenSSL's AES-256-CTR into a buffer, then an addition. Everywhere.
  aes_ni,  ///< x86-64 with AES-NI and SSE 4.1: 128-bit blocks fused with the addition.
  avx2,    ///< x86-64 with VAES and AVX2: two blocks at a time.
  avx512,  ///< x86-64 with VAES and AVX-512: four blocks at a time fused with the addition.
};

[[nodiscard]] std::string_view name(MaskKernel kernel) noexcept;
[[nodiscard]] bool is_supported(MaskKernel kernel) noexcept;
/// The fastest supported kernel.
[[nodiscard]] MaskKernel best_mask_kernel() noexcept;

struct ExpandOptions {
  /// For tests and benchmarks; must be supported. Otherwise the best one.
  std::optional<MaskKernel> kernel = std::nullopt;
  /// Splits the vector over the pool's threads; the result does not depend on it. Not owned.
  ThreadPool* pool = nullptr;
};

/// target[k] += sum over seeds of +/- value (value_offset + k) of the seed's mask, mod 2^R.
///
/// Goes over the target once, in blocks that stay in the first-level cache, with all seeds per
/// block. Value i of a mask is defined at `MaskStream`. `value_offset` is the index in the masks of
/// the target's first value: for `vector.slice(first, n)` pass `first`. No branch or address
/// depends on a seed. Calls for distinct slices may run at the same time.
void expand_and_add(std::span<const SignedSeed> seeds, std::uint64_t value_offset, RingSlice target,
                    const ExpandOptions& options = {});

}  // namespace guildsum::crypto
