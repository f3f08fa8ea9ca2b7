#include "crypto/detail/mask_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define GS_KERNEL __attribute__((target("aes,sse4.1,ssse3")))
#define GS_INLINE __attribute__((target("aes,sse4.1,ssse3"), always_inline)) inline

namespace guildsum::crypto::detail {
namespace {

constexpr std::size_t kLanes = 8;  // Enough independent blocks to hide the latency of AESENC.

GS_INLINE __m128i fold(__m128i key) {
  key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
  return _mm_xor_si128(key, _mm_slli_si128(key, 8));
}

/// Round keys 2 i and 2 i + 1 from the two before them (FIPS 197, section 5.2, Nk = 8).
template <int kRoundConstant>
GS_INLINE void next_pair(__m128i* keys) {
  const __m128i even = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(keys[-1], kRoundConstant), 0xff);
  keys[0] = _mm_xor_si128(fold(keys[-2]), even);
  const __m128i odd = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(keys[0], 0), 0xaa);
  keys[1] = _mm_xor_si128(fold(keys[-1]), odd);
}

template <int kWordBytes, bool kNegative>
GS_INLINE __m128i combine(__m128i a, __m128i b) {
  if constexpr (kWordBytes == 2) return kNegative ? _mm_sub_epi16(a, b) : _mm_add_epi16(a, b);
  if constexpr (kWordBytes == 4) return kNegative ? _mm_sub_epi32(a, b) : _mm_add_epi32(a, b);
  return kNegative ? _mm_sub_epi64(a, b) : _mm_add_epi64(a, b);
}

/// The counter block of `block`: a big-endian 128-bit number.
GS_INLINE __m128i counter_block(std::uint64_t block) {
  return _mm_set_epi64x(static_cast<long long>(__builtin_bswap64(block)), 0);
}

template <int kWordBytes, bool kNegative, std::size_t kCount>
GS_INLINE void add_blocks(const __m128i* keys, std::uint64_t block, __m128i* target) {
  __m128i state[kCount];
  for (std::size_t k = 0; k < kCount; ++k)
    state[k] = _mm_xor_si128(counter_block(block + k), keys[0]);
  for (int round = 1; round < 14; ++round) {
    for (std::size_t k = 0; k < kCount; ++k) state[k] = _mm_aesenc_si128(state[k], keys[round]);
  }
  for (std::size_t k = 0; k < kCount; ++k) {
    const __m128i stream = _mm_aesenclast_si128(state[k], keys[14]);
    const __m128i sum = combine<kWordBytes, kNegative>(_mm_loadu_si128(target + k), stream);
    _mm_storeu_si128(target + k, sum);
  }
}

template <int kWordBytes, bool kNegative>
GS_KERNEL void add_key_stream(const __m128i* keys, std::uint64_t block, std::size_t blocks,
                              __m128i* target) {
  for (; blocks >= kLanes; blocks -= kLanes, block += kLanes, target += kLanes) {
    add_blocks<kWordBytes, kNegative, kLanes>(keys, block, target);
  }
  for (; blocks > 0; --blocks, ++block, ++target) {
    add_blocks<kWordBytes, kNegative, 1>(keys, block, target);
  }
}

}  // namespace

bool has_aes_ni() noexcept {
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1") &&
         __builtin_cpu_supports("ssse3");
}

GS_KERNEL void expand_key_aes_ni(const std::byte* key, AesSchedule& schedule) noexcept {
  auto* keys = reinterpret_cast<__m128i*>(schedule.round_keys);
  keys[0] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(key));
  keys[1] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(key + 16));
  next_pair<0x01>(keys + 2);
  next_pair<0x02>(keys + 4);
  next_pair<0x04>(keys + 6);
  next_pair<0x08>(keys + 8);
  next_pair<0x10>(keys + 10);
  next_pair<0x20>(keys + 12);
  const __m128i last = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(keys[13], 0x40), 0xff);
  keys[14] = _mm_xor_si128(fold(keys[12]), last);
}

void add_key_stream_aes_ni(const AesSchedule& schedule, std::uint64_t first_block,
                           std::size_t blocks, WordOperation operation,
                           std::byte* target) noexcept {
  const auto* keys = reinterpret_cast<const __m128i*>(schedule.round_keys);
  auto* out = reinterpret_cast<__m128i*>(target);
  switch (operation.word_bytes * 2 + (operation.negative ? 1 : 0)) {
    case 4:
      return add_key_stream<2, false>(keys, first_block, blocks, out);
    case 5:
      return add_key_stream<2, true>(keys, first_block, blocks, out);
    case 8:
      return add_key_stream<4, false>(keys, first_block, blocks, out);
    case 9:
      return add_key_stream<4, true>(keys, first_block, blocks, out);
    case 16:
      return add_key_stream<8, false>(keys, first_block, blocks, out);
    case 17:
      return add_key_stream<8, true>(keys, first_block, blocks, out);
    default:
      return;
  }
}

}  // namespace guildsum::crypto::detail

#else

namespace guildsum::crypto::detail {

bool has_aes_ni() noexcept { return false; }
void expand_key_aes_ni(const std::byte*, AesSchedule&) noexcept {}
void add_key_stream_aes_ni(const AesSchedule&, std::uint64_t, std::size_t, WordOperation,
                           std::byte*) noexcept {}

}  // namespace guildsum::crypto::detail

#endif
