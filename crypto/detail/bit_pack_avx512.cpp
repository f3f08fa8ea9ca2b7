#include "crypto/detail/bit_pack.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define GS_KERNEL __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))
#define GS_INLINE \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi"), always_inline)) inline

// Eight values of R bits fill R bytes, so that one pattern of byte moves and bit shifts serves
// every group of eight: it is computed once per call and applied with one byte permutation and one
// shift per lane. As in `mask_kernels.hpp`, nothing here may be an inline function of the standard
// library.
namespace guildsum::crypto::detail {
namespace {

constexpr std::size_t kVectorBytes = 64;
/// The widest ring whose values, moved by up to 7 bits, still fit into a lane of 4 or 8 bytes.
constexpr unsigned kRingBitsMax4 = 25;
constexpr unsigned kRingBitsMax8 = 57;

/// All lanes: g++ 12 warns wrongly about the shifts without a mask.
constexpr __mmask16 kAll16 = 0xffff;
constexpr __mmask8 kAll8 = 0xff;

struct ByteMove {
  alignas(kVectorBytes) std::uint8_t from[kVectorBytes] = {};
  __mmask64 used = 0;

  void set(std::size_t to, std::size_t source) {
    from[to] = static_cast<std::uint8_t>(source);
    used |= __mmask64{1} << to;
  }
};

GS_INLINE __m512i moved(const ByteMove& move, __m512i bytes) {
  return _mm512_maskz_permutexvar_epi8(move.used, _mm512_load_si512(move.from), bytes);
}

/// Bit offsets of a group's values inside their first bytes, one lane each.
template <class Lane>
struct Shifts {
  alignas(kVectorBytes) Lane bits[kVectorBytes / sizeof(Lane)];
  alignas(kVectorBytes) Lane rest[kVectorBytes / sizeof(Lane)];
  explicit Shifts(unsigned ring_bits) {
    for (std::size_t i = 0; i < kVectorBytes / sizeof(Lane); ++i) {
      bits[i] = static_cast<Lane>(i * ring_bits % 8);
      rest[i] = static_cast<Lane>(8 * sizeof(Lane) - bits[i]);
    }
  }
};

constexpr __mmask64 low_bytes(std::size_t count) {
  return count == kVectorBytes ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
}

/// From the packed bytes of a group to its lanes: for each lane the bytes from the value's first
/// one.
template <class Lane>
ByteMove unpack_move(unsigned ring_bits) {
  ByteMove move;
  for (std::size_t i = 0; i < kVectorBytes / sizeof(Lane); ++i) {
    for (std::size_t k = 0; k < sizeof(Lane); ++k) {
      const std::size_t source = i * ring_bits / 8 + k;
      if (source < kVectorBytes) move.set(i * sizeof(Lane) + k, source);
    }
  }
  return move;
}

/// The ninth byte of values that need one, in the lowest byte of their lanes.
ByteMove ninth_byte_move(unsigned ring_bits) {
  ByteMove move;
  for (std::size_t i = 0; i < 8; ++i) {
    const std::size_t source = i * ring_bits / 8 + 8;
    if (source < kVectorBytes) move.set(i * 8, source);
  }
  return move;
}

/// From shifted lanes to packed bytes. R is above 8, so a byte holds bits of at most two values:
/// those of even and of odd ones are moved apart and combined.
template <class Lane>
ByteMove pack_move(unsigned ring_bits, std::size_t parity) {
  ByteMove move;
  for (std::size_t i = parity; i < kVectorBytes / sizeof(Lane); i += 2) {
    const std::size_t first = i * ring_bits / 8;
    const std::size_t last = (i * ring_bits + ring_bits - 1) / 8;
    for (std::size_t j = first; j <= last; ++j) move.set(j, i * sizeof(Lane) + j - first);
  }
  return move;
}

/// 16 values of 4-byte words at a time; R up to 25.
GS_KERNEL std::size_t add_16(unsigned ring_bits, const std::byte* packed, std::size_t count,
                             std::byte* words) {
  const ByteMove move = unpack_move<std::uint32_t>(ring_bits);
  const Shifts<std::uint32_t> shifts{ring_bits};
  const __m512i right = _mm512_load_si512(shifts.bits);
  const __m512i mask = _mm512_set1_epi32(static_cast<int>((1U << ring_bits) - 1));
  const __mmask64 group = low_bytes(2 * ring_bits);
  std::size_t done = 0;
  for (; done + 16 <= count; done += 16, packed += 2 * ring_bits, words += kVectorBytes) {
    const __m512i bytes = _mm512_maskz_loadu_epi8(group, packed);
    const __m512i values =
        _mm512_and_si512(_mm512_maskz_srlv_epi32(kAll16, moved(move, bytes), right), mask);
    _mm512_storeu_si512(words, _mm512_add_epi32(_mm512_loadu_si512(words), values));
  }
  return done;
}

/// 8 values of 4- or 8-byte words at a time; every R.
GS_KERNEL std::size_t add_8(unsigned ring_bits, const std::byte* packed, std::size_t count,
                            std::byte* words) {
  const ByteMove move = unpack_move<std::uint64_t>(ring_bits);
  const ByteMove ninth = ninth_byte_move(ring_bits);
  const Shifts<std::uint64_t> shifts{ring_bits};
  const __m512i right = _mm512_load_si512(shifts.bits);
  const __m512i left = _mm512_load_si512(shifts.rest);
  const __m512i mask =
      _mm512_set1_epi64(static_cast<long long>(~std::uint64_t{0} >> (64 - ring_bits)));
  const __mmask64 group = low_bytes(ring_bits);
  const std::size_t word_bytes = ring_bits <= 32 ? 4 : 8;
  std::size_t done = 0;
  for (; done + 8 <= count; done += 8, packed += ring_bits, words += 8 * word_bytes) {
    const __m512i bytes = _mm512_maskz_loadu_epi8(group, packed);
    __m512i values = _mm512_maskz_srlv_epi64(kAll8, moved(move, bytes), right);
    if (ring_bits > kRingBitsMax8) {
      // A shift by 64, where the value starts at a byte, gives zero.
      values = _mm512_or_si512(values, _mm512_maskz_sllv_epi64(kAll8, moved(ninth, bytes), left));
    }
    values = _mm512_and_si512(values, mask);
    if (word_bytes == 8) {
      _mm512_storeu_si512(words, _mm512_add_epi64(_mm512_loadu_si512(words), values));
    } else {
      auto* sum = reinterpret_cast<__m256i*>(words);
      const __m256i narrow = _mm512_maskz_cvtepi64_epi32(kAll8, values);
      _mm256_storeu_si256(sum, _mm256_add_epi32(_mm256_loadu_si256(sum), narrow));
    }
  }
  return done;
}

GS_KERNEL std::size_t pack_16(unsigned ring_bits, const std::byte* words, std::size_t count,
                              std::byte* packed) {
  const ByteMove even = pack_move<std::uint32_t>(ring_bits, 0);
  const ByteMove odd = pack_move<std::uint32_t>(ring_bits, 1);
  const Shifts<std::uint32_t> shifts{ring_bits};
  const __m512i left = _mm512_load_si512(shifts.bits);
  const __m512i mask = _mm512_set1_epi32(static_cast<int>((1U << ring_bits) - 1));
  const __mmask64 group = low_bytes(2 * ring_bits);
  std::size_t done = 0;
  for (; done + 16 <= count; done += 16, packed += 2 * ring_bits, words += kVectorBytes) {
    const __m512i values = _mm512_and_si512(_mm512_loadu_si512(words), mask);
    const __m512i shifted = _mm512_maskz_sllv_epi32(kAll16, values, left);
    _mm512_mask_storeu_epi8(packed, group,
                            _mm512_or_si512(moved(even, shifted), moved(odd, shifted)));
  }
  return done;
}

/// R up to 57.
GS_KERNEL std::size_t pack_8(unsigned ring_bits, const std::byte* words, std::size_t count,
                             std::byte* packed) {
  const ByteMove even = pack_move<std::uint64_t>(ring_bits, 0);
  const ByteMove odd = pack_move<std::uint64_t>(ring_bits, 1);
  const Shifts<std::uint64_t> shifts{ring_bits};
  const __m512i left = _mm512_load_si512(shifts.bits);
  const __m512i mask =
      _mm512_set1_epi64(static_cast<long long>(~std::uint64_t{0} >> (64 - ring_bits)));
  const __mmask64 group = low_bytes(ring_bits);
  const std::size_t word_bytes = ring_bits <= 32 ? 4 : 8;
  std::size_t done = 0;
  for (; done + 8 <= count; done += 8, packed += ring_bits, words += 8 * word_bytes) {
    const __m512i wide =
        word_bytes == 8 ? _mm512_loadu_si512(words)
                        : _mm512_maskz_cvtepu32_epi64(
                              kAll8, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words)));
    const __m512i shifted = _mm512_maskz_sllv_epi64(kAll8, _mm512_and_si512(wide, mask), left);
    _mm512_mask_storeu_epi8(packed, group,
                            _mm512_or_si512(moved(even, shifted), moved(odd, shifted)));
  }
  return done;
}

}  // namespace

