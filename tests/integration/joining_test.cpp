#include <boost/test/unit_test.hpp>

#include "base/net/client.hpp"
#include "base/net/error.hpp"
#include "coordinator/keys.hpp"
#include "crypto/x509.hpp"
#include "protocol/enrolment.hpp"
#include "tests/support/federation.hpp"

using namespace guildsum;
using namespace guildsum::test;

namespace {

constexpr int kNotAuthorised = 4;  // docs/exit_codes.md
constexpr int kUnreachable = 3;
constexpr int kFailed = 1;

/// A coordinator without shops; joining does not need any.
struct Setup {
  Federation federation{{.shops = 0, .items = 5, .customers = 3}};
  CoordinatorProcess& coordinator = federation.coordinator();

  /// Whoever joins next still can: the service goes on.
  void expect_next_joins(const std::string& name) {
    ShopProcess next{name, federation.path(name)};
    const Finished joined = next.join(coordinator.invite(name));
    BOOST_CHECK_MESSAGE(joined.exit_code == 0, joined.err);
  }
  static void expect_refused(const Finished& finished, int code, std::string_view because) {
    BOOST_CHECK_MESSAGE(finished.exit_code == code, finished.exit_code << ": " << finished.err);
    BOOST_CHECK_MESSAGE(finished.err.find(because) != std::string::npos, finished.err);
    BOOST_TEST(finished.out.empty());
  }
};

/// The token with another secret, as a guess would be.
std::string with_other_secret(const std::string& text) {
  auto token = protocol::parse_join_token(text).value();
  std::array<std::byte, 32> secret{};
  secret.fill(std::byte{0x5a});
  token.secret = protocol::JoinSecret{secret};
  return protocol::print_join_token(token);
}

std::string with_other_root(const std::string& text) {
  auto token = protocol::parse_join_token(text).value();
  token.federation.mutable_view()[0] ^= std::byte{1};
  return protocol::print_join_token(token);
}

/// A client of the shops' listener that trusts the federation's root.
net::HttpClient client_of(const CoordinatorProcess& coordinator, net::ClientTls credentials) {
  net::ClientConfig config;
  config.url = net::Url::parse(coordinator.url()).value();
  config.tls = std::move(credentials);
  config.tls.trust_anchors_pem = text_of(coordinator.directory() / "ca.pem");
  return net::HttpClient{std::move(config)};
}

net::ClientTls certificate_from(const crypto::CertificateAuthority& authority,
                                const std::string& name) {
  SystemRandom random;
  const auto now = SystemClock{}.wall_now();
  const auto key = crypto::TlsKey::generate_ed25519().value();
  const auto request = crypto::make_signing_request(key, name).value();
  const std::array<std::byte, 32> identity{std::byte{7}};
  net::ClientTls tls;
  tls.certificate_pem =
      authority.issue_client(request, name, identity, now, random).value().to_pem() +
      authority.root().to_pem();
  tls.private_key_pem = key.to_pem().value();
  return tls;
}

/// A certificate that names a shop, from an authority of somebody else with the same name.
net::ClientTls foreign_certificate(const std::string& name) {
  SystemRandom random;
  const auto authority =
      crypto::CertificateAuthority::create("test-guild", SystemClock{}.wall_now(), random).value();
  return certificate_from(authority, name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(joining_test)

BOOST_FIXTURE_TEST_CASE(a_token_joins_one_shop_once, Setup) {
  ShopProcess first{"bakery", federation.path("bakery")};
  const std::string token = coordinator.invite("bakery");
  const Finished joined = first.join(token);
  BOOST_REQUIRE_MESSAGE(joined.exit_code == 0, joined.err);
  BOOST_TEST(joined.out.starts_with("joined as bakery at " + coordinator.url()));

  ShopProcess second{"thief", federation.path("thief")};
  expect_refused(second.join(token), kNotAuthorised, "join-token-used");
  expect_refused(first.join(token), kFailed, "bakery");  // It is a member already.

  const Finished listed = coordinator.run({"--format", "json", "shop", "list"});
  BOOST_TEST(count_in(listed.out, "\"bakery\"") == 1U);
  BOOST_TEST(count_in(listed.out, "\"thief\"") == 0U);
  expect_next_joins("grocer");
  federation.stop();
}

BOOST_FIXTURE_TEST_CASE(a_guessed_a_mangled_or_an_unknown_token_is_refused, Setup) {
  ShopProcess shop{"bakery", federation.path("bakery")};
  const std::string token = coordinator.invite("bakery");
  expect_refused(shop.join(with_other_secret(token)), kNotAuthorised, "bad-proof");
  expect_refused(shop.join(token.substr(0, token.size() / 2)), kNotAuthorised,
                 "the join token is not valid");
  expect_refused(shop.join("gs1.not a token"), kNotAuthorised, "the join token is not valid");

  auto unknown = protocol::parse_join_token(token).value();
  unknown.id[0] ^= std::byte{1};
  expect_refused(shop.join(protocol::print_join_token(unknown)), kNotAuthorised, "bad-join-token");
  auto renamed = protocol::parse_join_token(token).value();
  renamed.name = "grocer";
  expect_refused(shop.join(protocol::print_join_token(renamed)), kNotAuthorised, "bad-join-token");
  // None of this used the token up.
  BOOST_TEST(shop.join(token).exit_code == 0);
  federation.stop();
}

BOOST_AUTO_TEST_CASE(an_expired_token_is_refused_by_both_sides) {
  Federation federation{{.shops = 0,
                         .items = 5,
                         .customers = 3,
                         .coordinator = {{"enrolment.invitation_validity", "1s"}}}};
  CoordinatorProcess& coordinator = federation.coordinator();
  const std::string text = coordinator.invite("bakery");
  const auto expires = protocol::parse_join_token(text).value().expires_unix_ms;
  const SystemClock clock;
  BOOST_REQUIRE(
      eventually([&] { return clock.wall_now().time_since_epoch().count() > expires + 5; }));
  ShopProcess shop{"bakery", federation.path("bakery")};
  Setup::expect_refused(shop.join(text), kNotAuthorised, "the join token has expired");

  // A shop whose clock is wrong, or that changed the date in the token, gets no further.
  auto token = protocol::parse_join_token(text).value();
  token.expires_unix_ms += 3'600'000;
  Setup::expect_refused(shop.join(protocol::print_join_token(token)), kNotAuthorised,
                        "join-token-expired");
  federation.stop();
}

BOOST_FIXTURE_TEST_CASE(another_root_key_or_nobody_at_the_address_gets_nothing, Setup) {
  ShopProcess shop{"bakery", federation.path("bakery")};
  const std::string token = coordinator.invite("bakery");
  expect_refused(shop.join(with_other_root(token)), kNotAuthorised, "this is another federation");
  // The pin failed before anything was sent.
  BOOST_TEST(count_in(coordinator.log(), "request.refused") == 0U);

  auto elsewhere = protocol::parse_join_token(token).value();
  elsewhere.url = "https://127.0.0.1:9";
  expect_refused(shop.join(protocol::print_join_token(elsewhere)), kUnreachable, "");
  BOOST_TEST(shop.join(token).exit_code == 0);
  federation.stop();
}

BOOST_FIXTURE_TEST_CASE(a_certificate_of_another_authority_ends_the_handshake, Setup) {
  expect_next_joins("bakery");
  auto client = client_of(coordinator, foreign_certificate("bakery"));
  const auto answer = client.send({net::Method::get, "/v1/roster?from=0"});
  BOOST_REQUIRE(answer.has_error());
  BOOST_CHECK_MESSAGE(answer.error() == net::NetErrc::certificate_required,
                      answer.error().message());
  expect_next_joins("grocer");
  federation.stop();
}

BOOST_FIXTURE_TEST_CASE(a_certificate_that_the_roster_does_not_know_is_refused_by_name, Setup) {
  expect_next_joins("bakery");
  // From the federation's own authority, as after a restored backup of the ledger.
  const auto keys =
      coordinator::load_keys(coordinator::DataDirectory{coordinator.directory()}).value();
  auto client = client_of(coordinator, certificate_from(keys.authority, "ghost"));
  const auto answer = client.send({net::Method::get, "/v1/roster?from=0"});
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->status == 403);
  BOOST_TEST(answer->problem_code() == "unknown-sender");
  expect_next_joins("grocer");
  federation.stop();
}

BOOST_FIXTURE_TEST_CASE(without_a_certificate_only_joining_is_possible, Setup) {
  auto client = client_of(coordinator, {});
  for (const char* path : {"/v1/roster", "/v1/invitation", "/v1/rounds/1/phase"}) {
    const auto answer = client.send({net::Method::get, path});
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 401);
    BOOST_TEST(answer->problem_code() == "client_certificate_required");
  }
  federation.stop();
}

BOOST_FIXTURE_TEST_CASE(a_shop_that_never_joined_cannot_serve, Setup) {
  ShopProcess shop{"bakery", federation.path("bakery")};
  write_orders(shop.orders_file(), invent_purchases(0, 3, 5));
  const Finished served = shop.run({"serve"});
  BOOST_TEST(served.exit_code == kFailed);
  BOOST_TEST(served.err.find("join") != std::string::npos);
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
