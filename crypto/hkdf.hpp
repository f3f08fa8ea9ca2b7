#pragma once

#include <array>
#include <concepts>

#include <openssl/crypto.h>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "crypto/sha256.hpp"

namespace guildsum::crypto {

/// The longest output of one call: 255 blocks of 32 bytes (RFC 5869, section 2.3).
inline constexpr std::size_t kHkdfOutputBytesMax = 255 * 32;

/// HKDF-SHA256, extract and expand (RFC 5869). Fills all of `out`. Thread safe.
///
/// `ikm` and `salt` may be empty. `info` names the purpose: label, protocol version, ids, public
/// keys.
/// @return CryptoErrc::output_too_long beyond kHkdfOutputBytesMax; `out` is then untouched.
[[nodiscard]] Result<void> hkdf_sha256(ByteView ikm, ByteView salt, ByteView info,
                                       MutableByteView out) noexcept;

/// A `Secret<Tag, N>`: what HKDF may derive.
template <class S>
concept SecretType = requires(const S& secret) {
  { S::kSize } -> std::convertible_to<std::size_t>;
  { secret.expose() } -> std::same_as<std::span<const std::byte, S::kSize>>;
};

namespace detail {
/// `hkdf_sha256` for lengths known to be allowed; never fails.
void derive_bytes(ByteView ikm, ByteView salt, ByteView info, MutableByteView out) noexcept;
}  // namespace detail

/// One typed key: `derive<MaskSeed>(shared.expose(), rd, info)`. Thread safe, never fails.
///
/// `salt` is the digest that binds the key to its round; `info` its label, ids and public keys.
template <SecretType S>
  requires(S::kSize <= kHkdfOutputBytesMax)
[[nodiscard]] S derive(ByteView ikm, const Digest& salt, ByteView info) noexcept {
  std::array<std::byte, S::kSize> bytes;
  detail::derive_bytes(ikm, salt.view(), info, bytes);
  S result{bytes};
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return result;
}

}  // namespace guildsum::crypto
