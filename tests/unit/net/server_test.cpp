#include "base/net/server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

ServerConfig with_tls(Federation& federation) {
  ServerConfig config;
  config.tls = federation.server_tls();
  return config;
}

ClientConfig pinned(const RunningServer& server, const Federation& federation) {
  ClientConfig config = server.client_config();
  config.tls.root_pin = federation.pin();
  return config;
}

Result<std::uint16_t> start(ServerConfig config) {
  NullLog log;
  Server server{std::move(config), example_router(), log};
  return server.start();
}

void await_connections(Server& server, std::size_t count) {
  const auto give_up = steady_clock::now() + 10s;
  while (server.connections() != count && steady_clock::now() < give_up) {
    std::this_thread::sleep_for(2ms);
  }
  BOOST_TEST(server.connections() == count);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_test)

BOOST_AUTO_TEST_CASE(it_refuses_to_listen_beyond_this_machine_without_tls) {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    ServerConfig config;
    config.address = address;
    BOOST_TEST((start(std::move(config)).error() == NetErrc::insecure_address));
  }
  Federation federation;
  ServerConfig config = with_tls(federation);
  config.address = "0.0.0.0";
  BOOST_TEST(start(std::move(config)).has_value());
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_told_from_a_bad_address) {
  RunningServer server{example_router()};
  ServerConfig same;
  same.port = server.url().port;
  BOOST_TEST((start(std::move(same)).error() == NetErrc::address_in_use));

  Federation federation;
  ServerConfig name = with_tls(federation);
  name.address = "coordinator.example";
  BOOST_TEST((start(std::move(name)).error() == NetErrc::unreachable));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_the_certificates_is_refused_at_start) {
  Federation federation;
  ServerConfig config = with_tls(federation);
  config.tls->private_key_pem = federation.server_tls().private_key_pem.duplicate();
  BOOST_TEST((start(std::move(config)).error() == NetErrc::invalid_credentials));
}

BOOST_AUTO_TEST_CASE(connections_beyond_the_limit_are_closed_and_room_comes_back) {
  ServerConfig config;
  config.connections_max = 2;
  RunningServer server{example_router(), std::move(config)};
  {
    RawConnection first{server.url().port};
    RawConnection second{server.url().port};
    await_connections(server.server(), 2);
    RawConnection third{server.url().port};
    third.send("GET /hello HTTP/1.1\r\nHost: c\r\n\r\n");
    BOOST_TEST(third.receive().empty());
    BOOST_TEST(server.log().count("net.too_many_connections") == 1U);
  }
  await_connections(server.server(), 0);
  HttpClient client{server.client_config()};
  BOOST_TEST(client.send(ClientRequest{Method::get, "/hello"}).value().status == 200);
}

BOOST_AUTO_TEST_CASE(strangers_push_out_strangers_and_never_a_member) {
  Federation federation;
  ServerConfig config;
  config.tls = federation.server_tls(ClientCertificates::optional);
  config.connections_max = 8;
  RunningServer server{example_router(), std::move(config)};
  ClientConfig member = server.client_config();
  member.tls = federation.shop_tls("bakery");
  HttpClient early{std::move(member)};
  const auto hello = [](HttpClient& client) {
    return client.send(ClientRequest{Method::get, "/hello"}).value().status;
  };
  BOOST_REQUIRE(hello(early) == 200);

  RawConnection first{server.url().port};
  RawConnection second{server.url().port};
  RawConnection third{server.url().port};
  BOOST_TEST(first.receive().empty());  // Turned out: a quarter of eight is two.
  std::vector<std::unique_ptr<RawConnection>> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.push_back(std::make_unique<RawConnection>(server.url().port));
  }

  BOOST_TEST(hello(early) == 200);
  ClientConfig next = server.client_config();
  next.tls = federation.shop_tls("grocer");
  HttpClient late{std::move(next)};
  BOOST_TEST(hello(late) == 200);
  crowd.clear();
  BOOST_TEST(hello(early) == 200);
  BOOST_TEST(hello(late) == 200);
}

