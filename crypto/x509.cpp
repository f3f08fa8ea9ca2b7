#include "crypto/x509.hpp"

#include <ctime>
#include <utility>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "crypto/detail/x509_handles.hpp"
#include "crypto/errors.hpp"
#include "crypto/sha256.hpp"

namespace guildsum::crypto {
namespace {

using detail::BignumHandle;
using detail::BioHandle;
using detail::CertificateHandle;
using detail::encode_der;
using detail::invalid_certificate;
using detail::NamesHandle;

/// Keys of the project have no passphrase; OpenSSL would otherwise ask on the terminal.
int refuse_passphrase(char*, int, int, void*) { return -1; }

BioHandle memory_bio(std::string_view text) {
  return BioHandle{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string content_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// The text of a name; empty when it holds a zero byte, which would end it for others.
std::string to_text(const ASN1_STRING* text) {
  if (text == nullptr) return {};
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  const std::string_view view{data, static_cast<std::size_t>(ASN1_STRING_length(text))};
  return view.find('\0') == std::string_view::npos ? std::string{view} : std::string{};
}

Clock::Wall to_wall(const ASN1_TIME* time) {
  std::tm parts{};
  GS_OPENSSL(ASN1_TIME_to_tm(time, &parts));
  return Clock::Wall{std::chrono::seconds{::timegm(&parts)}};
}

bool is_usable(EVP_PKEY* key) noexcept {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) return true;
  std::array<char, 32> group{};
  std::size_t size = 0;
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
         OBJ_txt2nid(group.data()) == NID_X9_62_prime256v1;
}

}  // namespace

void TlsKey::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }
void Certificate::Free::operator()(x509_st* certificate) const noexcept { X509_free(certificate); }

Result<TlsKey> TlsKey::generate_ed25519() {
  std::unique_ptr<EVP_PKEY, Free> key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  GS_ASSERT(key != nullptr);
  return TlsKey{std::move(key)};
}

Result<TlsKey> TlsKey::generate_p256() {
  std::unique_ptr<EVP_PKEY, Free> key{EVP_EC_gen("P-256")};
  GS_ASSERT(key != nullptr);
  return TlsKey{std::move(key)};
}

Result<TlsKey> TlsKey::parse_pem(const SecretText& pem) {
  const auto bio = memory_bio(pem.expose());
  std::unique_ptr<EVP_PKEY, Free> key{
      PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr)};
  ERR_clear_error();
  if (!key) return Error{CryptoErrc::invalid_secret_key, "no private key in PEM"};
  if (!is_usable(key.get())) {
    return Error{CryptoErrc::invalid_secret_key, "neither an Ed25519 nor a P-256 key"};
  }
  return TlsKey{std::move(key)};
}

Result<SecretText> TlsKey::to_pem() const {
  const BioHandle bio{BIO_new(BIO_s_secmem())};
  GS_ASSERT(bio != nullptr);
  GS_OPENSSL(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr));
  SecretText pem{content_of(bio.get())};
  return pem;
}

SpkiDigest TlsKey::spki_sha256() const {
  return SpkiDigest{sha256(encode_der(key_.get(), i2d_PUBKEY)).view()};
}

Result<Certificate> Certificate::parse_pem(std::string_view pem) {
  const auto bio = memory_bio(pem);
  CertificateHandle certificate{PEM_read_bio_X509(bio.get(), nullptr, refuse_passphrase, nullptr)};
  if (!certificate) return invalid_certificate("no certificate in PEM");
  return Certificate{std::move(certificate)};
}

Result<Certificate> Certificate::parse_der(ByteView der) {
  const auto* at = detail::uchars(der);
  CertificateHandle certificate{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
  if (!certificate || at != detail::uchars(der) + der.size()) {
    return invalid_certificate("not a certificate in DER");
  }
  return Certificate{std::move(certificate)};
}

std::string Certificate::to_pem() const {
  const BioHandle bio{BIO_new(BIO_s_mem())};
  GS_ASSERT(bio != nullptr);
  GS_OPENSSL(PEM_write_bio_X509(bio.get(), handle()));
  return content_of(bio.get());
}

Bytes Certificate::to_der() const { return encode_der(handle(), i2d_X509); }

SpkiDigest Certificate::spki_sha256() const {
  const Bytes spki = encode_der(X509_get_X509_PUBKEY(handle()), i2d_X509_PUBKEY);
  return SpkiDigest{crypto::sha256(spki).view()};
}

CertificateDigest Certificate::sha256() const {
  return CertificateDigest{crypto::sha256(to_der()).view()};
}

std::string Certificate::subject_common_name() const {
  X509_NAME* const subject = X509_get_subject_name(handle());
  const int first = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (first < 0 || X509_NAME_get_index_by_NID(subject, NID_commonName, first) >= 0) return {};
  return to_text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, first)));
}

std::vector<std::string> Certificate::uris() const {
  std::vector<std::string> found;
  const NamesHandle names{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(handle(), NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) found.push_back(to_text(name->d.uniformResourceIdentifier));
  }
  return found;
}

Clock::Wall Certificate::not_before() const { return to_wall(X509_get0_notBefore(handle())); }
Clock::Wall Certificate::not_after() const { return to_wall(X509_get0_notAfter(handle())); }

std::string Certificate::serial_hex() const {
  const BignumHandle number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(handle()), nullptr)};
  GS_ASSERT(number != nullptr);
  Bytes serial(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), detail::writable(serial));
  return to_hex(serial);
}

bool Certificate::is_authority() const { return X509_check_ca(handle()) == 1; }

bool Certificate::is_issued_by(const Certificate& issuer) const {
  const bool issued = X509_check_issued(issuer.handle(), handle()) == X509_V_OK &&
                      X509_verify(handle(), X509_get0_pubkey(issuer.handle())) == 1;
  ERR_clear_error();
  return issued;
}

}  // namespace guildsum::crypto
