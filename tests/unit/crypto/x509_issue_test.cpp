#include <chrono>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/errors.hpp"
#include "crypto/errors.hpp"
#include "crypto/x509.hpp"
#include "tests/unit/crypto/certificate_setup.hpp"

using namespace guildsum;
using namespace guildsum::crypto;
using namespace std::chrono_literals;

namespace {

/// OpenSSL's own verdict over a leaf, as a TLS peer would reach it.
int verify(const Certificate& root, const Certificate& leaf, int purpose, Clock::Wall at) {
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store{X509_STORE_new(),
                                                                      X509_STORE_free};
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> context{
      X509_STORE_CTX_new(), X509_STORE_CTX_free};
  X509_STORE_add_cert(store.get(), root.handle());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.handle(), nullptr);
  X509_STORE_CTX_set_purpose(context.get(), purpose);
  X509_VERIFY_PARAM* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE);
  X509_VERIFY_PARAM_set_time(
      parameters, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  X509_verify_cert(context.get());
  return X509_STORE_CTX_get_error(context.get());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(x509_issue_test, CertificateSetup)

BOOST_AUTO_TEST_CASE(the_root_is_a_self_signed_authority_for_ten_years) {
  const Certificate& root = authority.root();

  BOOST_TEST(root.is_authority());
  BOOST_TEST(root.is_issued_by(root));
  BOOST_TEST(root.subject_common_name() == "Corner shops");
  BOOST_TEST((root.not_before() == now - kCertificateSkew));
  BOOST_TEST((root.not_after() == now + kRootValidity));
  BOOST_TEST(X509_get_pathlen(root.handle()) == 0);
}

BOOST_AUTO_TEST_CASE(a_shop_certificate_says_who_the_caller_says) {
  const Certificate leaf = issue_to_shop();

  BOOST_TEST(leaf.subject_common_name() == "shop-a");  // Not the name in the request.
  BOOST_TEST((identity_of(leaf.uris()).value() == identity));
  BOOST_TEST((leaf.spki_sha256() == shop_key.spki_sha256()));
  BOOST_TEST((leaf.not_before() == now - 5min));
  BOOST_TEST((leaf.not_after() == now + kLeafValidity));
  BOOST_TEST(!leaf.is_authority());
  BOOST_TEST(verify(authority.root(), leaf, X509_PURPOSE_SSL_CLIENT, now) == X509_V_OK);
}

BOOST_AUTO_TEST_CASE(a_shop_certificate_serves_no_other_purpose) {
  const Certificate leaf = issue_to_shop();

  BOOST_TEST(verify(authority.root(), leaf, X509_PURPOSE_SSL_SERVER, now) != X509_V_OK);
  BOOST_TEST(verify(authority.root(), leaf, X509_PURPOSE_SSL_CLIENT, now + 31 * 24h) ==
             X509_V_ERR_CERT_HAS_EXPIRED);
  BOOST_TEST(verify(authority.root(), leaf, X509_PURPOSE_SSL_CLIENT, now - 6min) ==
             X509_V_ERR_CERT_NOT_YET_VALID);
}

BOOST_AUTO_TEST_CASE(no_leaf_outlives_its_root) {
  const auto late = authority.root().not_after() - std::chrono::days{3};
  const auto request = make_signing_request(shop_key, "shop-a").value();

  const auto leaf = authority.issue_client(request, "shop-a", identity, late, random).value();

  BOOST_TEST((leaf.not_after() == authority.root().not_after()));
}

BOOST_AUTO_TEST_CASE(serial_numbers_are_long_and_do_not_repeat) {
  const Certificate first = issue_to_shop();
  const Certificate second = issue_to_shop();

  BOOST_TEST(first.serial_hex() != second.serial_hex());
  BOOST_TEST(first.serial_hex().size() >= 28U);
}

BOOST_AUTO_TEST_CASE(a_request_that_its_key_did_not_sign_is_refused) {
  const auto good = make_signing_request(shop_key, "shop-a").value();
  Bytes forged = good;
  forged.back() ^= std::byte{1};
  Bytes trailing = good;
  trailing.push_back(std::byte{0});
  const Bytes huge(9000);

  for (const Bytes& request : {forged, trailing, huge, Bytes{}}) {
    const auto issued = authority.issue_client(request, "shop-a", identity, now, random);
    BOOST_TEST((issued.error() == CryptoErrc::invalid_certificate));
  }
}

BOOST_AUTO_TEST_CASE(a_request_for_another_kind_of_key_cannot_be_made) {
  const TlsKey p256 = TlsKey::generate_p256().value();
  BOOST_TEST((make_signing_request(p256, "shop-a").error() == CryptoErrc::invalid_certificate));
}

BOOST_AUTO_TEST_CASE(a_server_certificate_holds_names_and_addresses) {
  const TlsKey key = TlsKey::generate_p256().value();
  ServerNames names;
  names.dns = {"localhost", "coordinator.example"};
  names.addresses = {"127.0.0.1", "::1"};

  const Certificate leaf = authority.issue_server(key, names, now, random).value();

  BOOST_TEST(verify(authority.root(), leaf, X509_PURPOSE_SSL_SERVER, now) == X509_V_OK);
  BOOST_TEST(verify(authority.root(), leaf, X509_PURPOSE_SSL_CLIENT, now) != X509_V_OK);
  BOOST_TEST(X509_check_host(leaf.handle(), "coordinator.example", 0, 0, nullptr) == 1);
  BOOST_TEST(X509_check_host(leaf.handle(), "other.example", 0, 0, nullptr) == 0);
  BOOST_TEST(X509_check_ip_asc(leaf.handle(), "127.0.0.1", 0) == 1);
  BOOST_TEST(X509_check_ip_asc(leaf.handle(), "::1", 0) == 1);
  BOOST_TEST(X509_check_ip_asc(leaf.handle(), "127.0.0.2", 0) == 0);
}

BOOST_AUTO_TEST_CASE(names_that_are_none_are_refused) {
  const TlsKey key = TlsKey::generate_ed25519().value();
  const auto issue = [&](std::vector<std::string> dns, std::vector<std::string> addresses) {
    ServerNames names;
    names.dns = std::move(dns);
    names.addresses = std::move(addresses);
    return authority.issue_server(key, names, now, random);
  };
  BOOST_TEST((issue({}, {}).error() == BaseErrc::invalid_argument));
  BOOST_TEST((issue({"*.example"}, {}).error() == BaseErrc::invalid_argument));
  BOOST_TEST((issue({"a,DNS:b"}, {}).error() == BaseErrc::invalid_argument));
  BOOST_TEST((issue({}, {"127.0.0"}).error() == BaseErrc::invalid_argument));
  BOOST_TEST((make_signing_request(key, "").error() == BaseErrc::invalid_argument));
  BOOST_TEST(
      (make_signing_request(key, std::string(65, 'x')).error() == BaseErrc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(an_authority_is_loaded_only_with_its_own_key) {
  auto root = [this] { return Certificate::parse_pem(authority.root().to_pem()).value(); };
  auto key = TlsKey::parse_pem(authority.key().to_pem().value()).value();
  const TlsKey other = TlsKey::generate_ed25519().value();

  BOOST_TEST(CertificateAuthority::load(root(), std::move(key)).has_value());
  auto wrong_key = TlsKey::parse_pem(other.to_pem().value()).value();
  BOOST_TEST((CertificateAuthority::load(root(), std::move(wrong_key)).error() ==
              CryptoErrc::invalid_certificate));
  auto leaf_key = TlsKey::parse_pem(shop_key.to_pem().value()).value();
  BOOST_TEST((CertificateAuthority::load(issue_to_shop(), std::move(leaf_key)).error() ==
              CryptoErrc::invalid_certificate));
}

BOOST_AUTO_TEST_SUITE_END()
