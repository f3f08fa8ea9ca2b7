#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace guildsum::crypto {

/// R of the ring Z mod 2^R, 16 to 64.
class RingBits {
 public:
  static constexpr unsigned kMin = 16;
  static constexpr unsigned kMax = 64;

  /// @return CryptoErrc::invalid_ring_bits outside 16 to 64.
  [[nodiscard]] static Result<RingBits> parse(unsigned bits) noexcept;
  /// A ring known when compiling: `RingBits::of<32>()`.
  template <unsigned R>
    requires(R >= kMin && R <= kMax)
  [[nodiscard]] static constexpr RingBits of() noexcept {
    return RingBits{R};
  }

  [[nodiscard]] constexpr unsigned value() const noexcept { return bits_; }
  /// W: bytes of a value in memory and of a mask word: 2 for R = 16, 4 up to 32, 8 up to 64.
  [[nodiscard]] constexpr std::size_t word_bytes() const noexcept {
    return bits_ <= 16 ? 2 : bits_ <= 32 ? 4 : 8;
  }
  /// 2^R - 1.
  [[nodiscard]] constexpr std::uint64_t mask() const noexcept {
    return ~std::uint64_t{0} >> (64 - bits_);
  }
  friend constexpr bool operator==(RingBits, RingBits) noexcept = default;

 private:
  constexpr explicit RingBits(unsigned bits) noexcept : bits_{bits} {}
  unsigned bits_;
};

/// Bytes of `count` packed values: ceil(R * count / 8). `count` up to 2^57.
[[nodiscard]] constexpr std::uint64_t packed_bytes(RingBits bits, std::uint64_t count) noexcept {
  return count / 8 * bits.value() + (count % 8 * bits.value() + 7) / 8;
}

/// A run of consecutive values inside a `RingVector`, as raw words of W bytes in native order.
/// Does not own; must not outlive the vector.
struct RingSlice {
  RingBits bits;
  std::byte* words;   ///< Aligned to W.
  std::size_t count;  ///< Values, not bytes.
};

/// n values of Z mod 2^R: one shop's input, a masked input, or a sum.
///
/// Words of W bytes hold the values modulo 2^(8W), of which 2^R is a divisor: additions never look
/// at R, and only `pack` and the readers reduce. The memory is wiped on destruction, because an
/// input that is not masked yet is somebody's data. Move-only (`duplicate` spells a copy out).
/// Distinct slices may be written by several threads.
class RingVector {
 public:
  /// `count` zeros.
  RingVector(RingBits bits, std::size_t count);
  /// Two's complement of `values`.
  /// @return CryptoErrc::value_out_of_range for a value outside [-2^(R-1), 2^(R-1)).
  [[nodiscard]] static Result<RingVector> from_int64(RingBits bits,
                                                     std::span<const std::int64_t> values);
  /// Reads `count` packed values.
  /// @return CryptoErrc::wrong_length or CryptoErrc::not_canonical as `add_packed`.
  [[nodiscard]] static Result<RingVector> unpack(RingBits bits, std::size_t count, ByteView packed);
  /// A moved-from vector has no values.
  RingVector(RingVector&& other) noexcept;
  RingVector& operator=(RingVector&& other) noexcept;
  RingVector(const RingVector&) = delete;
  RingVector& operator=(const RingVector&) = delete;
  ~RingVector() = default;
  [[nodiscard]] RingVector duplicate() const;

  [[nodiscard]] RingBits bits() const noexcept { return bits_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  /// Value i in [0, 2^R). `index` below `size()`.
  [[nodiscard]] std::uint64_t at(std::size_t index) const noexcept;
  /// Value i sign-extended from R bits: in [-2^(R-1), 2^(R-1)).
  [[nodiscard]] std::int64_t int64_at(std::size_t index) const noexcept;
  /// Values [first, first + out.size()) sign-extended. The range must lie inside the vector.
  void to_int64(std::size_t first, std::span<std::int64_t> out) const noexcept;
  [[nodiscard]] std::vector<std::int64_t> to_int64() const;

  /// Adds value by value.
  /// @return CryptoErrc::ring_mismatch unless R and the lengths are equal.
  [[nodiscard]] Result<void> add(const RingVector& other) noexcept;
  /// Subtracts value by value; errors as `add`.
  [[nodiscard]] Result<void> subtract(const RingVector& other) noexcept;

  /// Values [first, first + count) as a little-endian bit stream: value i of the range, reduced to
  /// R bits, occupies bits [i R, (i + 1) R). Unused bits of the last byte are zero. The range must
  /// lie inside the vector.
  [[nodiscard]] Bytes pack(std::size_t first, std::size_t count) const;
  /// The same into memory of exactly `packed_bytes(bits(), count)` bytes.
  void pack_into(std::size_t first, std::size_t count, MutableByteView out) const noexcept;
  /// Adds `count` packed values to values [first, first + count).
  ///
  /// @return CryptoErrc::wrong_length unless `packed` has exactly `packed_bytes(bits(), count)`
  /// bytes
  ///         and the range lies inside the vector; CryptoErrc::not_canonical if unused bits of the
  ///         last byte are set. The vector is unchanged then.
  [[nodiscard]] Result<void> add_packed(std::size_t first, std::size_t count,
                                        ByteView packed) noexcept;

  /// Values [first, first + count) for `crypto/mask_expand.hpp`. The range must lie inside the
  /// vector.
  [[nodiscard]] RingSlice slice(std::size_t first, std::size_t count) noexcept;
  [[nodiscard]] RingSlice all() noexcept { return slice(0, count_); }

  /// Equal rings, lengths and values mod 2^R. Not constant time.
  friend bool operator==(const RingVector& a, const RingVector& b) noexcept;

 private:
  struct WipeAndFree {
    std::size_t size_bytes = 0;
    void operator()(std::byte* words) const noexcept;
  };

  RingBits bits_;
  std::size_t count_;
  std::unique_ptr<std::byte[], WipeAndFree> words_;
};

}  // namespace guildsum::crypto
