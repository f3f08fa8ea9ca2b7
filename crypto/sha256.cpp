#include "crypto/sha256.hpp"

#include "crypto/detail/evp.hpp"

namespace guildsum::crypto {
namespace {

const EVP_MD* sha256_method() noexcept {
  // Fetched once: an implicit fetch per digest costs more than hashing a short message.
  static const detail::EvpMd method{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  GS_ASSERT(method != nullptr);
  return method.get();
}

evp_md_ctx_st* new_context() noexcept {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  GS_ASSERT(context != nullptr);
  GS_OPENSSL(EVP_DigestInit_ex2(context, sha256_method(), nullptr));
  return context;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }
Sha256::Sha256() noexcept : context_{new_context()} {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(ByteView piece) noexcept {
  GS_OPENSSL(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()));
}

Digest Sha256::finish() noexcept {
  Digest digest;
  GS_OPENSSL(EVP_DigestFinal_ex(context_.get(), detail::writable(digest.mutable_view()), nullptr));
  GS_OPENSSL(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr));
  return digest;
}

Digest sha256(std::span<const ByteView> parts) noexcept {
  thread_local Sha256 hasher;
  for (const ByteView part : parts) hasher.update(part);
  return hasher.finish();
}

Digest sha256(ByteView message) noexcept { return sha256(std::span<const ByteView>{&message, 1}); }

}  // namespace guildsum::crypto
