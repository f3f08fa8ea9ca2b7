#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

struct evp_pkey_st;
struct x509_st;

/// The federation's certificate authority and what its certificates say (RFC 5280), over OpenSSL.
namespace guildsum::crypto {

/// SHA-256 of a SubjectPublicKeyInfo in DER: the federation id and the pin of a join token.
using SpkiDigest = FixedBytes<struct SpkiDigestTag, 32>;
/// SHA-256 of a whole certificate in DER.
using CertificateDigest = FixedBytes<struct CertificateDigestTag, 32>;

/// A private key for TLS or for signing certificates. Wiped when destroyed; move-only.
class TlsKey {
 public:
  /// Made by OpenSSL's generator from the operating system's entropy.
  [[nodiscard]] static Result<TlsKey> generate_ed25519();
  /// NIST P-256, for listeners that browsers use.
  [[nodiscard]] static Result<TlsKey> generate_p256();
  /// PKCS#8 PEM without a passphrase, Ed25519 or P-256.
  /// @return CryptoErrc::invalid_secret_key on anything else.
  [[nodiscard]] static Result<TlsKey> parse_pem(const SecretText& pem);
  [[nodiscard]] Result<SecretText> to_pem() const;
  [[nodiscard]] SpkiDigest spki_sha256() const;

  [[nodiscard]] evp_pkey_st* handle() const noexcept { return key_.get(); }
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  explicit TlsKey(std::unique_ptr<evp_pkey_st, Free> key) noexcept : key_{std::move(key)} {}

 private:
  std::unique_ptr<evp_pkey_st, Free> key_;
};

/// One X.509 certificate. Public data.
class Certificate {
 public:
  /// The first certificate of a PEM text. CryptoErrc::invalid_certificate if there is none.
  [[nodiscard]] static Result<Certificate> parse_pem(std::string_view pem);
  [[nodiscard]] static Result<Certificate> parse_der(ByteView der);
  [[nodiscard]] std::string to_pem() const;
  [[nodiscard]] Bytes to_der() const;

  [[nodiscard]] SpkiDigest spki_sha256() const;
  [[nodiscard]] CertificateDigest sha256() const;
  /// Empty unless the subject has exactly one common name.
  [[nodiscard]] std::string subject_common_name() const;
  /// Subject alternative names of kind URI.
  [[nodiscard]] std::vector<std::string> uris() const;
  [[nodiscard]] Clock::Wall not_before() const;
  [[nodiscard]] Clock::Wall not_after() const;
  /// The serial number in lower-case hexadecimal.
  [[nodiscard]] std::string serial_hex() const;
  [[nodiscard]] bool is_authority() const;
  /// Whether `issuer`'s key signed this certificate and the names match; says nothing of the time.
  [[nodiscard]] bool is_issued_by(const Certificate& issuer) const;

  [[nodiscard]] x509_st* handle() const noexcept { return certificate_.get(); }
  struct Free {
    void operator()(x509_st* certificate) const noexcept;
  };
  explicit Certificate(std::unique_ptr<x509_st, Free> certificate) noexcept
      : certificate_{std::move(certificate)} {}

 private:
  std::unique_ptr<x509_st, Free> certificate_;
};

/// How long certificates are valid. A few minutes of skew are granted before the time of issue.
inline constexpr std::chrono::days kRootValidity{3652};  // ten years
inline constexpr std::chrono::days kLeafValidity{30};
inline constexpr std::chrono::minutes kCertificateSkew{5};

/// Names a server certificate is valid for.
struct ServerNames {
  std::vector<std::string> dns;
  std::vector<std::string> addresses;  ///< Numeric IPv4 or IPv6.
};

/// A federation's root: signs the certificates of its listeners and shops, and nothing else.
class CertificateAuthority {
 public:
  /// A fresh Ed25519 root, self-signed, path length 0, valid for ten years.
  [[nodiscard]] static Result<CertificateAuthority> create(std::string_view federation_name,
                                                           Clock::Wall now, Random& random);
  /// The same for an Ed25519 key that exists: who has pinned the key, or holds a certificate signed
  /// with it, notices no difference.
  [[nodiscard]] static Result<CertificateAuthority> create(TlsKey key,
                                                           std::string_view federation_name,
                                                           Clock::Wall now, Random& random);
  /// CryptoErrc::invalid_certificate if the key is not the certificate's or it is no authority.
  [[nodiscard]] static Result<CertificateAuthority> load(Certificate root, TlsKey key);

  /// A listener's certificate, valid for `validity` or until the root expires.
  /// BaseErrc::invalid_argument for names that are none.
  [[nodiscard]] Result<Certificate> issue_server(const TlsKey& server_key, const ServerNames& names,
                                                 Clock::Wall now, Random& random,
                                                 std::chrono::days validity = kLeafValidity) const;
  /// A shop's certificate for the key of `request`, from which nothing else is taken: the name and
  /// the identity are the caller's.
  /// @return CryptoErrc::invalid_certificate when the request does not parse, is not Ed25519 or is
  ///   not signed by its own key; BaseErrc::invalid_argument for a name beyond 64 characters.
  [[nodiscard]] Result<Certificate> issue_client(ByteView request_der, std::string_view shop_name,
                                                 std::span<const std::byte, 32> identity,
                                                 Clock::Wall now, Random& random) const;

  [[nodiscard]] const Certificate& root() const noexcept { return root_; }
  [[nodiscard]] const TlsKey& key() const noexcept { return key_; }

 private:
  CertificateAuthority(Certificate root, TlsKey key) noexcept
      : root_{std::move(root)}, key_{std::move(key)} {}
  Certificate root_;
  TlsKey key_;
};

/// A certificate signing request (PKCS#10, RFC 2986) in DER for a key made on this machine.
[[nodiscard]] Result<Bytes> make_signing_request(const TlsKey& key, std::string_view shop_name);

/// The URI that ties a client certificate to a protocol identity: `guildsum:shop:<64 hex digits>`.
[[nodiscard]] std::string identity_uri(std::span<const std::byte, 32> identity);
/// The identity in a client certificate; CryptoErrc::invalid_certificate unless exactly one URI
/// has that form.
[[nodiscard]] Result<std::array<std::byte, 32>> identity_of(const std::vector<std::string>& uris);

}  // namespace guildsum::crypto