bool has_bit_pack_avx512() noexcept {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi");
}

std::size_t pack_words_avx512(unsigned ring_bits, const std::byte* words, std::size_t count,
                              std::byte* packed) noexcept {
  if (ring_bits <= 16 || ring_bits > kRingBitsMax8) return 0;
  if (ring_bits <= kRingBitsMax4) return pack_16(ring_bits, words, count, packed);
  return pack_8(ring_bits, words, count, packed);
}

std::size_t add_packed_words_avx512(unsigned ring_bits, const std::byte* packed, std::size_t count,
                                    std::byte* words) noexcept {
  if (ring_bits <= 16 || ring_bits == 64) return 0;
  if (ring_bits <= kRingBitsMax4) return add_16(ring_bits, packed, count, words);
  return add_8(ring_bits, packed, count, words);
}

}  // namespace guildsum::crypto::detail

#else

namespace guildsum::crypto::detail {

bool has_bit_pack_avx512() noexcept { return false; }
std::size_t pack_words_avx512(unsigned, const std::byte*, std::size_t, std::byte*) noexcept {
  return 0;
}
std::size_t add_packed_words_avx512(unsigned, const std::byte*, std::size_t, std::byte*) noexcept {
  return 0;
}

}  // namespace guildsum::crypto::detail

#endif
