#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

struct evp_pkey_st;

namespace guildsum::crypto {

/// The 32 scalar bytes of RFC 7748 before clamping. From stored bytes: `X25519SecretKey{bytes}`.
using X25519SecretKey = Secret<struct X25519SecretKeyTag, 32>;
/// A u-coordinate, little-endian. Canonical only after `agree` or `check_canonical` accepted it.
using X25519PublicKey = FixedBytes<struct X25519PublicKeyTag, 32>;
/// The raw result of an agreement. Not uniform: derive keys from it with `crypto/hkdf.hpp`.
using SharedSecret = Secret<struct SharedSecretTag, 32>;

/// A fresh key from `random`.
[[nodiscard]] X25519SecretKey generate_x25519_key(Random& random) noexcept;

/// The public key of `own`: X25519(own, 9). Constant time, thread safe. For several operations with
/// one key use `X25519KeyPair`, which pays this multiplication once.
[[nodiscard]] X25519PublicKey x25519_public_key(const X25519SecretKey& own) noexcept;

/// Whether `key` is the only encoding of its u-coordinate: below 2^255 - 19 with bit 255 clear.
///
/// RFC 7748 accepts the other encodings; here one point under two names would pass as two keys.
/// @return CryptoErrc::invalid_public_key otherwise.
[[nodiscard]] Result<void> check_canonical(const X25519PublicKey& key) noexcept;

/// Whether an agreement with `key` succeeds, whatever the secret key: it is canonical and not one
/// of the five u-coordinates of order dividing 8 on the curve or its twist. Secret scalars are
/// multiples of 8, so exactly these give zero; looking them up saves an agreement for each key of a
/// cohort.
/// @return CryptoErrc::invalid_public_key otherwise.
[[nodiscard]] Result<void> check_exchange_key(const X25519PublicKey& key) noexcept;

/// X25519 key agreement (RFC 7748, section 5). Constant time in `own`. Thread safe.
/// @return CryptoErrc::invalid_public_key if `peer` is not canonical or the result is all zero
///         (section 6.1: `peer` has small order).
[[nodiscard]] Result<SharedSecret> agree(const X25519SecretKey& own,
                                         const X25519PublicKey& peer) noexcept;

/// One secret key prepared for agreements with many peers: half the cost per agreement.
///
/// The library's copy of the secret is wiped on destruction. Movable; `agree` and `public_key` may
/// be called from several threads.
class X25519KeyPair {
 public:
  explicit X25519KeyPair(const X25519SecretKey& own) noexcept;
  X25519KeyPair(X25519KeyPair&&) noexcept;
  X25519KeyPair& operator=(X25519KeyPair&&) noexcept;
  ~X25519KeyPair();

  [[nodiscard]] const X25519PublicKey& public_key() const noexcept { return public_key_; }
  /// As the free function `agree`.
  [[nodiscard]] Result<SharedSecret> agree(const X25519PublicKey& peer) const noexcept;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  std::unique_ptr<evp_pkey_st, Free> key_;
  X25519PublicKey public_key_;
};

}  // namespace guildsum::crypto
