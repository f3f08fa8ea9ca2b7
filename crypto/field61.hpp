#pragma once

#include <cstdint>

#include "base/result.hpp"

namespace guildsum::crypto {

/// An element of GF(p), p = 2^61 - 1 (a Mersenne prime), always fully reduced.
///
/// All arithmetic runs in constant time. Carries secrets but does not wipe itself: holders do.
class FieldElement {
 public:
  static constexpr std::uint64_t kModulus = (std::uint64_t{1} << 61) - 1;

  /// Zero.
  constexpr FieldElement() noexcept = default;
  /// @return CryptoErrc::invalid_share if `value` is not below p.
  [[nodiscard]] static Result<FieldElement> parse(std::uint64_t value) noexcept;
  /// `value` mod p, for any 64-bit value.
  [[nodiscard]] static constexpr FieldElement reduce(std::uint64_t value) noexcept {
    return FieldElement{subtract_modulus_once((value & kModulus) + (value >> 61))};
  }

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

  friend constexpr FieldElement operator+(FieldElement a, FieldElement b) noexcept {
    return FieldElement{subtract_modulus_once(a.value_ + b.value_)};
  }
  friend constexpr FieldElement operator-(FieldElement a, FieldElement b) noexcept {
    return FieldElement{subtract_modulus_once(a.value_ + (kModulus - b.value_))};
  }
  friend constexpr FieldElement operator*(FieldElement a, FieldElement b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a.value_) * b.value_;
    const auto low = static_cast<std::uint64_t>(product) & kModulus;
    const auto high = static_cast<std::uint64_t>(product >> 61);
    return FieldElement{subtract_modulus_once(low + high)};
  }
  /// a^(p - 2): the inverse, and zero for zero.
  [[nodiscard]] FieldElement inverse() const noexcept;

  /// Not constant time: for public values and tests.
  friend constexpr bool operator==(FieldElement, FieldElement) noexcept = default;

 private:
  constexpr explicit FieldElement(std::uint64_t value) noexcept : value_{value} {}
  /// For values below 2p, without a branch.
  static constexpr std::uint64_t subtract_modulus_once(std::uint64_t value) noexcept {
    const std::uint64_t difference = value - kModulus;
    const std::uint64_t borrow = 0 - (difference >> 63);
    return difference + (borrow & kModulus);
  }

  std::uint64_t value_ = 0;
};

}  // namespace guildsum::crypto
