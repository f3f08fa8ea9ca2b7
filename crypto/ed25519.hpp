#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

struct evp_pkey_st;

namespace guildsum::crypto {

/// The 32-byte seed of RFC 8032, section 5.1.5.
using SigningKey = Secret<struct SigningKeyTag, 32>;
/// An encoded point of edwards25519.
using VerifyKey = FixedBytes<struct VerifyKeyTag, 32>;
/// R || S of RFC 8032, section 5.1.6.
using Signature = FixedBytes<struct SignatureTag, 64>;

[[nodiscard]] SigningKey generate_signing_key(Random& random) noexcept;

/// Whether `key` can name an identity: a canonical encoding of a point whose order is not small.
///
/// A key of small order verifies signatures that nobody made.
/// @return CryptoErrc::invalid_public_key otherwise.
[[nodiscard]] Result<void> check_verify_key(const VerifyKey& key) noexcept;

/// Makes Ed25519 signatures (RFC 8032, pure Ed25519: deterministic, no context, no prehash).
///
/// Callers put their own label in front of what they sign. The library's copy of the seed is wiped
/// on destruction. Movable; `sign` may be called from several threads.
class Signer {
 public:
  explicit Signer(const SigningKey& key) noexcept;
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  [[nodiscard]] const VerifyKey& verify_key() const noexcept { return verify_key_; }
  [[nodiscard]] Signature sign(ByteView message) const noexcept;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  std::unique_ptr<evp_pkey_st, Free> key_;
  VerifyKey verify_key_;
};

/// Checks Ed25519 signatures of one key; the decoded key is kept for many checks.
///
/// Strict: refuses S >= L, non-canonical R, and keys that `check_verify_key` refuses.
/// Movable; `verify` may be called from several threads.
class Verifier {
 public:
  /// @return CryptoErrc::invalid_public_key as `check_verify_key`.
  [[nodiscard]] static Result<Verifier> create(const VerifyKey& key) noexcept;
  Verifier(Verifier&&) noexcept;
  Verifier& operator=(Verifier&&) noexcept;
  ~Verifier();

  [[nodiscard]] const VerifyKey& verify_key() const noexcept { return verify_key_; }
  [[nodiscard]] bool verify(ByteView message, const Signature& signature) const noexcept;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  Verifier(evp_pkey_st* key, const VerifyKey& verify_key) noexcept;
  std::unique_ptr<evp_pkey_st, Free> key_;
  VerifyKey verify_key_;
};

/// One check; false also for a key that `check_verify_key` refuses. Thread safe.
[[nodiscard]] bool verify(const VerifyKey& key, ByteView message,
                          const Signature& signature) noexcept;

}  // namespace guildsum::crypto
