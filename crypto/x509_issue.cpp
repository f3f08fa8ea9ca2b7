#include <algorithm>
#include <ctime>
#include <utility>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/errors.hpp"
#include "crypto/detail/x509_handles.hpp"
#include "crypto/x509.hpp"

namespace guildsum::crypto {
namespace {

using detail::BignumHandle;
using detail::CertificateHandle;
using detail::encode_der;
using detail::ExtensionHandle;
using detail::invalid_certificate;
using detail::NameHandle;
using detail::NamesHandle;
using detail::RequestHandle;

constexpr std::string_view kIdentityPrefix = "guildsum:shop:";
constexpr std::size_t kIdentityBytes = 32;
constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kCommonNameBytesMax = 64;  // ub-common-name, RFC 5280 appendix A.1.
constexpr std::size_t kDnsNameBytesMax = 253;
constexpr std::size_t kRequestBytesMax = 8 * 1024;

std::time_t to_time_t(Clock::Wall time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

bool is_printable(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kCommonNameBytesMax &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void add_to_name(X509_NAME* name, const char* field, std::string_view value) {
  GS_OPENSSL(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, detail::uchars(as_bytes(value)),
                                        static_cast<int>(value.size()), -1, 0));
}

/// A version 3 certificate with a fresh serial number; subject, issuer and extensions follow.
CertificateHandle begin_certificate(EVP_PKEY* subject_key, Clock::Wall from, Clock::Wall to,
                                    Random& random) {
  CertificateHandle certificate{X509_new()};
  GS_ASSERT(certificate != nullptr);
  X509* const raw = certificate.get();
  GS_OPENSSL(X509_set_version(raw, X509_VERSION_3));
  std::array<std::byte, kSerialBytes> serial;
  random.fill(serial);
  serial.back() |= std::byte{1};  // Zero is no serial number.
  const BignumHandle number{BN_bin2bn(detail::uchars(serial), kSerialBytes, nullptr)};
  GS_ASSERT(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(raw)) != nullptr);
  GS_ASSERT(ASN1_TIME_set(X509_getm_notBefore(raw), to_time_t(from)) != nullptr);
  GS_ASSERT(ASN1_TIME_set(X509_getm_notAfter(raw), to_time_t(to)) != nullptr);
  GS_OPENSSL(X509_set_pubkey(raw, subject_key));
  return certificate;
}

/// `value` is in OpenSSL's configuration syntax and always a literal of ours.
void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionHandle extension{X509V3_EXT_nconf_nid(nullptr, &context, nid, value)};
  GS_ASSERT(extension != nullptr);
  GS_OPENSSL(X509_add_ext(certificate, extension.get(), -1));
}

void add_name(GENERAL_NAMES* names, int type, std::string_view text) {
  NameHandle name{GENERAL_NAME_new()};
  ASN1_IA5STRING* const value = ASN1_IA5STRING_new();
  GS_ASSERT(name != nullptr && value != nullptr);
  GS_OPENSSL(ASN1_STRING_set(value, text.data(), static_cast<int>(text.size())));
  GENERAL_NAME_set0_value(name.get(), type, value);
  GS_ASSERT(sk_GENERAL_NAME_push(names, name.release()) > 0);
}

bool add_address(GENERAL_NAMES* names, const std::string& text) {
  ASN1_OCTET_STRING* const address = a2i_IPADDRESS(text.c_str());
  if (address == nullptr) return false;
  NameHandle name{GENERAL_NAME_new()};
  GS_ASSERT(name != nullptr);
  GENERAL_NAME_set0_value(name.get(), GEN_IPADD, address);
  GS_ASSERT(sk_GENERAL_NAME_push(names, name.release()) > 0);
  return true;
}

bool is_dns_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kDnsNameBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

Result<NamesHandle> to_general_names(const ServerNames& names) {
  NamesHandle result{GENERAL_NAMES_new()};
  GS_ASSERT(result != nullptr);
  for (const auto& dns : names.dns) {
    if (!is_dns_name(dns)) return Error{BaseErrc::invalid_argument, "host name '" + dns + "'"};
    add_name(result.get(), GEN_DNS, dns);
  }
  for (const auto& address : names.addresses) {
    if (add_address(result.get(), address)) continue;
    ERR_clear_error();
    return Error{BaseErrc::invalid_argument, "address '" + address + "'"};
  }
  if (sk_GENERAL_NAME_num(result.get()) == 0) {
    return Error{BaseErrc::invalid_argument, "a server certificate needs a name or an address"};
  }
  return result;
}

void set_subject_names(X509* certificate, GENERAL_NAMES* names) {
  GS_OPENSSL(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT));
}

/// Ed25519 hashes by itself, so the digest is null; P-256 keys sign nothing here.
void sign(X509* certificate, EVP_PKEY* key) { GS_ASSERT(X509_sign(certificate, key, nullptr) > 0); }

/// What a listener's and a shop's certificates have in common.
void finish_leaf(X509* certificate, const CertificateAuthority& authority, const char* usage) {
  X509* const root = authority.root().handle();
  GS_OPENSSL(X509_set_issuer_name(certificate, X509_get_subject_name(root)));
  add_extension(certificate, root, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, root, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate, root, NID_ext_key_usage, usage);
  add_extension(certificate, root, NID_subject_key_identifier, "hash");
  add_extension(certificate, root, NID_authority_key_identifier, "keyid:always");
  sign(certificate, authority.key().handle());
}

