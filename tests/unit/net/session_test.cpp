#include "base/net/detail/session.hpp"

#include <chrono>
#include <fstream>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

struct Setup {
  static ServerConfig quick() {
    ServerConfig config;
    config.deadlines.header = 300ms;
    config.deadlines.idle = 2s;
    return config;
  }
  static Router routes() {
    Router router = example_router();
    RouteOptions secured;
    secured.requires_client_certificate = true;
    router.get("/secured", secured, answer_with([](const Request&) { return Response{200}; }));
    RouteOptions frames;
    frames.content_type = "application/octet-stream";
    frames.body_deadline = 300ms;
    router.post("/frames", frames, answer_with([](const Request& request) {
                  return Response::text(std::to_string(request.body.size()));
                }));
    router.get("/large", RouteOptions{}, answer_with([](const Request&) {
                 return Response::bytes(Bytes(1024 * 1024, std::byte{'x'}));
               }));
    router.get("/broken", RouteOptions{}, answer_with([](const Request&) -> Response {
                 throw std::runtime_error{"a handler's secret"};
               }));
    router.get("/show/{name}", RouteOptions{}, answer_with([](const Request& request) {
                 return Response::text(request.parameters.at("name") + "|" +
                                       std::string{request.query_text("q")} + "|" +
                                       std::string{request.headers.find("x-test").value_or("")});
               }));
    return router;
  }
  /// Everything the server sends for `bytes` until it closes.
  std::string exchange(std::string_view bytes) {
    RawConnection connection{server.url().port};
    connection.send(bytes);
    return connection.receive();
  }
  RunningServer server{routes(), quick()};
};

const std::string kClose = "Host: c\r\nConnection: close\r\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(session_test, Setup)

BOOST_AUTO_TEST_CASE(a_handler_sees_the_decoded_request) {
  const auto answer =
      exchange("GET /show/a%20b?q=%C3%BC HTTP/1.1\r\nX-Test: y\r\n" + kClose + "\r\n");

  BOOST_TEST(status_of(answer) == 200);
  BOOST_TEST(answer.ends_with("\r\n\r\na b|ü|y"));
}

