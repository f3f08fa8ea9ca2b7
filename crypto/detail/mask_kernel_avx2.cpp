#include "crypto/detail/mask_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define GS_KERNEL __attribute__((target("avx2,vaes,aes")))
#define GS_INLINE __attribute__((target("avx2,vaes,aes"), always_inline)) inline

namespace guildsum::crypto::detail {
namespace {

constexpr std::size_t kBlocksPerVector = 2;
constexpr std::size_t kVectors = 8;  // Half of the registers; the round keys come from memory.
constexpr std::size_t kBlocksPerStep = kBlocksPerVector * kVectors;

template <int kWordBytes, bool kNegative>
GS_INLINE __m256i combine(__m256i a, __m256i b) {
  if constexpr (kWordBytes == 2) return kNegative ? _mm256_sub_epi16(a, b) : _mm256_add_epi16(a, b);
  if constexpr (kWordBytes == 4) return kNegative ? _mm256_sub_epi32(a, b) : _mm256_add_epi32(a, b);
  return kNegative ? _mm256_sub_epi64(a, b) : _mm256_add_epi64(a, b);
}

GS_INLINE __m256i round_key(const __m128i* keys, int round) {
  return _mm256_broadcastsi128_si256(_mm_load_si128(keys + round));
}

/// The counter blocks of `block` and its successor: big-endian 128-bit numbers.
GS_INLINE __m256i counter_blocks(std::uint64_t block) {
  return _mm256_set_epi64x(static_cast<long long>(__builtin_bswap64(block + 1)), 0,
                           static_cast<long long>(__builtin_bswap64(block)), 0);
}

template <int kWordBytes, bool kNegative, std::size_t kCount>
GS_INLINE void add_vectors(const __m128i* keys, std::uint64_t block, __m256i* target) {
  __m256i state[kCount];
  const __m256i whitening = round_key(keys, 0);
#pragma GCC unroll 8
  for (std::size_t k = 0; k < kCount; ++k) {
    state[k] = _mm256_xor_si256(counter_blocks(block + k * kBlocksPerVector), whitening);
  }
#pragma GCC unroll 13
  for (int round = 1; round < 14; ++round) {
    const __m256i key = round_key(keys, round);
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kCount; ++k) state[k] = _mm256_aesenc_epi128(state[k], key);
  }
  const __m256i last = round_key(keys, 14);
#pragma GCC unroll 8
  for (std::size_t k = 0; k < kCount; ++k) {
    const __m256i stream = _mm256_aesenclast_epi128(state[k], last);
    const __m256i sum = combine<kWordBytes, kNegative>(_mm256_loadu_si256(target + k), stream);
    _mm256_storeu_si256(target + k, sum);
  }
}

template <int kWordBytes, bool kNegative>
GS_KERNEL void add_key_stream(const AesSchedule& schedule, std::uint64_t block, std::size_t blocks,
                              std::byte* target) {
  const auto* keys = reinterpret_cast<const __m128i*>(schedule.round_keys);
  auto* out = reinterpret_cast<__m256i*>(target);
  for (; blocks >= kBlocksPerStep; blocks -= kBlocksPerStep) {
    add_vectors<kWordBytes, kNegative, kVectors>(keys, block, out);
    block += kBlocksPerStep;
    out += kVectors;
  }
  for (; blocks >= kBlocksPerVector; blocks -= kBlocksPerVector) {
    add_vectors<kWordBytes, kNegative, 1>(keys, block, out);
    block += kBlocksPerVector;
    ++out;
  }
  if (blocks == 0) return;
  // One block is left: half a vector, through a copy that keeps every access inside the target.
  auto* rest = reinterpret_cast<__m128i*>(out);
  __m256i pair = _mm256_zextsi128_si256(_mm_loadu_si128(rest));
  add_vectors<kWordBytes, kNegative, 1>(keys, block, &pair);
  _mm_storeu_si128(rest, _mm256_castsi256_si128(pair));
}

}  // namespace

bool has_avx2() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("vaes");
}

void add_key_stream_avx2(const AesSchedule& schedule, std::uint64_t first_block, std::size_t blocks,
                         WordOperation operation, std::byte* target) noexcept {
  switch (operation.word_bytes * 2 + (operation.negative ? 1 : 0)) {
    case 4:
      return add_key_stream<2, false>(schedule, first_block, blocks, target);
    case 5:
      return add_key_stream<2, true>(schedule, first_block, blocks, target);
    case 8:
      return add_key_stream<4, false>(schedule, first_block, blocks, target);
    case 9:
      return add_key_stream<4, true>(schedule, first_block, blocks, target);
    case 16:
      return add_key_stream<8, false>(schedule, first_block, blocks, target);
    case 17:
      return add_key_stream<8, true>(schedule, first_block, blocks, target);
    default:
      return;
  }
}

}  // namespace guildsum::crypto::detail

#else

namespace guildsum::crypto::detail {

bool has_avx2() noexcept { return false; }
void add_key_stream_avx2(const AesSchedule&, std::uint64_t, std::size_t, WordOperation,
                         std::byte*) noexcept {}

}  // namespace guildsum::crypto::detail

#endif
