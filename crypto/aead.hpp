#pragma once

#include <array>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace guildsum::crypto {

using AeadKey = Secret<struct AeadKeyTag, 32>;

inline constexpr std::size_t kAeadNonceBytes = 12;
inline constexpr std::size_t kAeadTagBytes = 16;
/// The longest plaintext of one call; far below GCM's 2^36 - 32 and within the library's `int`
/// lengths.
inline constexpr std::size_t kAeadPlaintextBytesMax = std::size_t{1} << 30;

/// A number used once. Move-only, and `seal` consumes it: a second use needs a second object,
/// written out. Either derived with its key (one key, one message) or drawn at random.
class Nonce {
 public:
  /// For nonces from HKDF next to a key that seals exactly one message.
  explicit Nonce(std::span<const std::byte, kAeadNonceBytes> bytes) noexcept;
  [[nodiscard]] static Nonce random(Random& random) noexcept;
  Nonce(Nonce&& other) noexcept;
  Nonce& operator=(Nonce&& other) noexcept;
  Nonce(const Nonce&) = delete;
  Nonce& operator=(const Nonce&) = delete;
  ~Nonce() = default;

  /// To store or send beside the ciphertext. Only before the nonce was moved from.
  [[nodiscard]] std::span<const std::byte, kAeadNonceBytes> view() const noexcept;

 private:
  std::array<std::byte, kAeadNonceBytes> bytes_;
  bool usable_ = true;
};

/// AES-256-GCM (NIST SP 800-38D), 96-bit nonce, 128-bit tag. Returns ciphertext || tag. Thread
/// safe.
///
/// `associated` is authenticated, not encrypted. Using a moved-from nonce is a bug and aborts.
/// @return CryptoErrc::input_too_long beyond kAeadPlaintextBytesMax.
[[nodiscard]] Result<Bytes> seal(const AeadKey& key, Nonce&& nonce, ByteView associated,
                                 ByteView plaintext);

/// Opens `ciphertext || tag` into `plaintext`, which must be exactly kAeadTagBytes shorter: the
/// form for secrets, whose memory the caller chooses. Thread safe.
///
/// @return CryptoErrc::authentication_failed if anything differs from what was sealed, and
///         CryptoErrc::wrong_length; `plaintext` is then all zero.
[[nodiscard]] Result<void> open_into(const AeadKey& key, const Nonce& nonce, ByteView associated,
                                     ByteView sealed, MutableByteView plaintext) noexcept;

/// As `open_into`, for plaintexts that need no wiping.
[[nodiscard]] Result<Bytes> open(const AeadKey& key, const Nonce& nonce, ByteView associated,
                                 ByteView sealed);

}  // namespace guildsum::crypto
