#include "tests/unit/net/net_setup.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <fstream>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace guildsum::net {

TlsServerConfig Federation::server_tls(ClientCertificates ask,
                                       std::optional<crypto::ServerNames> names) {
  if (!names) {
    names.emplace();
    names->dns = {"localhost"};
    names->addresses = {"127.0.0.1"};
  }
  const auto key = crypto::TlsKey::generate_ed25519().value();
  const auto leaf = authority.issue_server(key, *names, now, random).value();
  TlsServerConfig tls;
  tls.certificate_chain_pem = leaf.to_pem() + authority.root().to_pem();
  tls.private_key_pem = key.to_pem().value();
  tls.client_certificates = ask;
  tls.client_ca_pem = authority.root().to_pem();
  return tls;
}

ClientTls Federation::shop_tls(std::string_view name) {
  const auto key = crypto::TlsKey::generate_ed25519().value();
  const auto request = crypto::make_signing_request(key, name).value();
  ClientTls tls;
  tls.trust_anchors_pem = authority.root().to_pem();
  tls.certificate_pem =
      authority.issue_client(request, name, identity, now, random).value().to_pem();
  tls.private_key_pem = key.to_pem().value();
  return tls;
}

Digest Federation::pin() const {
  Digest digest;
  const auto spki = authority.root().spki_sha256();
  std::ranges::copy(spki.view(), digest.begin());
  return digest;
}

RunningServer::RunningServer(Router router, ServerConfig config)
    : tls_{config.tls.has_value()},
      server_{std::make_unique<Server>(std::move(config), std::move(router), log_)} {
  const auto port = server_->start();
  BOOST_REQUIRE_MESSAGE(port, (port ? std::string{} : port.error().message()));
  port_ = *port;
}

Url RunningServer::url(std::string_view host) const {
  Url url;
  url.tls = tls_;
  url.host = host;
  url.port = port_;
  return url;
}

ClientConfig RunningServer::client_config() const {
  ClientConfig config;
  config.url = url();
  return config;
}

namespace {

boost::asio::awaitable<Response> ready(Response response) { co_return response; }

}  // namespace

Handler answer_with(std::function<Response(const Request&)> make) {
  return [make = std::move(make)](const Request& request) { return ready(make(request)); };
}

Router example_router() {
  Router router;
  router.get("/hello", RouteOptions{},
             answer_with([](const Request&) { return Response::text("hello"); }));
  RouteOptions echo;
  echo.body_limit_bytes = 64 * 1024;
  router.post("/echo", echo,
              answer_with([](const Request& request) { return Response::bytes(request.body); }));
  RouteOptions chunk;
  chunk.body_limit_bytes = 2 * 1024 * 1024;
  router.put("/chunks/{index}", chunk, answer_with([](const Request& request) {
               return Response::text(std::to_string(request.body.size()));
             }));
  return router;
}

RawConnection::RawConnection(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  BOOST_REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

RawConnection::~RawConnection() { ::close(fd_); }

bool RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void RawConnection::finish_sending() { ::shutdown(fd_, SHUT_WR); }

std::string RawConnection::receive(std::string_view marker) {
  std::string all;
  std::array<char, 4096> piece;
  pollfd watched{fd_, POLLIN, 0};
  while (marker.empty() || all.find(marker) == std::string::npos) {
    if (::poll(&watched, 1, 10'000) != 1) break;
    const auto got = ::recv(fd_, piece.data(), piece.size(), 0);
    if (got <= 0) break;
    all.append(piece.data(), static_cast<std::size_t>(got));
  }
  return all;
}

int status_of(std::string_view text) {
  if (!text.starts_with("HTTP/1.1 ") || text.size() < 12) return 0;
  int status = 0;
  std::from_chars(text.data() + 9, text.data() + 12, status);
  return status;
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

std::size_t resident_bytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace guildsum::net
