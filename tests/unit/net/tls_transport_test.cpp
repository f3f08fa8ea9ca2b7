#include <chrono>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include "base/net/detail/openssl.hpp"
#include "base/net/detail/transport.hpp"
#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;

namespace {

/// Answers who the server thinks is there.
Response introduce(const Request& request) {
  const auto exporter = request.tls_exporter ? to_hex(*request.tls_exporter) : std::string{};
  const auto name = request.peer ? request.peer->common_name : std::string{"nobody"};
  const auto uri =
      request.peer && !request.peer->uris.empty() ? request.peer->uris.front() : std::string{};
  return Response::text(name + " " + uri + " " + exporter);
}

struct Setup {
  Federation federation;
  RunningServer server{routes(), config()};

  static Router routes() {
    Router router = example_router();
    router.get("/who", RouteOptions{}, answer_with(introduce));
    RouteOptions secured;
    secured.requires_client_certificate = true;
    router.get("/secured", secured, answer_with(introduce));
    return router;
  }
  ServerConfig config() {
    ServerConfig with;
    with.tls = federation.server_tls(ClientCertificates::optional);
    return with;
  }
  HttpClient client(ClientTls tls) const {
    ClientConfig with = server.client_config();
    with.tls = std::move(tls);
    return HttpClient{std::move(with)};
  }
  ClientTls anonymous() const {
    ClientTls tls;
    tls.root_pin = federation.pin();
    return tls;
  }
  /// A client certificate from elsewhere that trusts this federation's server.
  ClientTls trusting_us(ClientTls tls) const {
    tls.trust_anchors_pem = federation.authority.root().to_pem();
    return tls;
  }
};

/// Whether OpenSSL as a client gets a session at most of that version.
bool connects_with(int version_max, const Url& url) {
  using net::detail::BioPtr;
  const std::unique_ptr<SSL_CTX, net::detail::OpensslFree> context{
      SSL_CTX_new(TLS_client_method())};
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  const BioPtr bio{BIO_new_ssl_connect(context.get())};
  BIO_set_conn_hostname(bio.get(), url.authority().c_str());
  return BIO_do_connect(bio.get()) == 1 && BIO_do_handshake(bio.get()) == 1;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_transport_test, Setup)

BOOST_AUTO_TEST_CASE(a_verified_client_is_known_by_name_and_identity) {
  auto shop = client(federation.shop_tls("shop-a"));
  const auto answer = shop.send(ClientRequest{Method::get, "/secured"});

  BOOST_REQUIRE_MESSAGE(answer, answer.error().message());
  const std::string text{as_text(answer->body)};
  BOOST_TEST(text.starts_with("shop-a " + crypto::identity_uri(federation.identity)));
}

BOOST_AUTO_TEST_CASE(both_ends_export_the_same_secret_per_connection) {
  auto shop = client(anonymous());
  const auto first = to_hex(shop.tls_exporter().value());
  const auto seen = shop.send(ClientRequest{Method::get, "/who"}).value();
  BOOST_TEST(as_text(seen.body) == "nobody  " + first);

  shop.disconnect();
  BOOST_TEST(to_hex(shop.tls_exporter().value()) != first);
}

BOOST_AUTO_TEST_CASE(without_a_certificate_only_open_calls_are_answered) {
  auto nobody = client(anonymous());
  BOOST_TEST(nobody.send(ClientRequest{Method::get, "/hello"}).value().status == 200);
  const auto refused = nobody.send(ClientRequest{Method::get, "/secured"}).value();
  BOOST_TEST(refused.status == 401);
  BOOST_TEST(refused.problem_code() == "client_certificate_required");
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_ends_the_connection) {
  Federation other;
  auto stranger = client(trusting_us(other.shop_tls("shop-a")));
  const auto answer = stranger.send(ClientRequest{Method::get, "/hello"});

  BOOST_TEST((answer.error() == NetErrc::certificate_required));
  // The alert reaches the client before the server has written its line.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (server.log().count("net.handshake_failed") == 0 &&
         std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  BOOST_TEST(server.log().count("net.handshake_failed") == 1U);
}

BOOST_AUTO_TEST_CASE(an_expired_client_certificate_ends_the_connection) {
  federation.now -= std::chrono::days{40};
  auto late = client(federation.shop_tls("shop-a"));
  const auto answer = late.send(ClientRequest{Method::get, "/hello"});

  BOOST_TEST((answer.error() == NetErrc::certificate_required));
}

BOOST_AUTO_TEST_CASE(a_large_upload_under_a_refused_certificate_still_learns_why) {
  Federation other;
  auto stranger = client(trusting_us(other.shop_tls("shop-a")));
  ClientRequest upload{Method::put, "/chunks/0"};
  upload.body.resize(2 * 1024 * 1024);

  BOOST_TEST((stranger.send(upload).error() == NetErrc::certificate_required));
}

BOOST_AUTO_TEST_CASE(only_tls_1_3_is_spoken) {
  BOOST_TEST(connects_with(TLS1_3_VERSION, server.url()));
  BOOST_TEST(!connects_with(TLS1_2_VERSION, server.url()));
}

BOOST_AUTO_TEST_CASE(plain_text_on_the_tls_port_gets_no_answer) {
  RawConnection connection{server.url().port};
  connection.send("GET /hello HTTP/1.1\r\nHost: c\r\n\r\n");
  BOOST_TEST(connection.receive().find("hello") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(bodies_cross_many_tls_records_unchanged) {
  auto shop = client(federation.shop_tls("shop-a"));
  ClientRequest echo{Method::post, "/echo"};
  for (std::size_t i = 0; i < 64 * 1024; ++i) {
    echo.body.push_back(static_cast<std::byte>(i * 31 >> 3));
  }
  const auto answer = shop.send(echo).value();
  BOOST_TEST((answer.body == echo.body));
}

BOOST_AUTO_TEST_SUITE_END()