Result<RequestHandle> parse_request(ByteView der) {
  if (der.size() > kRequestBytesMax) return invalid_certificate("the request is too large");
  const auto* at = detail::uchars(der);
  RequestHandle request{d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size()))};
  if (!request || at != detail::uchars(der) + der.size()) {
    return invalid_certificate("not a certificate signing request");
  }
  EVP_PKEY* const key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) {
    return invalid_certificate("the request's key is not Ed25519");
  }
  if (X509_REQ_verify(request.get(), key) != 1) {
    return invalid_certificate("the request is not signed by its own key");
  }
  return request;
}

}  // namespace

Result<CertificateAuthority> CertificateAuthority::create(std::string_view federation_name,
                                                          Clock::Wall now, Random& random) {
  GS_TRY(TlsKey key, TlsKey::generate_ed25519());
  return create(std::move(key), federation_name, now, random);
}

Result<CertificateAuthority> CertificateAuthority::create(TlsKey key,
                                                          std::string_view federation_name,
                                                          Clock::Wall now, Random& random) {
  if (!is_printable(federation_name)) {
    return Error{BaseErrc::invalid_argument, "a federation's name has 1 to 64 characters"};
  }
  auto root = begin_certificate(key.handle(), now - kCertificateSkew, now + kRootValidity, random);
  X509_NAME* const name = X509_get_subject_name(root.get());
  // The organisation keeps the root's name apart from every name that it certifies.
  add_to_name(name, "O", "Guildsum federation");
  add_to_name(name, "CN", federation_name);
  GS_OPENSSL(X509_set_issuer_name(root.get(), name));
  add_extension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(root.get(), root.get(), NID_subject_key_identifier, "hash");
  sign(root.get(), key.handle());
  return CertificateAuthority{Certificate{std::move(root)}, std::move(key)};
}

Result<CertificateAuthority> CertificateAuthority::load(Certificate root, TlsKey key) {
  if (!root.is_authority()) return invalid_certificate("the root is no certificate authority");
  if (X509_check_private_key(root.handle(), key.handle()) != 1) {
    return invalid_certificate("the key is not the root certificate's");
  }
  return CertificateAuthority{std::move(root), std::move(key)};
}

Result<Certificate> CertificateAuthority::issue_server(const TlsKey& server_key,
                                                       const ServerNames& names, Clock::Wall now,
                                                       Random& random,
                                                       std::chrono::days validity) const {
  GS_TRY(const NamesHandle general_names, to_general_names(names));
  auto leaf = begin_certificate(server_key.handle(), now - kCertificateSkew,
                                std::min(now + validity, root_.not_after()), random);
  const std::string& first = names.dns.empty() ? names.addresses.front() : names.dns.front();
  add_to_name(X509_get_subject_name(leaf.get()), "CN",
              std::string_view{first}.substr(0, kCommonNameBytesMax));
  set_subject_names(leaf.get(), general_names.get());
  finish_leaf(leaf.get(), *this, "serverAuth");
  return Certificate{std::move(leaf)};
}

Result<Certificate> CertificateAuthority::issue_client(ByteView request_der,
                                                       std::string_view shop_name,
                                                       std::span<const std::byte, 32> identity,
                                                       Clock::Wall now, Random& random) const {
  if (!is_printable(shop_name)) {
    return Error{BaseErrc::invalid_argument, "a shop's name has 1 to 64 characters"};
  }
  GS_TRY(const RequestHandle request, parse_request(request_der));
  auto leaf =
      begin_certificate(X509_REQ_get0_pubkey(request.get()), now - kCertificateSkew,
                        std::min<Clock::Wall>(now + kLeafValidity, root_.not_after()), random);
  add_to_name(X509_get_subject_name(leaf.get()), "CN", shop_name);
  const NamesHandle names{GENERAL_NAMES_new()};
  GS_ASSERT(names != nullptr);
  add_name(names.get(), GEN_URI, identity_uri(identity));
  set_subject_names(leaf.get(), names.get());
  finish_leaf(leaf.get(), *this, "clientAuth");
  return Certificate{std::move(leaf)};
}

Result<Bytes> make_signing_request(const TlsKey& key, std::string_view shop_name) {
  if (!is_printable(shop_name)) {
    return Error{BaseErrc::invalid_argument, "a shop's name has 1 to 64 characters"};
  }
  if (EVP_PKEY_get_base_id(key.handle()) != EVP_PKEY_ED25519) {
    return invalid_certificate("a shop's TLS key is Ed25519");
  }
  const RequestHandle request{X509_REQ_new()};
  GS_ASSERT(request != nullptr);
  GS_OPENSSL(X509_REQ_set_version(request.get(), X509_REQ_VERSION_1));
  add_to_name(X509_REQ_get_subject_name(request.get()), "CN", shop_name);
  GS_OPENSSL(X509_REQ_set_pubkey(request.get(), key.handle()));
  GS_ASSERT(X509_REQ_sign(request.get(), key.handle(), nullptr) > 0);
  return encode_der(request.get(), i2d_X509_REQ);
}

std::string identity_uri(std::span<const std::byte, 32> identity) {
  return std::string{kIdentityPrefix} + to_hex(identity);
}

Result<std::array<std::byte, 32>> identity_of(const std::vector<std::string>& uris) {
  const auto is_identity = [](const std::string& uri) { return uri.starts_with(kIdentityPrefix); };
  if (std::ranges::count_if(uris, is_identity) != 1) {
    return invalid_certificate("the certificate names no single identity");
  }
  const auto& uri = *std::ranges::find_if(uris, is_identity);
  const auto digits = std::string_view{uri}.substr(kIdentityPrefix.size());
  auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != kIdentityBytes || to_hex(*bytes) != digits) {
    return invalid_certificate("the certificate's identity is malformed");
  }
  std::array<std::byte, kIdentityBytes> identity{};
  std::ranges::copy(*bytes, identity.begin());
  return identity;
}

}  // namespace guildsum::crypto
