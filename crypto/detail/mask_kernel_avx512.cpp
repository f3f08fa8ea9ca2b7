#include "crypto/detail/mask_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define GS_TARGET target("avx512f,avx512bw,avx512dq,vaes,aes")
#define GS_KERNEL __attribute__((GS_TARGET))
#define GS_INLINE __attribute__((GS_TARGET, always_inline)) inline

namespace guildsum::crypto::detail {
namespace {

constexpr std::size_t kBlocksPerVector = 4;
constexpr std::size_t kVectors = 8;  // With 15 round keys, what 32 registers hold.
constexpr std::size_t kBlocksPerStep = kBlocksPerVector * kVectors;

template <int kWordBytes, bool kNegative>
GS_INLINE __m512i combine(__m512i a, __m512i b) {
  if constexpr (kWordBytes == 2) return kNegative ? _mm512_sub_epi16(a, b) : _mm512_add_epi16(a, b);
  if constexpr (kWordBytes == 4) return kNegative ? _mm512_sub_epi32(a, b) : _mm512_add_epi32(a, b);
  return kNegative ? _mm512_sub_epi64(a, b) : _mm512_add_epi64(a, b);
}

/// `_mm512_broadcast_i32x4` in a form that g++ 12 does not warn about.
GS_INLINE __m512i in_every_lane(__m128i lane) { return _mm512_maskz_broadcast_i32x4(0xffff, lane); }

/// Byte order of the low half of each counter block; the high half is zero and stays so.
GS_INLINE __m512i byte_swap_order() {
  return in_every_lane(_mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 7, 6, 5, 4, 3, 2, 1, 0));
}

/// Block numbers k, k + 1, k + 2, k + 3, each in the upper half of its lane.
GS_INLINE __m512i block_numbers(std::uint64_t k) {
  return _mm512_add_epi64(_mm512_maskz_set1_epi64(0xaa, static_cast<long long>(k)),
                          _mm512_set_epi64(3, 0, 2, 0, 1, 0, 0, 0));
}

GS_INLINE __m512i ahead_of(__m512i numbers, std::size_t blocks) {
  const auto distance = static_cast<long long>(blocks);
  return _mm512_add_epi64(numbers, _mm512_maskz_set1_epi64(0xaa, distance));
}

template <int kWordBytes, bool kNegative, std::size_t kCount>
GS_INLINE void add_vectors(const __m512i* keys, __m512i numbers, __m512i order, std::byte* target) {
  __m512i state[kCount];
#pragma GCC unroll 8
  for (std::size_t k = 0; k < kCount; ++k) {
    const __m512i number = ahead_of(numbers, k * kBlocksPerVector);
    state[k] = _mm512_xor_si512(_mm512_shuffle_epi8(number, order), keys[0]);
  }
#pragma GCC unroll 13
  for (int round = 1; round < 14; ++round) {
#pragma GCC unroll 8
    for (std::size_t k = 0; k < kCount; ++k) state[k] = _mm512_aesenc_epi128(state[k], keys[round]);
  }
#pragma GCC unroll 8
  for (std::size_t k = 0; k < kCount; ++k) {
    const __m512i stream = _mm512_aesenclast_epi128(state[k], keys[14]);
    std::byte* at = target + k * sizeof(__m512i);
    _mm512_storeu_si512(at, combine<kWordBytes, kNegative>(_mm512_loadu_si512(at), stream));
  }
}

/// The last one to three blocks, through a mask that keeps every access inside the target.
template <int kWordBytes, bool kNegative>
GS_INLINE void add_tail(const __m512i* keys, __m512i numbers, __m512i order, std::size_t blocks,
                        std::byte* target) {
  const auto lanes = static_cast<__mmask8>((1U << (2 * blocks)) - 1);
  __m512i state = _mm512_xor_si512(_mm512_shuffle_epi8(numbers, order), keys[0]);
  for (int round = 1; round < 14; ++round) state = _mm512_aesenc_epi128(state, keys[round]);
  const __m512i stream = _mm512_aesenclast_epi128(state, keys[14]);
  const __m512i sum =
      combine<kWordBytes, kNegative>(_mm512_maskz_loadu_epi64(lanes, target), stream);
  _mm512_mask_storeu_epi64(target, lanes, sum);
}

template <int kWordBytes, bool kNegative>
GS_KERNEL void add_key_stream(const AesSchedule& schedule, std::uint64_t block, std::size_t blocks,
                              std::byte* target) {
  __m512i keys[15];
#pragma GCC unroll 15
  for (int round = 0; round < 15; ++round) {
    keys[round] = in_every_lane(_mm_load_si128(
        reinterpret_cast<const __m128i*>(schedule.round_keys + kAesBlockBytes * round)));
  }
  const __m512i order = byte_swap_order();
  __m512i numbers = block_numbers(block);
  for (; blocks >= kBlocksPerStep; blocks -= kBlocksPerStep) {
    add_vectors<kWordBytes, kNegative, kVectors>(keys, numbers, order, target);
    numbers = ahead_of(numbers, kBlocksPerStep);
    target += kBlocksPerStep * kAesBlockBytes;
  }
  for (; blocks >= kBlocksPerVector; blocks -= kBlocksPerVector) {
    add_vectors<kWordBytes, kNegative, 1>(keys, numbers, order, target);
    numbers = ahead_of(numbers, kBlocksPerVector);
    target += kBlocksPerVector * kAesBlockBytes;
  }
  if (blocks > 0) add_tail<kWordBytes, kNegative>(keys, numbers, order, blocks, target);
}

}  // namespace

bool has_avx512() noexcept {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("vaes");
}

void add_key_stream_avx512(const AesSchedule& schedule, std::uint64_t first_block,
                           std::size_t blocks, WordOperation operation,
                           std::byte* target) noexcept {
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

bool has_avx512() noexcept { return false; }
void add_key_stream_avx512(const AesSchedule&, std::uint64_t, std::size_t, WordOperation,
                           std::byte*) noexcept {}

}  // namespace guildsum::crypto::detail

#endif
