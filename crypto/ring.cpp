#include "crypto/ring.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include <openssl/crypto.h>

#include "base/assert.hpp"
#include "crypto/detail/bit_pack.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

constexpr std::size_t kAlignment = 64;

/// Calls `body` with a value of the word type of `bits`.
template <class Body>
decltype(auto) with_word_type(RingBits bits, Body&& body) {
  switch (bits.word_bytes()) {
    case 2:
      return body(std::uint16_t{});
    case 4:
      return body(std::uint32_t{});
    default:
      return body(std::uint64_t{});
  }
}

template <class Word>
Word* words_as(std::byte* words) noexcept {
  return reinterpret_cast<Word*>(words);
}
template <class Word>
const Word* words_as(const std::byte* words) noexcept {
  return reinterpret_cast<const Word*>(words);
}

std::size_t storage_bytes(RingBits bits, std::size_t count) noexcept {
  GS_ASSERT(count <= std::size_t{1} << 48);
  return (count * bits.word_bytes() + kAlignment - 1) / kAlignment * kAlignment;
}

std::byte* allocate_zeros(std::size_t size) {
  if (size == 0) return nullptr;
  void* words = std::aligned_alloc(kAlignment, size);
  if (words == nullptr) throw std::bad_alloc{};
  std::memset(words, 0, size);
  return static_cast<std::byte*>(words);
}

std::int64_t sign_extended(RingBits bits, std::uint64_t word) noexcept {
  const unsigned unused = 64 - bits.value();
  return static_cast<std::int64_t>(word << unused) >> unused;
}

/// Bits of the last byte beyond the last value are zero: one encoding per vector.
bool has_zero_padding(RingBits bits, std::size_t count, ByteView packed) noexcept {
  const unsigned used = count % 8 * bits.value() % 8;
  return used == 0 || std::to_integer<unsigned>(packed.back()) >> used == 0;
}

}  // namespace

Result<RingBits> RingBits::parse(unsigned bits) noexcept {
  if (bits < kMin || bits > kMax) return CryptoErrc::invalid_ring_bits;
  return RingBits{bits};
}

void RingVector::WipeAndFree::operator()(std::byte* words) const noexcept {
  if (words == nullptr) return;
  OPENSSL_cleanse(words, size_bytes);
  std::free(words);
}

RingVector::RingVector(RingBits bits, std::size_t count)
    : bits_{bits},
      count_{count},
      words_{allocate_zeros(storage_bytes(bits, count)), {storage_bytes(bits, count)}} {}

RingVector::RingVector(RingVector&& other) noexcept
    : bits_{other.bits_}, count_{std::exchange(other.count_, 0)}, words_{std::move(other.words_)} {}

RingVector& RingVector::operator=(RingVector&& other) noexcept {
  if (this == &other) return *this;
  bits_ = other.bits_;
  count_ = std::exchange(other.count_, 0);
  words_ = std::move(other.words_);
  return *this;
}

Result<RingVector> RingVector::from_int64(RingBits bits, std::span<const std::int64_t> values) {
  RingVector vector{bits, values.size()};
  bool fits = true;
  with_word_type(bits, [&](auto word) {
    using Word = decltype(word);
    Word* out = words_as<Word>(vector.words_.get());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto value = static_cast<std::uint64_t>(values[i]);
      fits &= sign_extended(bits, value) == values[i];
      out[i] = static_cast<Word>(value);
    }
  });
  if (!fits) return CryptoErrc::value_out_of_range;
  return vector;
}

Result<RingVector> RingVector::unpack(RingBits bits, std::size_t count, ByteView packed) {
  if (packed.size() != packed_bytes(bits, count)) return CryptoErrc::wrong_length;
  RingVector vector{bits, count};
  GS_CHECK(vector.add_packed(0, count, packed));
  return vector;
}

RingVector RingVector::duplicate() const {
  RingVector copy{bits_, count_};
  if (count_ != 0) std::memcpy(copy.words_.get(), words_.get(), count_ * bits_.word_bytes());
  return copy;
}

