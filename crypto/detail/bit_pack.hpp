#pragma once

#include <cstddef>
#include <cstdint>

namespace guildsum::crypto::detail {

/// The little-endian bit stream of `RingVector::pack`, over raw words of 2, 4 or 8 bytes.
/// `ring_bits` is R; the word size follows from it as in `RingBits::word_bytes`.

/// Writes ceil(R * count / 8) bytes.
void pack_words(unsigned ring_bits, const std::byte* words, std::size_t count,
                std::byte* packed) noexcept;

/// words[i] += value i, modulo the word. Reads exactly ceil(R * count / 8) bytes.
void add_packed_words(unsigned ring_bits, const std::byte* packed, std::size_t count,
                      std::byte* words) noexcept;

/// What both choose from: portable code for every length, and a kernel (AVX-512 with VBMI) that
/// does as many whole groups of values as it can and returns how many values those were (a multiple
/// of eight).
void pack_words_portable(unsigned ring_bits, const std::byte* words, std::size_t count,
                         std::byte* packed) noexcept;
void add_packed_words_portable(unsigned ring_bits, const std::byte* packed, std::size_t count,
                               std::byte* words) noexcept;
bool has_bit_pack_avx512() noexcept;
std::size_t pack_words_avx512(unsigned ring_bits, const std::byte* words, std::size_t count,
                              std::byte* packed) noexcept;
std::size_t add_packed_words_avx512(unsigned ring_bits, const std::byte* packed, std::size_t count,
                                    std::byte* words) noexcept;

}  // namespace guildsum::crypto::detail
