#include "base/net/client.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

/// Plays one script per accepted connection; for what a good server never does.
class ScriptedServer {
 public:
  using Script = std::function<void(int fd)>;
  explicit ScriptedServer(std::vector<Script> scripts) : fd_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BOOST_REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    BOOST_REQUIRE(::listen(fd_, 8) == 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    config.url.tls = false;
    config.url.host = "127.0.0.1";
    config.url.port = ntohs(address.sin_port);
    thread_ = std::thread{[this, scripts = std::move(scripts)] {
      for (const auto& script : scripts) {
        const int connection = ::accept(fd_, nullptr, nullptr);
        if (connection < 0) return;
        script(connection);
        ::close(connection);
      }
    }};
  }
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  ClientConfig config;

 private:
  int fd_;
  std::thread thread_;
};

void read_request(int fd) {
  std::string text;
  std::array<char, 4096> piece;
  while (text.find("\r\n\r\n") == std::string::npos) {
    const auto got = ::recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0) return;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

void say(int fd, std::string_view text) { ::send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

void answer_once(int fd) {
  read_request(fd);
  say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

/// Answers one request, takes the next one and hangs up: a kept connection that went stale.
void answer_and_drop(int fd) {
  answer_once(fd);
  read_request(fd);
}

ScriptedServer::Script saying(std::string text) {
  return [text = std::move(text)](int fd) {
    read_request(fd);
    say(fd, text);
  };
}

ScriptedServer::Script silent_for(std::chrono::milliseconds duration) {
  return [duration](int fd) {
    read_request(fd);
    std::this_thread::sleep_for(duration);
  };
}

ClientRequest get(std::string target) { return ClientRequest{Method::get, std::move(target)}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(client_test)

BOOST_AUTO_TEST_CASE(calls_share_one_connection) {
  RunningServer server{example_router()};
  HttpClient client{server.client_config()};

  for (int i = 0; i < 10; ++i) BOOST_TEST(client.send(get("/hello")).value().status == 200);
  BOOST_TEST(server.server().connections() == 1U);
}

BOOST_AUTO_TEST_CASE(statuses_are_answers_and_not_errors) {
  RunningServer server{example_router()};
  HttpClient client{server.client_config()};

  const auto missing = client.send(get("/none")).value();
  BOOST_TEST(missing.status == 404);
  BOOST_TEST(missing.problem_code() == "not_found");
  BOOST_TEST(client.send(ClientRequest{Method::head, "/hello"}).value().body.empty());
  BOOST_TEST(client.send(get("/hello")).value().ok());
}

BOOST_AUTO_TEST_CASE(a_repeatable_call_survives_a_stale_connection) {
  ScriptedServer server{{answer_and_drop, answer_once}};
  HttpClient client{std::move(server.config)};

  BOOST_TEST(client.send(get("/")).value().status == 200);
  BOOST_TEST(client.send(get("/")).value().status == 200);
}

BOOST_AUTO_TEST_CASE(a_post_is_never_sent_twice) {
  ScriptedServer server{{answer_and_drop, answer_once}};
  HttpClient client{std::move(server.config)};

  BOOST_TEST(client.send(get("/")).value().status == 200);
  const auto answer = client.send(ClientRequest{Method::post, "/"});
  BOOST_TEST((answer.error() == NetErrc::connection_lost));
}

BOOST_AUTO_TEST_CASE(a_fresh_connection_that_drops_is_not_tried_again) {
  ScriptedServer server{{read_request, answer_once}};
  HttpClient client{std::move(server.config)};

  BOOST_TEST((client.send(get("/")).error() == NetErrc::connection_lost));
}

BOOST_AUTO_TEST_CASE(a_message_bound_to_its_connection_does_not_move_to_another) {
  ScriptedServer server{{answer_and_drop, answer_once}};
  HttpClient client{std::move(server.config)};
  ClientRequest bound = get("/");
  bound.same_connection = true;

  BOOST_TEST((client.send(bound).error() == NetErrc::connection_lost));  // None is open yet.
  BOOST_REQUIRE(client.connect().has_value());
  BOOST_TEST(client.send(bound).value().status == 200);
  BOOST_TEST((client.send(bound).error() == NetErrc::connection_lost));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_cut_is_lost_and_not_repeated) {
  ScriptedServer server{{saying("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"), answer_once}};
  HttpClient client{std::move(server.config)};

  BOOST_TEST((client.send(get("/")).error() == NetErrc::connection_lost));
}

BOOST_AUTO_TEST_CASE(another_protocol_is_an_error_of_its_own) {
  ScriptedServer server{{saying("SSH-2.0-OpenSSH_9.2\r\n\r\n")}};
  HttpClient client{std::move(server.config)};

  BOOST_TEST((client.send(get("/")).error() == NetErrc::protocol_error));
}

BOOST_AUTO_TEST_CASE(tls_to_a_plain_port_is_a_protocol_error) {
  Federation federation;
  RunningServer server{example_router()};
  ClientConfig config = server.client_config();
  config.url.tls = true;
  config.tls.root_pin = federation.pin();
  HttpClient client{std::move(config)};

  BOOST_TEST((client.send(get("/hello")).error() == NetErrc::protocol_error));
}

BOOST_AUTO_TEST_CASE(an_answer_beyond_the_limit_is_too_large) {
  ScriptedServer server{{saying("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n")}};
  HttpClient client{std::move(server.config)};
  ClientRequest request = get("/");
  request.response_limit_bytes = 100;

  BOOST_TEST((client.send(request).error() == NetErrc::too_large));
}

BOOST_AUTO_TEST_CASE(a_silent_server_times_out) {
  ScriptedServer server{{silent_for(400ms)}};
  HttpClient client{std::move(server.config)};
  ClientRequest request = get("/");
  request.deadline = 100ms;

  const auto begin = steady_clock::now();
  BOOST_TEST((client.send(request).error() == NetErrc::timed_out));
  BOOST_TEST((steady_clock::now() - begin < 350ms));
}

BOOST_AUTO_TEST_CASE(a_closed_port_and_an_unknown_name_are_unreachable) {
  ClientConfig config;
  config.url = Url::parse("http://127.0.0.1:1").value();
  BOOST_TEST((HttpClient{std::move(config)}.send(get("/")).error() == NetErrc::unreachable));
}

BOOST_AUTO_TEST_CASE(a_blocked_call_is_woken_by_cancel_and_later_ones_fail_at_once) {
  ScriptedServer server{{silent_for(400ms)}};
  HttpClient client{std::move(server.config)};
  std::thread other{[&client] {
    std::this_thread::sleep_for(50ms);
    client.cancel();
  }};

  const auto begin = steady_clock::now();
  BOOST_TEST((client.send(get("/")).error() == NetErrc::cancelled));
  BOOST_TEST((steady_clock::now() - begin < 350ms));
  BOOST_TEST((client.send(get("/")).error() == NetErrc::cancelled));
  other.join();
}

BOOST_AUTO_TEST_CASE(a_refused_upload_still_gets_its_answer) {
  RunningServer server{example_router()};
  HttpClient client{server.client_config()};
  ClientRequest upload{Method::post, "/echo"};
  upload.body.resize(8 * 1024 * 1024);

  BOOST_TEST(client.send(upload).value().status == 413);
  BOOST_TEST(client.send(get("/hello")).value().status == 200);
}

BOOST_AUTO_TEST_CASE(traffic_counts_what_crosses_the_wire) {
  RunningServer server{example_router()};
  HttpClient client{server.client_config()};
  ClientRequest upload{Method::put, "/chunks/0"};
  upload.body.resize(1024 * 1024);

  BOOST_TEST(client.send(upload).value().status == 200);

  const auto sent = client.traffic().sent;
  BOOST_TEST(sent > upload.body.size());
  BOOST_TEST(sent < upload.body.size() + 200);
  BOOST_TEST(client.traffic().received > 50U);
}

BOOST_AUTO_TEST_CASE(what_would_break_the_request_apart_is_refused) {
  RunningServer server{example_router()};
  HttpClient client{server.client_config()};
  ClientRequest field = get("/hello");
  field.headers.add("X", "a\r\nY: b");

  BOOST_TEST((client.send(field).error() == BaseErrc::invalid_argument));
  BOOST_TEST((client.send(get("/a b")).error() == BaseErrc::invalid_argument));
  BOOST_TEST((client.send(get("hello")).error() == BaseErrc::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()
