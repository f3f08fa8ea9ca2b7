#include "crypto/hmac.hpp"

#include <string>

#include <openssl/crypto.h>

#include "crypto/detail/evp.hpp"

namespace guildsum::crypto {
namespace {

evp_mac_ctx_st* new_keyed_context(ByteView key) noexcept {
  static const detail::EvpMac method{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  GS_ASSERT(method != nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(method.get());
  GS_ASSERT(context != nullptr);
  char digest_name[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  // A null key means "keep the key": an empty key needs an address.
  const unsigned char none = 0;
  const unsigned char* bytes = key.empty() ? &none : detail::uchars(key);
  GS_OPENSSL(EVP_MAC_init(context, bytes, key.size(), params));
  return context;
}

}  // namespace

void HmacSha256::Free::operator()(evp_mac_ctx_st* context) const noexcept {
  EVP_MAC_CTX_free(context);
}
HmacSha256::HmacSha256(ByteView key) noexcept : context_{new_keyed_context(key)} {}
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

Digest HmacSha256::mac(ByteView message) noexcept {
  Digest tag;
  std::size_t written = 0;
  GS_OPENSSL(EVP_MAC_update(context_.get(), detail::uchars(message), message.size()));
  GS_OPENSSL(EVP_MAC_final(context_.get(), detail::writable(tag.mutable_view()), &written, 32));
  GS_OPENSSL(EVP_MAC_init(context_.get(), nullptr, 0, nullptr));
  return tag;
}

bool HmacSha256::verify(ByteView message, ByteView tag) noexcept {
  return equal_in_constant_time(mac(message).view(), tag);
}

Digest hmac_sha256(ByteView key, ByteView message) noexcept { return HmacSha256{key}.mac(message); }

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace guildsum::crypto
