#include "crypto/x25519.hpp"

#include <algorithm>
#include <array>

#include "crypto/detail/curve25519.hpp"
#include "crypto/detail/evp.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

using Coordinate = std::array<unsigned char, 32>;

// Canonical u of the points whose order divides 8: 0 (order 2), 1 (order 4), -1 (order 4 on the
// twist) and the two of order 8 (Bernstein's Curve25519 page, "How do I validate public keys?").
constexpr std::array<Coordinate, 5> kSmallOrderU{
    Coordinate{0}, Coordinate{1},
    Coordinate{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
               0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
               0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    Coordinate{0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
               0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
               0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    Coordinate{0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
               0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
               0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57}};

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

Result<void> check_exchange_key(const X25519PublicKey& key) noexcept {
  GS_CHECK(check_canonical(key));
  const bool small = std::ranges::any_of(kSmallOrderU, [&](const Coordinate& u) {
    return std::ranges::equal(key.view(), std::as_bytes(std::span{u}));
  });
  if (small) return CryptoErrc::invalid_public_key;
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
