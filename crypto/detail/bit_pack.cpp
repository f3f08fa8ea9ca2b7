#include "crypto/detail/bit_pack.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace guildsum::crypto::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "word loads and stores are copies");

std::uint64_t load_64(const std::byte* in) noexcept {
  std::uint64_t value;
  std::memcpy(&value, in, sizeof(value));
  return value;
}

constexpr std::uint64_t low_bits(unsigned bits) noexcept {
  return ~std::uint64_t{0} >> (64 - bits);
}

template <class Word>
Word load_word(const std::byte* words, std::size_t index) noexcept {
  Word word;
  std::memcpy(&word, words + index * sizeof(Word), sizeof(Word));
  return word;
}

template <class Word>
void add_to_word(std::byte* words, std::size_t index, Word value) noexcept {
  const auto sum = static_cast<Word>(load_word<Word>(words, index) + value);
  std::memcpy(words + index * sizeof(Word), &sum, sizeof(Word));
}

/// Values whose R bits fill their words: no bit arithmetic.
template <class Word>
void add_whole_words(const std::byte* packed, std::size_t count, std::byte* words) noexcept {
  for (std::size_t i = 0; i < count; ++i) add_to_word(words, i, load_word<Word>(packed, i));
}

/// Value `index`, reading the eight bytes from its first one and, for R above 57, a ninth.
std::uint64_t value_at(unsigned ring_bits, const std::byte* packed, std::size_t index) noexcept {
  const std::size_t bit = index * ring_bits;
  const unsigned shift = bit % 8;
  std::uint64_t value = load_64(packed + bit / 8) >> shift;
  if (ring_bits > 57 && shift != 0) {
    value |= std::to_integer<std::uint64_t>(packed[bit / 8 + 8]) << (64 - shift);
  }
  return value & low_bits(ring_bits);
}

template <class Word>
void add_bit_stream(unsigned ring_bits, const std::byte* packed, std::size_t count,
                    std::byte* words) noexcept {
  // The last values are read from a copy with zeros behind it, so that no load leaves the input.
  constexpr std::size_t kTail = 8;
  const std::size_t body = count > kTail ? (count - kTail) / 8 * 8 : 0;
  for (std::size_t i = 0; i < body; ++i) {
    add_to_word(words, i, static_cast<Word>(value_at(ring_bits, packed, i)));
  }
  const std::size_t first_byte = body * ring_bits / 8;
  std::byte window[16 * 8 + 16] = {};
  std::memcpy(window, packed + first_byte, (count * ring_bits + 7) / 8 - first_byte);
  for (std::size_t i = body; i < count; ++i) {
    add_to_word(words, i, static_cast<Word>(value_at(ring_bits, window, i - body)));
  }
}

template <class Word>
void pack_bit_stream(unsigned ring_bits, const std::byte* words, std::size_t count,
                     std::byte* packed) noexcept {
  std::uint64_t pending = 0;  // Bits that do not fill eight bytes yet, from the lowest.
  unsigned pending_bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t value = load_word<Word>(words, i) & low_bits(ring_bits);
    pending |= value << pending_bits;
    pending_bits += ring_bits;
    if (pending_bits < 64) continue;
    std::memcpy(packed, &pending, 8);
    packed += 8;
    pending_bits -= 64;
    pending = pending_bits == 0 ? 0 : value >> (ring_bits - pending_bits);
  }
  std::memcpy(packed, &pending, (pending_bits + 7) / 8);
}

}  // namespace

void pack_words_portable(unsigned ring_bits, const std::byte* words, std::size_t count,
                         std::byte* packed) noexcept {
  if (count == 0) return;
  if (ring_bits == 16 || ring_bits == 32 || ring_bits == 64) {
    std::memcpy(packed, words, count * ring_bits / 8);
  } else if (ring_bits < 32) {
    pack_bit_stream<std::uint32_t>(ring_bits, words, count, packed);
  } else {
    pack_bit_stream<std::uint64_t>(ring_bits, words, count, packed);
  }
}

void add_packed_words_portable(unsigned ring_bits, const std::byte* packed, std::size_t count,
                               std::byte* words) noexcept {
  if (count == 0) return;
  switch (ring_bits) {
    case 16:
      return add_whole_words<std::uint16_t>(packed, count, words);
    case 32:
      return add_whole_words<std::uint32_t>(packed, count, words);
    case 64:
      return add_whole_words<std::uint64_t>(packed, count, words);
    // Constants let the compiler unroll the common byte-sized rings.
    case 24:
      return add_bit_stream<std::uint32_t>(24, packed, count, words);
    case 40:
      return add_bit_stream<std::uint64_t>(40, packed, count, words);
    case 48:
      return add_bit_stream<std::uint64_t>(48, packed, count, words);
    default:
      break;
  }
  if (ring_bits < 32) return add_bit_stream<std::uint32_t>(ring_bits, packed, count, words);
  return add_bit_stream<std::uint64_t>(ring_bits, packed, count, words);
}

namespace {

/// Whether the kernel takes this ring: whole words are copied and added as they are.
bool uses_kernel(unsigned ring_bits) noexcept {
  static const bool available = has_bit_pack_avx512();
  return available && ring_bits != 16 && ring_bits != 32 && ring_bits != 64;
}

std::size_t word_bytes(unsigned ring_bits) noexcept { return ring_bits < 32 ? 4 : 8; }

}  // namespace

void pack_words(unsigned ring_bits, const std::byte* words, std::size_t count,
                std::byte* packed) noexcept {
  if (!uses_kernel(ring_bits)) return pack_words_portable(ring_bits, words, count, packed);
  const std::size_t done = pack_words_avx512(ring_bits, words, count, packed);
  pack_words_portable(ring_bits, words + done * word_bytes(ring_bits), count - done,
                      packed + done / 8 * ring_bits);
}

void add_packed_words(unsigned ring_bits, const std::byte* packed, std::size_t count,
                      std::byte* words) noexcept {
  if (!uses_kernel(ring_bits)) return add_packed_words_portable(ring_bits, packed, count, words);
  const std::size_t done = add_packed_words_avx512(ring_bits, packed, count, words);
  add_packed_words_portable(ring_bits, packed + done / 8 * ring_bits, count - done,
                            words + done * word_bytes(ring_bits));
}

}  // namespace guildsum::crypto::detail
