#pragma once

#include <cstddef>
#include <cstdint>

// Vectors as wide as the registers of the instruction set that the including file is compiled for.
// The kernel files alone include this header, and everything in it has internal linkage: the same
// name means another type in each.

namespace guildsum::models::kernels {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t kLanes = 16;
constexpr std::size_t kTileRows = 4;  // Rows of a tile of accumulators that fit the registers.
constexpr std::size_t kGramRows = 8;
#elif defined(__AVX2__)
constexpr std::size_t kLanes = 8;
constexpr std::size_t kTileRows = 2;
constexpr std::size_t kGramRows = 4;
#else
constexpr std::size_t kLanes = 4;
constexpr std::size_t kTileRows = 2;
constexpr std::size_t kGramRows = 4;
#endif

constexpr std::size_t kLanesBytes = kLanes * sizeof(float);
/// One register of floats, at any address.
using Lanes [[gnu::vector_size(kLanesBytes), gnu::aligned(4), gnu::may_alias]] = float;

[[gnu::always_inline]] inline const Lanes* lanes(const float* values) {
  return reinterpret_cast<const Lanes*>(values);
}
[[gnu::always_inline]] inline Lanes* lanes(float* values) {
  return reinterpret_cast<Lanes*>(values);
}

/// a[0] b[0] a[1] b[1] ... of the lower halves, and of the upper halves.
[[gnu::always_inline]] inline Lanes zip_low(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
  return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}
[[gnu::always_inline]] inline Lanes zip_high(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                 31);
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

/// One perfect shuffle of kLanes vectors.
[[gnu::always_inline]] inline void shuffle_once(Lanes* block) {
  Lanes shuffled[kLanes];
#pragma GCC unroll 8
  for (std::size_t k = 0; k < kLanes / 2; ++k) {
    shuffled[2 * k] = zip_low(block[k], block[k + kLanes / 2]);
    shuffled[2 * k + 1] = zip_high(block[k], block[k + kLanes / 2]);
  }
#pragma GCC unroll 16
  for (std::size_t k = 0; k < kLanes; ++k) block[k] = shuffled[k];
}

/// Transposes kLanes vectors: log2(kLanes) perfect shuffles.
[[gnu::always_inline]] inline void transpose(Lanes* block) {
  shuffle_once(block);
  shuffle_once(block);
  if constexpr (kLanes >= 8) shuffle_once(block);
  if constexpr (kLanes >= 16) shuffle_once(block);
}

/// a[k] + a[k + half] and b[k] + b[k + half] in turn.
[[gnu::always_inline]] inline Lanes fold(Lanes a, Lanes b) {
  return zip_low(a, b) + zip_high(a, b);
}

template <std::size_t Half>
[[gnu::always_inline]] inline void fold_half(Lanes* block) {
#pragma GCC unroll 8
  for (std::size_t k = 0; k < Half; ++k) block[k] = fold(block[k], block[k + Half]);
}

/// The sum of each of kLanes vectors, in one vector; `block` is destroyed.
[[gnu::always_inline]] inline Lanes sums_of(Lanes* block) {
  if constexpr (kLanes >= 16) fold_half<8>(block);
  if constexpr (kLanes >= 8) fold_half<4>(block);
  fold_half<2>(block);
  fold_half<1>(block);
  return block[0];
}

/// The sums of four vectors: that of vector r in lane r kLanes / 4.
[[gnu::always_inline]] inline Lanes sums_of_four(const Lanes* block) {
  Lanes sums = fold(fold(block[0], block[2]), fold(block[1], block[3]));
  if constexpr (kLanes >= 8) sums = fold(sums, sums);
  if constexpr (kLanes >= 16) sums = fold(sums, sums);
  return sums;
}

/// The sum of the lanes.
[[gnu::always_inline]] inline float sum_of(Lanes vector) {
  for (std::size_t width = 1; width < kLanes; width *= 2) vector = fold(vector, vector);
  return vector[0];
}

}  // namespace
}  // namespace guildsum::models::kernels
