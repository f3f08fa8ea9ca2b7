#include "crypto/x25519.hpp"

#include <array>

#include "crypto/detail/curve25519.hpp"
#include "crypto/detail/evp.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

EVP_PKEY* import_secret(const X25519SecretKey& own) noexcept {
  const auto bytes = own.expose();
  EVP_PKEY* key = EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, detail::uchars(bytes),
                                                  bytes.size());
  GS_ASSERT(key != nullptr);
  return key;
}

}  // namespace

X25519SecretKey generate_x25519_key(Random& random) noexcept {
  return random.secret<struct X25519SecretKeyTag, 32>();
}

X25519PublicKey x25519_public_key(const X25519SecretKey& own) noexcept {
  return X25519KeyPair{own}.public_key();
}

Result<void> check_canonical(const X25519PublicKey& key) noexcept {
  if (!detail::is_canonical_coordinate(key.view())) return CryptoErrc::invalid_public_key;
  return {};
}

Result<SharedSecret> agree(const X25519SecretKey& own, const X25519PublicKey& peer) noexcept {
  return X25519KeyPair{own}.agree(peer);
}

void X25519KeyPair::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }
X25519KeyPair::X25519KeyPair(X25519KeyPair&&) noexcept = default;
X25519KeyPair& X25519KeyPair::operator=(X25519KeyPair&&) noexcept = default;
X25519KeyPair::~X25519KeyPair() = default;

X25519KeyPair::X25519KeyPair(const X25519SecretKey& own) noexcept : key_{import_secret(own)} {
  std::size_t size = X25519PublicKey::kSize;
  GS_OPENSSL(
      EVP_PKEY_get_raw_public_key(key_.get(), detail::writable(public_key_.mutable_view()), &size));
}

Result<SharedSecret> X25519KeyPair::agree(const X25519PublicKey& peer) const noexcept {
  GS_CHECK(check_canonical(peer));
  const detail::ErrorQueueScope errors;
  const auto bytes = peer.view();
  const detail::EvpPkey peer_key{EVP_PKEY_new_raw_public_key_ex(
      nullptr, "X25519", nullptr, detail::uchars(bytes), bytes.size())};
  const detail::EvpPkeyCtx context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
  GS_ASSERT(peer_key != nullptr && context != nullptr);
  GS_OPENSSL(EVP_PKEY_derive_init(context.get()));
  GS_OPENSSL(EVP_PKEY_derive_set_peer_ex(context.get(), peer_key.get(), 0));
  std::array<std::byte, SharedSecret::kSize> shared{};
  std::size_t size = shared.size();
  // The library fails on the all-zero result of a small-order peer; that is the peer's doing.
  const bool derived = EVP_PKEY_derive(context.get(), detail::writable(shared), &size) == 1;
  const bool zero = CRYPTO_memcmp(shared.data(), std::array<std::byte, 32>{}.data(), 32) == 0;
  SharedSecret secret{shared};
  OPENSSL_cleanse(shared.data(), shared.size());
  if (!derived || zero) return CryptoErrc::invalid_public_key;
  return secret;
}

}  // namespace guildsum::crypto
