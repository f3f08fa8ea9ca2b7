#pragma once

#include <cstdint>
#include <vector>

/// The arithmetic of crypto/field61 and the sharing of crypto/shamir over a prime so small that all
/// polynomials can be counted.
namespace guildsum::property {

template <std::uint64_t Prime>
class SmallField {
 public:
  static constexpr std::uint64_t kModulus = Prime;
  constexpr SmallField() noexcept = default;
  [[nodiscard]] static constexpr SmallField reduce(std::uint64_t value) noexcept {
    return SmallField{value % Prime};
  }
  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }
  friend constexpr SmallField operator+(SmallField a, SmallField b) noexcept {
    return SmallField{(a.value_ + b.value_) % Prime};
  }
  friend constexpr SmallField operator-(SmallField a, SmallField b) noexcept {
    return SmallField{(a.value_ + Prime - b.value_) % Prime};
  }
  friend constexpr SmallField operator*(SmallField a, SmallField b) noexcept {
    return SmallField{a.value_ * b.value_ % Prime};
  }
  /// a^(p - 2), as in crypto/field61.
  [[nodiscard]] constexpr SmallField inverse() const noexcept {
    SmallField result = reduce(1);
    SmallField power = *this;
    for (std::uint64_t exponent = Prime - 2; exponent > 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result = result * power;
      power = power * power;
    }
    return result;
  }
  friend constexpr bool operator==(SmallField, SmallField) noexcept = default;

 private:
  constexpr explicit SmallField(std::uint64_t value) noexcept : value_{value} {}
  std::uint64_t value_ = 0;
};

/// The polynomial with `coefficients` (constant term first) at `index`, by Horner's rule.
template <class Field>
[[nodiscard]] Field evaluate(const std::vector<Field>& coefficients, std::uint64_t index) {
  Field y;
  for (std::size_t i = coefficients.size(); i-- > 0;) {
    y = y * Field::reduce(index) + coefficients[i];
  }
  return y;
}

/// The polynomial of lowest degree through (indices, points), at zero, by Lagrange's weights.
template <class Field>
[[nodiscard]] Field at_zero(const std::vector<std::uint64_t>& indices,
                            const std::vector<Field>& points) {
  Field sum;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    Field numerator = Field::reduce(1);
    Field denominator = Field::reduce(1);
    for (const std::uint64_t other : indices) {
      if (other == indices[i]) continue;
      numerator = numerator * Field::reduce(other);
      denominator = denominator * (Field::reduce(other) - Field::reduce(indices[i]));
    }
    sum = sum + points[i] * (numerator * denominator.inverse());
  }
  return sum;
}

}  // namespace guildsum::property