BOOST_AUTO_TEST_CASE(malformed_requests_get_one_4xx_and_nothing_behind_them_is_read) {
  const std::string head = "POST /echo HTTP/1.1\r\nHost: c\r\n";
  const std::vector<std::string> requests{
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
      head +
          "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
          "GET /hello HTTP/1.1\r\nHost: c\r\n\r\n",
      head + "Content-Length: -1\r\n\r\n",
      head + "Content-Length: +5\r\n\r\nhello",
      head + "Content-Length: 99999999999999999999999\r\n\r\n",
      head + "Content-Length: 5, 5\r\n\r\nhello",
      head + "Content-Length : 5\r\n\r\nhello",
      "GET /hello HTTP/1.1\r\nHost: c\r\nX-A: b\r\n c\r\n\r\n",
      "GET /hello HTTP/1.1\r\nHost: c\r\nX-A: a\0b\r\n\r\n"s,
      "GET /hello HTTP/1.1\nHost: c\n\n",
      head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      head + "Transfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
      head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n",
      "\x01\x02 / HTTP/1.1\r\nHost: c\r\n\r\n",
      "\x16\x03\x01\x02\x00"s,
      "GET /../../etc/passwd HTTP/1.1\r\n" + kClose + "\r\n",
      "GET /v1/%00 HTTP/1.1\r\n" + kClose + "\r\n"};
  for (const auto& request : requests) {
    const auto answer = exchange(request);
    BOOST_TEST_CONTEXT(request) {
      BOOST_TEST(status_of(answer) / 100 == 4);
      BOOST_TEST(count_of(answer, "HTTP/1.1 4") + count_of(answer, "HTTP/1.1 2") == 1U);
      BOOST_TEST(answer.find("\"code\":\"") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(another_version_and_an_unfinished_line_are_refused) {
  BOOST_TEST(status_of(exchange("GET / HTTP/9.9\r\nHost: c\r\n\r\n")) == 505);
  const auto answer = exchange("GET /\r\n");
  BOOST_TEST(status_of(answer) == 408);
}

BOOST_AUTO_TEST_CASE(unknown_paths_and_methods_are_told_apart_on_one_connection) {
  const auto answer = exchange(
      "GET /nowhere HTTP/1.1\r\nHost: c\r\n\r\n"
      "GET /echo HTTP/1.1\r\nHost: c\r\n\r\n"
      "TEAPOT /echo HTTP/1.1\r\nHost: c\r\n\r\n"
      "GET /secured HTTP/1.1\r\n" +
      kClose + "\r\n");

  BOOST_TEST(status_of(answer) == 404);
  BOOST_TEST(count_of(answer, "HTTP/1.1 405 ") == 2U);
  BOOST_TEST(count_of(answer, "Allow: POST\r\n") == 2U);
  BOOST_TEST(count_of(answer, "HTTP/1.1 401 ") == 1U);
  BOOST_TEST(count_of(answer, "client_certificate_required") == 1U);
}

BOOST_AUTO_TEST_CASE(requests_sent_ahead_are_answered_in_order) {
  std::string requests;
  for (int i = 0; i < 500; ++i) {
    requests += "GET /show/" + std::to_string(i) + " HTTP/1.1\r\nHost: c\r\n\r\n";
  }
  const auto answer = exchange(requests + "GET /hello HTTP/1.1\r\n" + kClose + "\r\n");

  BOOST_TEST(count_of(answer, "HTTP/1.1 200 OK") == 501U);
  BOOST_TEST(answer.find("7||") < answer.find("499||"));
}

BOOST_AUTO_TEST_CASE(a_declared_body_beyond_the_limit_is_refused_before_it_is_sent) {
  const auto before = resident_bytes();
  const auto answer =
      exchange("POST /echo HTTP/1.1\r\nHost: c\r\nContent-Length: 1073741824\r\n\r\n");

  BOOST_TEST(status_of(answer) == 413);
  BOOST_TEST(answer.find("\"code\":\"payload_too_large\"") != std::string::npos);
  BOOST_TEST(resident_bytes() < before + 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not) {
  const auto post = [this](std::size_t size) {
    return exchange("POST /echo HTTP/1.1\r\nContent-Length: " + std::to_string(size) + "\r\n" +
                    kClose + "\r\n" + std::string(size, 'x'));
  };
  const auto good = post(64 * 1024);
  BOOST_TEST(status_of(good) == 200);
  BOOST_TEST(good.ends_with(std::string(64 * 1024, 'x')));
  // The client is still sending when the refusal comes, and can read it all the same.
  BOOST_TEST(status_of(post(64 * 1024 + 1)) == 413);
  BOOST_TEST(status_of(post(4 * 1024 * 1024)) == 413);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_arrives_whole_and_an_endless_one_ends_at_the_limit) {
  const std::string head =
      "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kClose + "\r\n";
  const auto good = exchange(head + "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
  BOOST_TEST(good.ends_with("\r\n\r\nhello!"));

  std::string endless = head;
  for (int i = 0; i < 100; ++i) endless += "400\r\n" + std::string(1024, 'x') + "\r\n";
  BOOST_TEST(status_of(exchange(endless)) == 413);
}

BOOST_AUTO_TEST_CASE(a_chunk_header_split_from_its_line_end_does_not_spin) {
  RawConnection connection{server.url().port};
  connection.send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kClose + "\r\n5");
  for (const char* piece : {"\r", "\nhel", "lo\r", "\n0", "\r\n\r", "\n"}) {
    std::this_thread::sleep_for(2ms);  // So that each piece is one read of the server.
    connection.send(piece);
  }
  BOOST_TEST(connection.receive().ends_with("\r\n\r\nhello"));
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_is_told_to_continue) {
  RawConnection connection{server.url().port};
  connection.send("POST /echo HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n" + kClose +
                  "\r\n");
  BOOST_TEST(connection.receive("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send("hello");
  BOOST_TEST(connection.receive().ends_with("\r\n\r\nhello"));
}

BOOST_AUTO_TEST_CASE(encoded_bodies_and_other_media_types_are_refused) {
  const auto post = [this](const std::string& fields) {
    return exchange("POST /frames HTTP/1.1\r\nContent-Length: 2\r\n" + fields + kClose + "\r\nhi");
  };
  BOOST_TEST(status_of(post("Content-Type: application/octet-stream\r\n")) == 200);
  BOOST_TEST(status_of(post("Content-Type: Application/Octet-Stream; x=y\r\n")) == 200);
  BOOST_TEST(status_of(post("Content-Type: application/json\r\n")) == 415);
  BOOST_TEST(status_of(post("")) == 415);
  const auto encoded = post("Content-Type: application/octet-stream\r\nContent-Encoding: gzip\r\n");
  BOOST_TEST(status_of(encoded) == 415);
  BOOST_TEST(encoded.find("unsupported_content_encoding") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(heads_are_limited_in_size_and_fields) {
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  BOOST_TEST(status_of(exchange("GET /hello HTTP/1.1\r\n" + many + kClose + "\r\n")) == 431);

  const std::string large(1024 * 1024, 'x');
  BOOST_TEST(status_of(exchange("GET /hello HTTP/1.1\r\nX: " + large + "\r\n\r\n")) == 431);
  BOOST_TEST(status_of(exchange("GET /" + large + " HTTP/1.1\r\n" + kClose + "\r\n")) == 414);
}

BOOST_AUTO_TEST_CASE(slow_heads_and_slow_bodies_meet_their_deadline) {
  const auto begin = std::chrono::steady_clock::now();
  const auto slow_head = exchange("GET /hello HTTP/1.1\r\nHost:");
  const auto took = std::chrono::steady_clock::now() - begin;

  BOOST_TEST(status_of(slow_head) == 408);
  BOOST_TEST((took >= 280ms && took < 2s));
  const auto slow_body = exchange(
      "POST /frames HTTP/1.1\r\nHost: c\r\nContent-Type: application/octet-stream\r\n"
      "Content-Length: 5\r\n\r\nhel");
  BOOST_TEST(status_of(slow_body) == 408);
}

BOOST_AUTO_TEST_CASE(dripping_bytes_do_not_extend_the_deadline_of_a_head) {
  RawConnection connection{server.url().port};
  const auto begin = std::chrono::steady_clock::now();
  std::thread drip{[&connection] {
    for (int i = 0; i < 100 && connection.send(i == 0 ? "G" : "E"); ++i) {
      std::this_thread::sleep_for(20ms);
    }
  }};
  const auto answer = connection.receive("timeout");
  BOOST_TEST((std::chrono::steady_clock::now() - begin < 1500ms));
  BOOST_TEST(status_of(answer) == 408);
  drip.join();
}

BOOST_AUTO_TEST_CASE(a_thrown_exception_is_500_and_tells_the_log_only) {
  const auto answer = exchange("GET /broken HTTP/1.1\r\n" + kClose + "\r\n");

  BOOST_TEST(status_of(answer) == 500);
  BOOST_TEST(answer.find("secret") == std::string::npos);
  BOOST_TEST(server.log().last("net.handler_failed").fields.at("reason") == "a handler's secret");
}

BOOST_AUTO_TEST_CASE(head_requests_get_the_length_without_the_body) {
  const auto answer = exchange("HEAD /large HTTP/1.1\r\n" + kClose + "\r\n");

  BOOST_TEST(status_of(answer) == 200);
  BOOST_TEST(answer.find("Content-Length: 1048576\r\n") != std::string::npos);
  BOOST_TEST(answer.ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(large_answers_go_out_whole) {
  const auto answer = exchange("GET /large HTTP/1.1\r\n" + kClose + "\r\n");

  BOOST_TEST(answer.size() > 1024U * 1024U);
  BOOST_TEST(answer.ends_with(std::string(1024, 'x')));
}

BOOST_AUTO_TEST_CASE(an_older_client_is_answered_and_left) {
  const auto answer = exchange("GET /hello HTTP/1.0\r\n\r\n");

  BOOST_TEST(status_of(answer) == 200);
  BOOST_TEST(answer.find("Connection: close") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