BOOST_AUTO_TEST_CASE(a_stranger_may_idle_for_less_long_than_a_member) {
  Federation federation;
  ServerConfig config;
  config.tls = federation.server_tls(ClientCertificates::optional);
  config.deadlines.idle_stranger = 50ms;
  RunningServer server{example_router(), std::move(config)};
  ClientConfig unknown = server.client_config();
  unknown.tls.trust_anchors_pem = federation.authority.root().to_pem();
  HttpClient stranger{std::move(unknown)};
  BOOST_REQUIRE(stranger.connect().has_value());
  ClientConfig known = server.client_config();
  known.tls = federation.shop_tls("bakery");
  HttpClient member{std::move(known)};
  BOOST_REQUIRE(member.connect().has_value());

  await_connections(server.server(), 1);
  BOOST_TEST(member.send(ClientRequest{Method::get, "/hello"}).value().status == 200);
}

BOOST_AUTO_TEST_CASE(idle_connections_are_closed_in_time) {
  ServerConfig config;
  config.deadlines.idle = 50ms;
  RunningServer server{example_router(), std::move(config)};
  RawConnection connection{server.url().port};

  BOOST_TEST(connection.receive().empty());
  await_connections(server.server(), 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_never_finishes_its_handshake_is_dropped) {
  Federation federation;
  ServerConfig config = with_tls(federation);
  config.deadlines.handshake = 50ms;
  RunningServer server{example_router(), std::move(config)};
  RawConnection connection{server.url().port};

  connection.send("\x16\x03\x01");
  BOOST_TEST(connection.receive().empty());
  await_connections(server.server(), 0);
}

BOOST_AUTO_TEST_CASE(stopping_closes_idle_connections_at_once_and_may_be_repeated) {
  RunningServer server{example_router()};
  HttpClient client{server.client_config()};
  BOOST_TEST(client.send(ClientRequest{Method::get, "/hello"}).value().status == 200);

  const auto begin = steady_clock::now();
  server.server().stop(5s);
  server.server().stop(5s);
  BOOST_TEST((steady_clock::now() - begin < 1s));
  BOOST_TEST((client.send(ClientRequest{Method::get, "/hello"}).error() == NetErrc::unreachable));
}

BOOST_AUTO_TEST_CASE(new_connections_get_the_renewed_certificate) {
  Federation federation;
  RunningServer server{example_router(), with_tls(federation)};
  HttpClient client{pinned(server, federation)};
  const auto before = client.server_certificate_pem().value();

  BOOST_REQUIRE(server.server().replace_tls(federation.server_tls()).has_value());

  BOOST_TEST(client.server_certificate_pem().value() == before);  // The open one keeps its own.
  client.disconnect();
  BOOST_TEST(client.server_certificate_pem().value() != before);
}

BOOST_AUTO_TEST_CASE(many_clients_are_served_at_once_over_kept_connections) {
  Federation federation;
  RunningServer server{example_router(), with_tls(federation)};
  constexpr int kClients = 16;
  constexpr int kCalls = 100;
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  const auto begin = steady_clock::now();
  for (int id = 0; id < kClients; ++id) {
    clients.emplace_back([&, id] {
      HttpClient client{pinned(server, federation)};
      ClientRequest echo{Method::post, "/echo"};
      echo.body = to_bytes("client " + std::to_string(id));
      for (int i = 0; i < kCalls; ++i) {
        const auto answer = client.send(echo);
        if (answer && answer->body == echo.body) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  const std::chrono::duration<double> took = steady_clock::now() - begin;
  BOOST_TEST(good.load() == kClients * kCalls);
  BOOST_TEST_MESSAGE(kClients * kCalls / took.count() << " requests/s with handshakes");
}

BOOST_AUTO_TEST_CASE(uploads_in_chunks_keep_memory_flat) {
  Federation federation;
  RunningServer server{example_router(), with_tls(federation)};
  HttpClient client{pinned(server, federation)};
  ClientRequest upload{Method::put, "/chunks/0"};
  upload.body.resize(1024 * 1024, std::byte{7});
  BOOST_REQUIRE(client.send(upload).value().status == 200);
  const auto before = resident_bytes();

  const auto begin = steady_clock::now();
  for (int i = 0; i < 64; ++i) {
    const auto answer = client.send(upload);
    BOOST_REQUIRE(answer.has_value());
    BOOST_REQUIRE(as_text(answer->body) == "1048576");
  }
  const std::chrono::duration<double> took = steady_clock::now() - begin;
  const auto grown = resident_bytes() - std::min(before, resident_bytes());
  BOOST_TEST_MESSAGE(64 / took.count() << " MiB/s; grown by " << grown / 1024 << " KiB");
#ifndef __SANITIZE_ADDRESS__  // Its quarantine keeps freed memory.
  BOOST_TEST(grown < 4U * 1024 * 1024);
#endif
}

BOOST_AUTO_TEST_SUITE_END()
