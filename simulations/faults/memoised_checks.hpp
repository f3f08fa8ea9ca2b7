#pragma once

#include <cstdint>
#include <unordered_map>

#include "crypto/sha256.hpp"
#include "protocol/signature_checks.hpp"

namespace guildsum::simulations {

/// Checks each signature once for all shops of a run: what it found is kept under the digest of
/// key, signature and message. One thread at a time.
///
/// Memory is bounded: two generations of `kGeneration` answers each, the older of which is
/// forgotten when the younger is full.
class MemoisedChecks final : public protocol::SignatureChecks {
 public:
  /// Some rounds of 256 shops: each makes seven signatures, a few of which all others check.
  static constexpr std::size_t kGeneration = 16'384;

  bool verify(const crypto::VerifyKey& key, ByteView message,
              const crypto::Signature& signature) override;

  [[nodiscard]] std::uint64_t asked() const noexcept { return asked_; }
  /// Of them, answered from memory.
  [[nodiscard]] std::uint64_t memoised() const noexcept { return memoised_; }

 private:
  using Answers = std::unordered_map<crypto::Digest, bool, crypto::DigestHash>;
  Answers younger_;
  Answers older_;
  std::uint64_t asked_ = 0;
  std::uint64_t memoised_ = 0;
};

}  // namespace guildsum::simulations
