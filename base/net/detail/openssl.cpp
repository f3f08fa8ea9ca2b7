#include "base/net/detail/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "base/net/error.hpp"

namespace guildsum::net::detail {
namespace {

BioPtr memory_bio(std::string_view text) {
  return BioPtr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

/// Keys of the project have no passphrase; OpenSSL would otherwise ask on the terminal.
int refuse_passphrase(char*, int, int, void*) { return -1; }

Digest sha256(ByteView bytes) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

/// What an `i2d_*` function writes.
template <class Object, class Encode>
Bytes to_der(Object* object, Encode encode) {
  const int size = encode(object, nullptr);
  if (size <= 0) return {};
  Bytes der(static_cast<std::size_t>(size));
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  encode(object, &out);
  return der;
}

/// A string of the certificate; empty when it holds a zero byte, which would end it for others.
std::string to_text(const ASN1_STRING* text) {
  if (text == nullptr) return {};
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  const std::string_view view{data, static_cast<std::size_t>(ASN1_STRING_length(text))};
  return view.find('\0') == std::string_view::npos ? std::string{view} : std::string{};
}

std::string common_name(X509* certificate) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0) return {};
  return to_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
}

std::vector<std::string> uris(X509* certificate) {
  std::vector<std::string> found;
  auto* const names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    found.push_back(to_text(name->d.uniformResourceIdentifier));
  }
  GENERAL_NAMES_free(names);
  return found;
}

}  // namespace

Result<std::vector<CertificatePtr>> parse_certificates(std::string_view pem) {
  std::vector<CertificatePtr> certificates;
  const auto bio = memory_bio(pem);
  while (X509* const next = PEM_read_bio_X509(bio.get(), nullptr, refuse_passphrase, nullptr)) {
    certificates.emplace_back(next);
  }
  ERR_clear_error();
  if (certificates.empty()) return Error{NetErrc::invalid_credentials, "no certificate in PEM"};
  return certificates;
}

Result<KeyPtr> parse_private_key(const SecretText& pem) {
  const auto bio = memory_bio(pem.expose());
  KeyPtr key{PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr)};
  ERR_clear_error();
  if (!key) return Error{NetErrc::invalid_credentials, "no private key in PEM"};
  return key;
}

std::string to_pem(X509* certificate) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  if (PEM_write_bio_X509(bio.get(), certificate) != 1) return {};
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Digest spki_sha256(X509* certificate) {
  return sha256(to_der(X509_get_X509_PUBKEY(certificate), i2d_X509_PUBKEY));
}

PeerIdentity read_peer_identity(X509* certificate) {
  PeerIdentity peer;
  peer.certificate_der = to_der(certificate, i2d_X509);
  peer.certificate_sha256 = sha256(peer.certificate_der);
  peer.spki_sha256 = spki_sha256(certificate);
  peer.common_name = common_name(certificate);
  peer.uris = uris(certificate);
  return peer;
}

bool is_self_issued(X509* certificate) noexcept {
  return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

std::string take_openssl_error() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "connection closed";
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

int openssl_reason() noexcept { return ERR_GET_REASON(ERR_peek_last_error()); }

}  // namespace guildsum::net::detail
