#include "crypto/aead.hpp"

#include <algorithm>

#include <openssl/crypto.h>

#include "crypto/detail/evp.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

/// A context with key and nonce set; its key schedule is wiped when it is freed.
detail::EvpCipherCtx new_context(const AeadKey& key, const Nonce& nonce, int encrypt) noexcept {
  static const detail::EvpCipher cipher{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};
  detail::EvpCipherCtx context{EVP_CIPHER_CTX_new()};
  GS_ASSERT(cipher != nullptr && context != nullptr);
  GS_OPENSSL(EVP_CipherInit_ex2(context.get(), cipher.get(), detail::uchars(key.expose()),
                                detail::uchars(nonce.view()), encrypt, nullptr));
  return context;
}

void add_associated(EVP_CIPHER_CTX* context, ByteView associated) noexcept {
  GS_ASSERT(associated.size() <= kAeadPlaintextBytesMax);
  int written = 0;
  if (associated.empty()) return;
  GS_OPENSSL(EVP_CipherUpdate(context, nullptr, &written, detail::uchars(associated),
                              static_cast<int>(associated.size())));
}

void process(EVP_CIPHER_CTX* context, ByteView in, MutableByteView out) noexcept {
  int written = 0;
  if (in.empty()) return;
  GS_OPENSSL(EVP_CipherUpdate(context, detail::writable(out), &written, detail::uchars(in),
                              static_cast<int>(in.size())));
}

}  // namespace

Nonce::Nonce(std::span<const std::byte, kAeadNonceBytes> bytes) noexcept {
  std::ranges::copy(bytes, bytes_.begin());
}

Nonce Nonce::random(Random& random) noexcept {
  std::array<std::byte, kAeadNonceBytes> bytes;
  random.fill(bytes);
  return Nonce{bytes};
}

Nonce::Nonce(Nonce&& other) noexcept : bytes_{other.bytes_}, usable_{other.usable_} {
  other.usable_ = false;
}

Nonce& Nonce::operator=(Nonce&& other) noexcept {
  if (this == &other) return *this;
  bytes_ = other.bytes_;
  usable_ = other.usable_;
  other.usable_ = false;
  return *this;
}

std::span<const std::byte, kAeadNonceBytes> Nonce::view() const noexcept {
  GS_ASSERT(usable_);
  return bytes_;
}

Result<Bytes> seal(const AeadKey& key, Nonce&& nonce, ByteView associated, ByteView plaintext) {
  if (plaintext.size() > kAeadPlaintextBytesMax) return CryptoErrc::input_too_long;
  if (associated.size() > kAeadPlaintextBytesMax) return CryptoErrc::input_too_long;
  const Nonce consumed{std::move(nonce)};
  const auto context = new_context(key, consumed, 1);
  Bytes sealed(plaintext.size() + kAeadTagBytes);
  const MutableByteView out{sealed};
  add_associated(context.get(), associated);
  process(context.get(), plaintext, out);
  int written = 0;
  const MutableByteView tag = out.last(kAeadTagBytes);
  GS_OPENSSL(EVP_CipherFinal_ex(context.get(), detail::writable(tag), &written));
  GS_OPENSSL(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes, tag.data()));
  return sealed;
}

Result<void> open_into(const AeadKey& key, const Nonce& nonce, ByteView associated, ByteView sealed,
                       MutableByteView plaintext) noexcept {
  const bool length_fits = sealed.size() == plaintext.size() + kAeadTagBytes &&
                           plaintext.size() <= kAeadPlaintextBytesMax &&
                           associated.size() <= kAeadPlaintextBytesMax;
  if (!length_fits) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return CryptoErrc::wrong_length;
  }
  const detail::ErrorQueueScope errors;
  const auto context = new_context(key, nonce, 0);
  std::array<std::byte, kAeadTagBytes> tag;
  std::ranges::copy(sealed.last(kAeadTagBytes), tag.begin());
  GS_OPENSSL(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes, tag.data()));
  add_associated(context.get(), associated);
  process(context.get(), sealed.first(plaintext.size()), plaintext);
  unsigned char nothing[kAeadTagBytes];
  int written = 0;
  if (EVP_CipherFinal_ex(context.get(), nothing, &written) == 1) return {};
  OPENSSL_cleanse(plaintext.data(), plaintext.size());
  return CryptoErrc::authentication_failed;
}

Result<Bytes> open(const AeadKey& key, const Nonce& nonce, ByteView associated, ByteView sealed) {
  if (sealed.size() < kAeadTagBytes) return CryptoErrc::wrong_length;
  Bytes plaintext(sealed.size() - kAeadTagBytes);
  GS_CHECK(open_into(key, nonce, associated, sealed, plaintext));
  return plaintext;
}

}  // namespace guildsum::crypto
