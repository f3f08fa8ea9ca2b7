#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "crypto/sha256.hpp"

struct evp_mac_ctx_st;

namespace guildsum::crypto {

/// HMAC-SHA256 (RFC 2104, FIPS 198-1) under one key for many messages.
///
/// The key is hashed once, so that a 64-byte message costs well under a microsecond. The key
/// schedule is wiped on destruction. Move-only; one thread at a time.
class HmacSha256 {
 public:
  /// Keys may have any length, including zero.
  explicit HmacSha256(ByteView key) noexcept;
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  ~HmacSha256();

  [[nodiscard]] Digest mac(ByteView message) noexcept;
  /// Whether `tag` is the full 32-byte tag of `message`; compares in constant time.
  [[nodiscard]] bool verify(ByteView message, ByteView tag) noexcept;

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

/// One tag under one key. Thread safe.
[[nodiscard]] Digest hmac_sha256(ByteView key, ByteView message) noexcept;

/// Whether two byte strings are equal; the time depends on their lengths only.
[[nodiscard]] bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace guildsum::crypto
