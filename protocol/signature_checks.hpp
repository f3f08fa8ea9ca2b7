#pragma once

#include "crypto/ed25519.hpp"

/// Who answers the checks of signatures in `signing.hpp`.
///
/// A program checks each signature itself, with `crypto::verify`. A simulator that runs hundreds of
/// shops in one process checks the same signature once for each of them, and may answer from
/// memory. Only `simulations` and tests may include this header (tests/tidy, include_direction).
namespace guildsum::protocol {

class SignatureChecks {
 public:
  virtual ~SignatureChecks() = default;
  /// As `crypto::verify`.
  [[nodiscard]] virtual bool verify(const crypto::VerifyKey& key, ByteView message,
                                    const crypto::Signature& signature) = 0;
};

/// While it lives, `checks` answers for this thread and no other. Scopes of one thread nest.
class SignatureChecksScope {
 public:
  explicit SignatureChecksScope(SignatureChecks& checks) noexcept;
  ~SignatureChecksScope();
  SignatureChecksScope(const SignatureChecksScope&) = delete;
  SignatureChecksScope& operator=(const SignatureChecksScope&) = delete;

 private:
  SignatureChecks* before_;
};

/// One check: by whoever answers on this thread, else `crypto::verify`.
[[nodiscard]] bool check_signature(const crypto::VerifyKey& key, ByteView message,
                                   const crypto::Signature& signature);

}  // namespace guildsum::protocol
