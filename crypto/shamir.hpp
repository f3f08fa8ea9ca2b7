#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/field61.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/seed_stream.hpp"

namespace guildsum::crypto {

/// Shamir's secret sharing (Shamir 1979) of 32-byte secrets over GF(2^61 - 1).
///
/// A secret is cut, little-endian, into five limbs of 52 bits (the last uses 48); each limb is the
/// constant term of its own random polynomial of degree threshold - 1. Any `threshold` shares give
/// the secret; fewer are independent of it. Nothing here detects a wrong share: shares are
/// committed to, and a recovered secret is checked against its public key or hash by the caller.

inline constexpr std::size_t kSharedSecretBytes = 32;
inline constexpr std::size_t kShareLimbs = 5;
inline constexpr std::size_t kShareBytes = kShareLimbs * 8;  ///< Little-endian limbs of 8 bytes.
inline constexpr std::uint32_t kMaxShares = 65535;

/// The point at which a polynomial is evaluated: 1 to kMaxShares, never 0 (the secret sits there).
class ShareIndex {
 public:
  /// @return CryptoErrc::invalid_share_index for 0 and beyond kMaxShares.
  [[nodiscard]] static Result<ShareIndex> parse(std::uint32_t value) noexcept;
  /// Cohort position + 1. `position` below kMaxShares.
  [[nodiscard]] static ShareIndex of_position(std::size_t position) noexcept;
  [[nodiscard]] std::uint32_t value() const noexcept { return value_; }
  friend auto operator<=>(ShareIndex, ShareIndex) noexcept = default;

 private:
  explicit ShareIndex(std::uint32_t value) noexcept : value_{value} {}
  std::uint32_t value_;
};

/// The five values of a share.
using ShareLimbs = std::array<FieldElement, kShareLimbs>;

/// Five little-endian 64-bit limbs, each below p.
void encode_share(const ShareLimbs& limbs, std::span<std::byte, kShareBytes> out) noexcept;

/// One holder's part of one secret, in secret memory (base/secret_memory.hpp). Move-only, wiped on
/// destruction and on assignment; what was moved from is all zero.
class Share {
 public:
  explicit Share(const ShareLimbs& limbs) noexcept;
  /// @return CryptoErrc::wrong_length unless 40 bytes; CryptoErrc::invalid_share if a limb is >= p.
  [[nodiscard]] static Result<Share> parse(ByteView encoded) noexcept;
  Share(Share&& other) noexcept;
  Share& operator=(Share&& other) noexcept;
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share();
  /// A second holder of the same share, spelled out.
  [[nodiscard]] Share duplicate() const noexcept { return Share{expose()}; }

  /// The only way to read it; the view must not outlive the share.
  [[nodiscard]] const ShareLimbs& expose() const noexcept;
  /// As `encode_share`.
  void encode(std::span<std::byte, kShareBytes> out) const noexcept { encode_share(expose(), out); }
  /// The same by value; the caller's copy is the caller's to wipe.
  [[nodiscard]] std::array<std::byte, kShareBytes> encode() const noexcept;

 private:
  ShareLimbs* limbs_;
};

struct SharePolicy {
  std::size_t threshold;  ///< Shares needed to recover.
  std::size_t count;      ///< Shares dealt, with indices 1 to count.
};

/// Deals `secret`; share k of the result has index k + 1. The coefficients are the next
/// 5 (threshold - 1) field elements of `coefficients`, so the same stream deals the same shares.
/// Constant time in the secret and the coefficients.
/// @return CryptoErrc::invalid_threshold unless 1 <= threshold <= count <= kMaxShares.
[[nodiscard]] Result<std::vector<Share>> split(
    std::span<const std::byte, kSharedSecretBytes> secret, SharePolicy policy,
    SeedStream& coefficients);

/// The polynomial with `coefficients` (constant term first) at `index`. Constant time in
/// coefficients.
[[nodiscard]] FieldElement evaluate(std::span<const FieldElement> coefficients,
                                    ShareIndex index) noexcept;

/// Opens secrets from the shares of one set of holders. The Lagrange weights at zero are computed
/// once per set, after which one secret costs 5 multiplications per share. Thread safe after
/// construction.
class Recovery {
 public:
  /// The set must hold at least the threshold of the sharing: fewer give a wrong secret, not an
  /// error.
  /// @return CryptoErrc::invalid_threshold for an empty set; CryptoErrc::duplicate_share_index.
  [[nodiscard]] static Result<Recovery> create(std::span<const ShareIndex> holders);

  /// Opens one secret from `shares`, in the order of the holders given to `create`.
  /// @return CryptoErrc::wrong_length if their number differs; CryptoErrc::recovery_failed if a
  /// limb
  ///         opens to more than its 52 (last: 48) bits, which no secret does.
  template <SecretType S>
    requires(S::kSize == kSharedSecretBytes)
  [[nodiscard]] Result<S> recover(std::span<const ShareLimbs* const> shares) const {
    std::array<std::byte, kSharedSecretBytes> bytes{};
    const Result<void> opened = recover_into(shares, bytes);
    if (opened.has_error()) return opened.error();
    S secret{bytes};
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return secret;
  }
  /// The same into memory of the caller, all zero on an error.
  [[nodiscard]] Result<void> recover_into(std::span<const ShareLimbs* const> shares,
                                          std::span<std::byte, kSharedSecretBytes> secret) const;
  /// The polynomial at zero from its values `points` at the holders' indices.
  /// @return CryptoErrc::wrong_length if their number differs from the holders'.
  [[nodiscard]] Result<FieldElement> recover_element(std::span<const FieldElement> points) const;

  [[nodiscard]] std::size_t size() const noexcept { return weights_.size(); }

 private:
  explicit Recovery(std::vector<FieldElement> weights) noexcept : weights_{std::move(weights)} {}
  std::vector<FieldElement> weights_;
};

}  // namespace guildsum::crypto
