#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/bytes.hpp"
#include "base/net/http.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

/// OpenSSL handles that free themselves, and certificates as text and digests.
namespace guildsum::net::detail {

struct OpensslFree {
  void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(X509_STORE* store) const noexcept { X509_STORE_free(store); }
};
using BioPtr = std::unique_ptr<BIO, OpensslFree>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslFree>;
using SslPtr = std::unique_ptr<SSL, OpensslFree>;
using CertificatePtr = std::unique_ptr<X509, OpensslFree>;
using SslContext = std::shared_ptr<SSL_CTX>;

/// Every certificate of a PEM text, in order; NetErrc::invalid_credentials if there is none.
[[nodiscard]] Result<std::vector<CertificatePtr>> parse_certificates(std::string_view pem);
/// NetErrc::invalid_credentials unless it is a private key without a passphrase.
[[nodiscard]] Result<KeyPtr> parse_private_key(const SecretText& pem);

[[nodiscard]] std::string to_pem(X509* certificate);
[[nodiscard]] Digest spki_sha256(X509* certificate);
[[nodiscard]] PeerIdentity read_peer_identity(X509* certificate);
[[nodiscard]] bool is_self_issued(X509* certificate) noexcept;

/// The newest entry of this thread's error queue as text; the queue is empty afterwards.
[[nodiscard]] std::string take_openssl_error();
/// The reason code of the newest entry, 0 when there is none. The queue stays.
[[nodiscard]] int openssl_reason() noexcept;

}  // namespace guildsum::net::detail
