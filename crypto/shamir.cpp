#include "crypto/shamir.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include <openssl/crypto.h>

#include "base/assert.hpp"
#include "base/secret_memory.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

constexpr unsigned kLimbBits = 52;
constexpr unsigned kLastLimbBits = 8 * kSharedSecretBytes - (kShareLimbs - 1) * kLimbBits;
constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kLimbBits) - 1;

using Secret256 = std::span<const std::byte, kSharedSecretBytes>;

/// Bits [52 k, 52 (k + 1)) of the little-endian secret.
FieldElement limb(Secret256 secret, std::size_t k) noexcept {
  const std::size_t first_bit = k * kLimbBits;
  const std::size_t first_byte = first_bit / 8;
  std::array<std::byte, 8> window{};
  const std::size_t size = std::min<std::size_t>(8, secret.size() - first_byte);
  std::ranges::copy(secret.subspan(first_byte, size), window.begin());
  const auto value = (load_le<std::uint64_t>(window) >> (first_bit % 8)) & kLimbMask;
  OPENSSL_cleanse(window.data(), window.size());
  return FieldElement::reduce(value);
}

/// ORs the 52 bits of limb k into the secret.
void put_limb(std::span<std::byte, kSharedSecretBytes> secret, std::size_t k,
              FieldElement value) noexcept {
  const std::size_t first_bit = k * kLimbBits;
  const std::uint64_t shifted = value.value() << (first_bit % 8);
  for (std::size_t i = 0; i < 8 && first_bit / 8 + i < secret.size(); ++i) {
    secret[first_bit / 8 + i] |= static_cast<std::byte>(shifted >> (8 * i));
  }
}

/// p(0) as the inner product of points and weights. Multiplications are constant time.
FieldElement inner_product(std::span<const FieldElement> points,
                           std::span<const FieldElement> weights) noexcept {
  FieldElement sum;
  for (std::size_t i = 0; i < points.size(); ++i) sum = sum + points[i] * weights[i];
  return sum;
}

/// Limbs of the share that was moved from.
constexpr ShareLimbs kGone{};

}  // namespace

Result<ShareIndex> ShareIndex::parse(std::uint32_t value) noexcept {
  if (value == 0 || value > kMaxShares) return CryptoErrc::invalid_share_index;
  return ShareIndex{value};
}

ShareIndex ShareIndex::of_position(std::size_t position) noexcept {
  GS_ASSERT(position < kMaxShares);
  return ShareIndex{static_cast<std::uint32_t>(position + 1)};
}

Result<Share> Share::parse(ByteView encoded) noexcept {
  if (encoded.size() != kShareBytes) return CryptoErrc::wrong_length;
  ShareLimbs limbs;
  bool valid = true;
  for (std::size_t k = 0; k < kShareLimbs; ++k) {
    const auto value = load_le<std::uint64_t>(encoded.subspan(8 * k, 8));
    valid &= value < FieldElement::kModulus;
    limbs[k] = FieldElement::reduce(value);
  }
  Share share{limbs};
  OPENSSL_cleanse(limbs.data(), sizeof(limbs));
  if (!valid) return CryptoErrc::invalid_share;
  return share;
}

Share::Share(const ShareLimbs& limbs) noexcept
    : limbs_{new (allocate_secret(sizeof(ShareLimbs))) ShareLimbs(limbs)} {}

Share::Share(Share&& other) noexcept : limbs_{std::exchange(other.limbs_, nullptr)} {}

Share& Share::operator=(Share&& other) noexcept {
  if (this == &other) return *this;
  free_secret(limbs_, sizeof(ShareLimbs));
  limbs_ = std::exchange(other.limbs_, nullptr);
  return *this;
}

Share::~Share() { free_secret(limbs_, sizeof(ShareLimbs)); }

const ShareLimbs& Share::expose() const noexcept { return limbs_ == nullptr ? kGone : *limbs_; }

void encode_share(const ShareLimbs& limbs, std::span<std::byte, kShareBytes> out) noexcept {
  for (std::size_t k = 0; k < kShareLimbs; ++k) store_le(limbs[k].value(), out.subspan(8 * k, 8));
}

std::array<std::byte, kShareBytes> Share::encode() const noexcept {
  std::array<std::byte, kShareBytes> out;
  encode(out);
  return out;
}

FieldElement evaluate(std::span<const FieldElement> coefficients, ShareIndex index) noexcept {
  const FieldElement x = FieldElement::reduce(index.value());
  FieldElement y;
  for (std::size_t i = coefficients.size(); i-- > 0;) y = y * x + coefficients[i];
  return y;
}

Result<std::vector<Share>> split(Secret256 secret, SharePolicy policy, SeedStream& coefficients) {
  if (policy.threshold == 0 || policy.threshold > policy.count || policy.count > kMaxShares) {
    return CryptoErrc::invalid_threshold;
  }
  std::vector<ShareLimbs, SecretAllocator<ShareLimbs>> limbs(policy.count);
  std::vector<FieldElement, SecretAllocator<FieldElement>> polynomial(policy.threshold);
  for (std::size_t k = 0; k < kShareLimbs; ++k) {
    polynomial[0] = limb(secret, k);
    for (std::size_t i = 1; i < policy.threshold; ++i) polynomial[i] = coefficients.field_element();
    for (std::size_t j = 0; j < policy.count; ++j) {
      limbs[j][k] = evaluate(polynomial, ShareIndex::of_position(j));
    }
  }
  return std::vector<Share>(limbs.begin(), limbs.end());
}

Result<Recovery> Recovery::create(std::span<const ShareIndex> holders) {
  if (holders.empty()) return CryptoErrc::invalid_threshold;
  std::vector<ShareIndex> sorted(holders.begin(), holders.end());
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) return CryptoErrc::duplicate_share_index;
  std::vector<FieldElement> weights;
  weights.reserve(holders.size());
  for (const ShareIndex own : holders) {
    // Lagrange at zero: the product over the others of x_j / (x_j - x_i). Indices are public.
    FieldElement numerator = FieldElement::reduce(1);
    FieldElement denominator = FieldElement::reduce(1);
    for (const ShareIndex other : holders) {
      if (other == own) continue;
      const FieldElement x_other = FieldElement::reduce(other.value());
      numerator = numerator * x_other;
      denominator = denominator * (x_other - FieldElement::reduce(own.value()));
    }
    weights.push_back(numerator * denominator.inverse());
  }
  return Recovery{std::move(weights)};
}

Result<FieldElement> Recovery::recover_element(std::span<const FieldElement> points) const {
  if (points.size() != weights_.size()) return CryptoErrc::wrong_length;
  return inner_product(points, weights_);
}

Result<void> Recovery::recover_into(std::span<const ShareLimbs* const> shares,
                                    std::span<std::byte, kSharedSecretBytes> secret) const {
  std::ranges::fill(secret, std::byte{0});
  if (shares.size() != weights_.size()) return CryptoErrc::wrong_length;
  std::uint64_t excess = 0;
  for (std::size_t k = 0; k < kShareLimbs; ++k) {
    FieldElement value;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      value = value + (*shares[i])[k] * weights_[i];
    }
    excess |= value.value() >> (k + 1 < kShareLimbs ? kLimbBits : kLastLimbBits);
    put_limb(secret, k, FieldElement::reduce(value.value() & kLimbMask));
  }
  if (excess == 0) return {};
  OPENSSL_cleanse(secret.data(), secret.size());
  return CryptoErrc::recovery_failed;
}

}  // namespace guildsum::crypto
