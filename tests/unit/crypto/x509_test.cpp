#include "crypto/x509.hpp"

#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>

#include "crypto/errors.hpp"
#include "tests/unit/crypto/certificate_setup.hpp"

using namespace guildsum;
using namespace guildsum::crypto;

BOOST_FIXTURE_TEST_SUITE(x509_test, CertificateSetup)

BOOST_AUTO_TEST_CASE(a_key_survives_pem_and_keeps_its_pin) {
  for (auto made : {TlsKey::generate_ed25519, TlsKey::generate_p256}) {
    const TlsKey key = made().value();
    const SecretText pem = key.to_pem().value();

    BOOST_TEST(pem.expose().starts_with("-----BEGIN PRIVATE KEY-----"));
    BOOST_TEST((TlsKey::parse_pem(pem).value().spki_sha256() == key.spki_sha256()));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_refused) {
  // A private key, but of no kind that the project uses.
  const TlsKey p384{
      std::unique_ptr<EVP_PKEY, TlsKey::Free>{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384")}};
  const std::string other_curve{p384.to_pem().value().expose()};
  for (std::string text :
       {std::string{}, std::string{"secret"}, other_curve, authority.root().to_pem()}) {
    const auto parsed = TlsKey::parse_pem(SecretText{std::move(text)});
    BOOST_TEST((parsed.error() == CryptoErrc::invalid_secret_key));
  }
}

BOOST_AUTO_TEST_CASE(a_certificate_survives_pem_and_der) {
  const Certificate& root = authority.root();

  BOOST_TEST((Certificate::parse_pem(root.to_pem()).value().sha256() == root.sha256()));
  BOOST_TEST((Certificate::parse_der(root.to_der()).value().sha256() == root.sha256()));
  BOOST_TEST((root.spki_sha256() == authority.key().spki_sha256()));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_certificate_are_refused) {
  Bytes trailing = authority.root().to_der();
  trailing.push_back(std::byte{0});
  Bytes cut = authority.root().to_der();
  cut.pop_back();

  BOOST_TEST((Certificate::parse_der(trailing).error() == CryptoErrc::invalid_certificate));
  BOOST_TEST((Certificate::parse_der(cut).error() == CryptoErrc::invalid_certificate));
  BOOST_TEST((Certificate::parse_der({}).error() == CryptoErrc::invalid_certificate));
  BOOST_TEST((Certificate::parse_pem("-----BEGIN").error() == CryptoErrc::invalid_certificate));
}

BOOST_AUTO_TEST_CASE(a_changed_certificate_is_not_issued_by_the_root) {
  const Certificate leaf = issue_to_shop();
  BOOST_TEST(leaf.is_issued_by(authority.root()));

  Bytes changed = leaf.to_der();
  changed[changed.size() - 1] ^= std::byte{1};  // The signature is at the end.
  BOOST_TEST(!Certificate::parse_der(changed).value().is_issued_by(authority.root()));
}

BOOST_AUTO_TEST_CASE(the_identity_uri_is_read_back) {
  const std::vector<std::string> uris{"https://elsewhere", identity_uri(identity)};

  BOOST_TEST((identity_of(uris).value() == identity));
  BOOST_TEST(identity_uri(identity).starts_with("guildsum:shop:ab01"));
}

BOOST_AUTO_TEST_CASE(an_identity_must_be_single_and_canonical) {
  const std::string good = identity_uri(identity);
  std::string upper = good;
  upper[14] = 'A';
  const std::vector<std::vector<std::string>> bad{
      {},     {"guildsum:shop:"}, {good, good}, {good + "00"}, {good.substr(0, good.size() - 1)},
      {upper}};
  for (const auto& uris : bad) {
    BOOST_TEST((identity_of(uris).error() == CryptoErrc::invalid_certificate));
  }
}

BOOST_AUTO_TEST_SUITE_END()
