#include <arpa/inet.h>
#include <array>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include "tests/support/federation.hpp"

using namespace guildsum;
using namespace guildsum::test;

namespace {

/// A connection that says what no client of ours would, with TLS or without. It trusts whoever
/// answers and shows no certificate.
class Stranger {
 public:
  explicit Stranger(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Stranger() {
    tls_.reset();
    ::close(fd_);
  }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  /// False when the other side does not agree to this version.
  bool handshake(int version = TLS1_3_VERSION) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context_.get(), version);
    SSL_CTX_set_max_proto_version(context_.get(), version);
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), fd_);
    return SSL_connect(tls_.get()) == 1;
  }
  void send(std::string_view bytes) {
    if (tls_) {
      (void)SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
    } else {
      (void)::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
  }
  /// Everything until the other side closes.
  std::string receive() {
    std::string all;
    std::array<char, 4096> piece{};
    for (;;) {
      if (tls_ == nullptr || SSL_pending(tls_.get()) == 0) {
        pollfd watched{fd_, POLLIN, 0};
        if (::poll(&watched, 1, 60'000) != 1) break;
      }
      const auto got = tls_ ? SSL_read(tls_.get(), piece.data(), static_cast<int>(piece.size()))
                            : ::recv(fd_, piece.data(), piece.size(), 0);
      if (got <= 0) break;
      all.append(piece.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  int fd_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> tls_;
};

struct Hostile {
  std::string what;
  std::string bytes;
  std::string answer;  ///< how the answer begins
  std::string code;
};

std::string head(const std::string& first, const std::string& fields = {}) {
  return first + " HTTP/1.1\r\nHost: c\r\nConnection: close\r\n" + fields + "\r\n";
}

std::vector<Hostile> hostile_requests() {
  const std::string frame = "Content-Type: application/octet-stream\r\n";
  return {
      {"no HTTP", "\x01\x02nonsense\r\n\r\n", "HTTP/1.1 400", "malformed_request"},
      {"a huge field", head("GET /healthz", "X: " + std::string(20'000, 'x') + "\r\n"),
       "HTTP/1.1 431", "header_too_large"},
      {"a huge target", "GET /" + std::string(40'000, 'a') + " HTTP/1.1\r\n\r\n", "HTTP/1.1 414",
       "target_too_long"},
      {"an unknown path", head("GET /etc/passwd"), "HTTP/1.1 404", "not_found"},
      {"a path that climbs", head("GET /v1/../../etc/passwd"), "HTTP/1.1 4", ""},
      {"an unknown method", head("DELETE /healthz"), "HTTP/1.1 405", "method_not_allowed"},
      {"a declared length beyond the limit",
       head("POST /v1/enrol", frame + "Content-Length: 99999999\r\n"), "HTTP/1.1 413",
       "payload_too_large"},
      {"a chunk beyond the limit",
       head("POST /v1/enrol", frame + "Transfer-Encoding: chunked\r\n") + "fffffff\r\nx",
       "HTTP/1.1 413", "payload_too_large"},
      {"two lengths",
       head("POST /v1/enrol", frame + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") +
           "hello",
       "HTTP/1.1 400", "malformed_request"},
      {"a compressed body",
       head("POST /v1/enrol", frame + "Content-Encoding: gzip\r\nContent-Length: 5\r\n") + "hello",
       "HTTP/1.1 415", "unsupported_content_encoding"},
      {"another kind of body",
       head("POST /v1/enrol", "Content-Type: text/plain\r\nContent-Length: 5\r\n") + "hello",
       "HTTP/1.1 415", "unsupported_media_type"},
      {"a body that is no message",
       head("POST /v1/enrol", frame + "Content-Length: 5\r\n") + "hello", "HTTP/1.1 400",
       "malformed"},
      {"a member's call", head("GET /v1/roster"), "HTTP/1.1 401", "client_certificate_required"},
  };
}

void expect_healthy(std::uint16_t port) {
  Stranger visitor{port};
  BOOST_REQUIRE(visitor.handshake());
  visitor.send(head("GET /healthz"));
  BOOST_TEST(visitor.receive().starts_with("HTTP/1.1 200"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_http_test)

BOOST_AUTO_TEST_CASE(hostile_requests_are_answered_by_name_and_harm_nobody) {
  Federation federation{{.shops = 0, .items = 5, .customers = 3}};
  const std::uint16_t port = federation.coordinator().port();
  for (const Hostile& request : hostile_requests()) {
    Stranger visitor{port};
    BOOST_REQUIRE(visitor.handshake());
    visitor.send(request.bytes);
    const std::string answer = visitor.receive();
    BOOST_TEST(answer.starts_with(request.answer), request.what << ": " << answer);
    BOOST_TEST(answer.find(request.code) != std::string::npos, request.what << ": " << answer);
  }
  expect_healthy(port);
  federation.stop();
}

BOOST_AUTO_TEST_CASE(without_tls_or_with_an_old_version_nothing_is_said) {
  Federation federation{{.shops = 0, .items = 5, .customers = 3}};
  const std::uint16_t port = federation.coordinator().port();
  {
    Stranger plain{port};
    plain.send(head("GET /healthz"));
    BOOST_TEST(plain.receive().find("HTTP/") == std::string::npos);
  }
  {
    Stranger old{port};
    BOOST_TEST(!old.handshake(TLS1_2_VERSION));
  }
  expect_healthy(port);
  federation.stop();
}

BOOST_AUTO_TEST_CASE(strangers_who_hold_connections_do_not_keep_members_out) {
  Federation federation{{.coordinator = {{"limits.connections_max", "32"}}}};
  const std::uint16_t port = federation.coordinator().port();
  std::vector<std::unique_ptr<Stranger>> crowd;
  const auto arrive = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      crowd.push_back(std::make_unique<Stranger>(port));
      if (i % 2 == 1) continue;  // Says nothing at all.
      if (crowd.back()->handshake()) crowd.back()->send("GET /healthz HTTP/1.1\r\nX: ");
    }
  };
  arrive(60);
  // A member that comes now gets in, and the round with all of them is exact.
  ShopProcess& late = federation.shop(3);
  BOOST_REQUIRE(late.stop() == 0);
  late.start();
  federation.await_online();
  arrive(20);
  federation.run_task("popularity");
  BOOST_TEST(federation.check_sum(1).size() == 6U);
  crowd.clear();
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
