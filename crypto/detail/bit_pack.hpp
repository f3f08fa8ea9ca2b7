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

}  // namespace guildsum::crypto::detail
