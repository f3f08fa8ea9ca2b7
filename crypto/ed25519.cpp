#include "crypto/ed25519.hpp"

#include <algorithm>
#include <array>

#include "crypto/detail/curve25519.hpp"
#include "crypto/detail/evp.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

using Coordinate = std::array<unsigned char, 32>;

// The y-coordinates of the eight points whose order divides 8 (RFC 7748 and 8032 curve constants):
// 0 (order 4), 1 (order 1), -1 (order 2) and the two of order 8.
constexpr std::array<Coordinate, 5> kSmallOrderY{
    Coordinate{0}, Coordinate{1},
    Coordinate{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
               0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
               0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    Coordinate{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
               0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
               0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    Coordinate{0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
               0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
               0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};

EVP_PKEY* import_seed(const SigningKey& key) noexcept {
  const auto seed = key.expose();
  EVP_PKEY* imported = EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr,
                                                       detail::uchars(seed), seed.size());
  GS_ASSERT(imported != nullptr);
  return imported;
}

detail::EvpMdCtx new_context() noexcept {
  detail::EvpMdCtx context{EVP_MD_CTX_new()};
  GS_ASSERT(context != nullptr);
  return context;
}

}  // namespace

SigningKey generate_signing_key(Random& random) noexcept {
  return random.secret<struct SigningKeyTag, 32>();
}

Result<void> check_verify_key(const VerifyKey& key) noexcept {
  std::array<std::byte, 32> y;
  std::ranges::copy(key.view(), y.begin());
  y[31] &= std::byte{0x7f};  // The top bit is the sign of x.
  const auto is_y = [&](const Coordinate& other) {
    return std::ranges::equal(y, std::as_bytes(std::span{other}));
  };
  const bool small = std::ranges::any_of(kSmallOrderY, is_y);
  if (small || !detail::is_canonical_coordinate(y)) return CryptoErrc::invalid_public_key;
  return {};
}

void Signer::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

Signer::Signer(const SigningKey& key) noexcept : key_{import_seed(key)} {
  std::size_t size = VerifyKey::kSize;
  GS_OPENSSL(
      EVP_PKEY_get_raw_public_key(key_.get(), detail::writable(verify_key_.mutable_view()), &size));
}

Signature Signer::sign(ByteView message) const noexcept {
  const auto context = new_context();
  GS_OPENSSL(EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key_.get(),
                                   nullptr));
  Signature signature;
  std::size_t size = Signature::kSize;
  GS_OPENSSL(EVP_DigestSign(context.get(), detail::writable(signature.mutable_view()), &size,
                            detail::uchars(message), message.size()));
  return signature;
}

void Verifier::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }
Verifier::Verifier(Verifier&&) noexcept = default;
Verifier& Verifier::operator=(Verifier&&) noexcept = default;
Verifier::~Verifier() = default;
Verifier::Verifier(evp_pkey_st* key, const VerifyKey& verify_key) noexcept
    : key_{key}, verify_key_{verify_key} {}

Result<Verifier> Verifier::create(const VerifyKey& key) noexcept {
  GS_CHECK(check_verify_key(key));
  const detail::ErrorQueueScope errors;
  const auto bytes = key.view();
  EVP_PKEY* imported = EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr,
                                                      detail::uchars(bytes), bytes.size());
  if (imported == nullptr) return CryptoErrc::invalid_public_key;
  return Verifier{imported, key};
}

bool Verifier::verify(ByteView message, const Signature& signature) const noexcept {
  const detail::ErrorQueueScope errors;
  const auto context = new_context();
  GS_OPENSSL(EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key_.get(),
                                     nullptr));
  return EVP_DigestVerify(context.get(), detail::uchars(signature.view()), Signature::kSize,
                          detail::uchars(message), message.size()) == 1;
}

bool verify(const VerifyKey& key, ByteView message, const Signature& signature) noexcept {
  const auto verifier = Verifier::create(key);
  return verifier.has_value() && verifier->verify(message, signature);
}

}  // namespace guildsum::crypto
