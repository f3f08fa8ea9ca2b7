#include "crypto/hkdf.hpp"

#include "crypto/detail/evp.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

EVP_KDF_CTX* context_of_this_thread() noexcept {
  // Fetching per call makes HKDF ten times slower; the context only saves its allocation.
  static const detail::EvpKdf method{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
  thread_local const detail::EvpKdfCtx context{EVP_KDF_CTX_new(method.get())};
  GS_ASSERT(context != nullptr);
  return context.get();
}

}  // namespace

void detail::derive_bytes(ByteView ikm, ByteView salt, ByteView info,
                          MutableByteView out) noexcept {
  if (out.empty()) return;
  EVP_KDF_CTX* context = context_of_this_thread();
  char digest_name[] = "SHA256";
  const std::byte none{};
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest_name, 0),
      octets(OSSL_KDF_PARAM_KEY, ikm.empty() ? ByteView{&none, 0} : ikm),
      octets(OSSL_KDF_PARAM_SALT, salt.empty() ? ByteView{&none, 0} : salt),
      octets(OSSL_KDF_PARAM_INFO, info.empty() ? ByteView{&none, 0} : info),
      OSSL_PARAM_construct_end()};
  GS_OPENSSL(EVP_KDF_derive(context, writable(out), out.size(), params));
  EVP_KDF_CTX_reset(context);  // Wipes the copies of key, salt and info.
}

Result<void> hkdf_sha256(ByteView ikm, ByteView salt, ByteView info, MutableByteView out) noexcept {
  if (out.size() > kHkdfOutputBytesMax) return CryptoErrc::output_too_long;
  detail::derive_bytes(ikm, salt, info, out);
  return {};
}

}  // namespace guildsum::crypto