std::uint64_t RingVector::at(std::size_t index) const noexcept {
  GS_ASSERT(index < count_);
  return with_word_type(bits_, [&](auto word) -> std::uint64_t {
    return words_as<decltype(word)>(words_.get())[index] & bits_.mask();
  });
}

std::int64_t RingVector::int64_at(std::size_t index) const noexcept {
  return sign_extended(bits_, at(index));
}

void RingVector::to_int64(std::size_t first, std::span<std::int64_t> out) const noexcept {
  GS_ASSERT(first <= count_ && out.size() <= count_ - first);
  with_word_type(bits_, [&](auto word) {
    const auto* words = words_as<decltype(word)>(words_.get()) + first;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = sign_extended(bits_, words[i]);
  });
}

std::vector<std::int64_t> RingVector::to_int64() const {
  std::vector<std::int64_t> values(count_);
  to_int64(0, values);
  return values;
}

Result<void> RingVector::add(const RingVector& other) noexcept {
  if (bits_ != other.bits_ || count_ != other.count_) return CryptoErrc::ring_mismatch;
  with_word_type(bits_, [&](auto word) {
    using Word = decltype(word);
    Word* sum = words_as<Word>(words_.get());
    const Word* addend = words_as<Word>(std::as_const(other.words_).get());
    for (std::size_t i = 0; i < count_; ++i) sum[i] = static_cast<Word>(sum[i] + addend[i]);
  });
  return {};
}

Result<void> RingVector::subtract(const RingVector& other) noexcept {
  if (bits_ != other.bits_ || count_ != other.count_) return CryptoErrc::ring_mismatch;
  with_word_type(bits_, [&](auto word) {
    using Word = decltype(word);
    Word* difference = words_as<Word>(words_.get());
    const Word* addend = words_as<Word>(std::as_const(other.words_).get());
    for (std::size_t i = 0; i < count_; ++i) {
      difference[i] = static_cast<Word>(difference[i] - addend[i]);
    }
  });
  return {};
}

Bytes RingVector::pack(std::size_t first, std::size_t count) const {
  Bytes packed(packed_bytes(bits_, count));
  pack_into(first, count, packed);
  return packed;
}

void RingVector::pack_into(std::size_t first, std::size_t count,
                           MutableByteView out) const noexcept {
  GS_ASSERT(first <= count_ && count <= count_ - first);
  GS_ASSERT(out.size() == packed_bytes(bits_, count));
  const std::byte* words = words_.get() + first * bits_.word_bytes();
  detail::pack_words(bits_.value(), words, count, out.data());
}

Result<void> RingVector::add_packed(std::size_t first, std::size_t count,
                                    ByteView packed) noexcept {
  if (first > count_ || count > count_ - first) return CryptoErrc::wrong_length;
  if (packed.size() != packed_bytes(bits_, count)) return CryptoErrc::wrong_length;
  if (!has_zero_padding(bits_, count, packed)) return CryptoErrc::not_canonical;
  std::byte* words = words_.get() + first * bits_.word_bytes();
  detail::add_packed_words(bits_.value(), packed.data(), count, words);
  return {};
}

RingSlice RingVector::slice(std::size_t first, std::size_t count) noexcept {
  GS_ASSERT(first <= count_ && count <= count_ - first);
  return {.bits = bits_, .words = words_.get() + first * bits_.word_bytes(), .count = count};
}

bool operator==(const RingVector& a, const RingVector& b) noexcept {
  if (a.bits_ != b.bits_ || a.count_ != b.count_) return false;
  return with_word_type(a.bits_, [&](auto word) {
    using Word = decltype(word);
    const Word* left = words_as<Word>(a.words_.get());
    const Word* right = words_as<Word>(b.words_.get());
    const auto mask = static_cast<Word>(a.bits_.mask());
    return std::equal(left, left + a.count_, right,
                      [mask](Word x, Word y) { return ((x ^ y) & mask) == 0; });
  });
}

}  // namespace guildsum::crypto
