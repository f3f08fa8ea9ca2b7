#include "crypto/field61.hpp"

#include "crypto/errors.hpp"

namespace guildsum::crypto {

Result<FieldElement> FieldElement::parse(std::uint64_t value) noexcept {
  if (value >= kModulus) return CryptoErrc::invalid_share;
  return FieldElement{value};
}

FieldElement FieldElement::inverse() const noexcept {
  // p - 2 = 2^61 - 3: all of its 61 bits are one but bit 1. The exponent is public.
  FieldElement power{1};
  for (int bit = 60; bit >= 0; --bit) {
    power = power * power;
    if (bit != 1) power = power * *this;
  }
  return power;
}

}  // namespace guildsum::crypto
