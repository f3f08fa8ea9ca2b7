#include "base/net/detail/tls_context.hpp"

#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;
using namespace std::chrono_literals;

namespace {

const Clock::Wall kNow = SystemClock{}.wall_now();

ServerConfig with_tls(TlsServerConfig tls) {
  ServerConfig config;
  config.tls = std::move(tls);
  return config;
}

/// Connects to a server with `server_tls` and says how that went.
struct Attempt {
  Attempt(TlsServerConfig server_tls, ClientTls client_tls, std::string_view host = "127.0.0.1")
      : server{example_router(), with_tls(std::move(server_tls))} {
    ClientConfig config;
    config.url = server.url(host);
    config.tls = std::move(client_tls);
    HttpClient client{std::move(config)};
    answer = client.send(ClientRequest{Method::get, "/hello"});
    if (answer) root_pem = client.verified_root_pem().value();
  }
  [[nodiscard]] bool failed_with(NetErrc code) const {
    BOOST_TEST_MESSAGE((answer ? "succeeded" : answer.error().message()));
    // No application byte was sent, so no request was ever handled.
    return answer.has_error() && answer.error() == code && server.log().count("net.request") == 0;
  }
  RunningServer server;
  Result<Response> answer;
  std::string root_pem;
};

ClientTls trusting(std::string anchors) {
  ClientTls tls;
  tls.trust_anchors_pem = std::move(anchors);
  return tls;
}

ClientTls pinning(Digest pin) {
  ClientTls tls;
  tls.root_pin = pin;
  return tls;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tls_context_test)

BOOST_AUTO_TEST_CASE(a_stored_root_and_a_pin_both_lead_to_the_server) {
  Federation federation;
  const std::string root = federation.authority.root().to_pem();

  const Attempt by_root{federation.server_tls(), trusting(root)};
  const Attempt by_pin{federation.server_tls(), pinning(federation.pin())};
  const Attempt by_name{federation.server_tls(), pinning(federation.pin()), "localhost"};

  BOOST_TEST(by_root.answer.has_value());
  BOOST_TEST(by_pin.answer.has_value());
  BOOST_TEST(by_name.answer.has_value());
  BOOST_TEST(by_pin.root_pem == root);
}

BOOST_AUTO_TEST_CASE(another_federation_is_untrusted_by_root_and_by_pin) {
  Federation ours;
  Federation theirs;

  BOOST_TEST((Attempt{theirs.server_tls(), trusting(ours.authority.root().to_pem())}.failed_with(
      NetErrc::certificate_untrusted)));
  BOOST_TEST((Attempt{theirs.server_tls(), pinning(ours.pin())}.failed_with(
      NetErrc::certificate_untrusted)));
}

BOOST_AUTO_TEST_CASE(the_right_root_beside_a_foreign_leaf_is_untrusted) {
  Federation ours;
  Federation theirs;
  auto tls = theirs.server_tls();
  tls.certificate_chain_pem += ours.authority.root().to_pem();

  BOOST_TEST(
      (Attempt{std::move(tls), pinning(ours.pin())}.failed_with(NetErrc::certificate_untrusted)));
}

BOOST_AUTO_TEST_CASE(a_self_issued_certificate_with_the_pinned_key_must_carry_its_signature) {
  Federation ours;
  auto tls = ours.server_tls();
  Bytes forged = ours.authority.root().to_der();
  forged.back() ^= std::byte{1};
  tls.certificate_chain_pem =
      crypto::Certificate::parse_pem(tls.certificate_chain_pem).value().to_pem() +
      crypto::Certificate::parse_der(forged).value().to_pem();

  BOOST_TEST(
      (Attempt{std::move(tls), pinning(ours.pin())}.failed_with(NetErrc::certificate_untrusted)));
}

BOOST_AUTO_TEST_CASE(a_pin_needs_the_root_in_the_chain) {
  Federation federation;
  auto tls = federation.server_tls();
  tls.certificate_chain_pem =
      crypto::Certificate::parse_pem(tls.certificate_chain_pem).value().to_pem();

  BOOST_TEST((Attempt{std::move(tls), pinning(federation.pin())}.failed_with(
      NetErrc::certificate_untrusted)));
}

BOOST_AUTO_TEST_CASE(expired_and_not_yet_valid_certificates_are_told_from_foreign_ones) {
  Federation past{kNow - std::chrono::days{40}};
  Federation future{kNow + std::chrono::days{1}};

  BOOST_TEST(
      (Attempt{past.server_tls(), pinning(past.pin())}.failed_with(NetErrc::certificate_expired)));
  BOOST_TEST((Attempt{future.server_tls(), pinning(future.pin())}.failed_with(
      NetErrc::certificate_expired)));
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_name_or_address_is_a_mismatch) {
  Federation federation;
  crypto::ServerNames other;
  other.dns = {"other.example"};
  other.addresses = {"192.0.2.1"};

  BOOST_TEST(
      (Attempt{federation.server_tls(ClientCertificates::none, other), pinning(federation.pin())}
           .failed_with(NetErrc::certificate_name_mismatch)));
  BOOST_TEST((Attempt{federation.server_tls(ClientCertificates::none, other),
                      pinning(federation.pin()), "localhost"}
                  .failed_with(NetErrc::certificate_name_mismatch)));
}

BOOST_AUTO_TEST_CASE(a_shop_certificate_does_not_make_a_server) {
  Federation federation;
  auto shop = federation.shop_tls("localhost");
  TlsServerConfig tls;
  tls.certificate_chain_pem = shop.certificate_pem + federation.authority.root().to_pem();
  tls.private_key_pem = std::move(shop.private_key_pem);

  BOOST_TEST((Attempt{std::move(tls), pinning(federation.pin())}.failed_with(
      NetErrc::certificate_untrusted)));
}

BOOST_AUTO_TEST_CASE(a_client_without_anchor_or_pin_connects_to_nobody) {
  Federation federation;
  BOOST_TEST(
      (Attempt{federation.server_tls(), ClientTls{}}.failed_with(NetErrc::invalid_credentials)));
}

BOOST_AUTO_TEST_CASE(credentials_that_do_not_fit_are_refused_at_start) {
  Federation federation;
  auto swapped_key = federation.server_tls();
  swapped_key.private_key_pem = federation.server_tls().private_key_pem.duplicate();
  auto no_certificate = federation.server_tls();
  no_certificate.certificate_chain_pem.clear();
  auto no_authority = federation.server_tls(ClientCertificates::optional);
  no_authority.client_ca_pem.clear();

  for (auto* const tls : {&swapped_key, &no_certificate, &no_authority}) {
    BOOST_TEST((net::detail::make_server_context(*tls).error() == NetErrc::invalid_credentials));
  }
}

BOOST_AUTO_TEST_SUITE_END()
