#include "base/net/detail/openssl.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include "base/net/error.hpp"
#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;
using namespace guildsum::net::detail;

BOOST_AUTO_TEST_SUITE(openssl_test)

BOOST_AUTO_TEST_CASE(a_peer_is_read_from_its_certificate) {
  Federation federation;
  const ClientTls tls = federation.shop_tls("shop-a");
  const auto issued = crypto::Certificate::parse_pem(tls.certificate_pem).value();
  const auto parsed = parse_certificates(tls.certificate_pem).value();

  const PeerIdentity peer = read_peer_identity(parsed.front().get());

  BOOST_TEST(peer.common_name == "shop-a");
  BOOST_TEST((peer.certificate_der == issued.to_der()));
  BOOST_TEST(std::ranges::equal(peer.spki_sha256, issued.spki_sha256().view()));
  BOOST_TEST(std::ranges::equal(peer.certificate_sha256, issued.sha256().view()));
  BOOST_TEST((crypto::identity_of(peer.uris).value() == federation.identity));
  BOOST_TEST(!is_self_issued(parsed.front().get()));
}

BOOST_AUTO_TEST_CASE(a_chain_is_read_in_order) {
  Federation federation;
  const auto chain = parse_certificates(federation.server_tls().certificate_chain_pem).value();

  BOOST_TEST(chain.size() == 2U);
  BOOST_TEST(is_self_issued(chain.back().get()));
  BOOST_TEST((spki_sha256(chain.back().get()) == federation.pin()));
  BOOST_TEST(to_pem(chain.back().get()) == federation.authority.root().to_pem());
}

BOOST_AUTO_TEST_CASE(text_without_a_certificate_or_key_is_refused_and_leaves_no_error_behind) {
  BOOST_TEST((parse_certificates("nothing").error() == NetErrc::invalid_credentials));
  BOOST_TEST((parse_private_key(SecretText{std::string{"nothing"}}).error() ==
              NetErrc::invalid_credentials));
  BOOST_TEST(ERR_peek_error() == 0UL);
}

BOOST_AUTO_TEST_SUITE_END()
