#include "base/net/detail/message_parser.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "base/net/error.hpp"

using namespace guildsum;
using namespace guildsum::net;
using namespace guildsum::net::detail;

namespace {

/// The status with which a head is refused; 0 if it is accepted.
int refusal_of(const std::string& head) {
  RequestParser parser;
  const auto refusal = parser.parse_head(head);
  return refusal ? refusal->status : 0;
}

std::string chunked_head() {
  return "POST /x HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n";
}

/// Feeds `body` in pieces of `step` bytes, showing unused bytes again.
struct Fed {
  std::optional<Refusal> refusal;
  bool done = false;
  std::size_t unused = 0;
  Bytes body;
};
Fed feed(std::string_view body, std::size_t step, std::size_t limit) {
  RequestParser parser;
  BOOST_REQUIRE(!parser.parse_head(chunked_head()));
  parser.limit_body(limit);
  Fed fed;
  std::string pending;
  while (!fed.done && !fed.refusal && !body.empty()) {
    pending += body.substr(0, step);
    body.remove_prefix(std::min(step, body.size()));
    Progress progress;
    fed.refusal = parser.feed(pending, progress);
    pending.erase(0, progress.consumed);
    fed.done = progress.done;
  }
  fed.unused = pending.size() + body.size();
  fed.body = parser.take_body();
  return fed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_parser_test)

BOOST_AUTO_TEST_CASE(a_head_becomes_method_target_and_fields) {
  RequestParser parser;
  const auto refusal = parser.parse_head(
      "PUT /v1/x?y=1 HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n");

  BOOST_REQUIRE(!refusal);
  BOOST_TEST((parser.head().method == Method::put));
  BOOST_TEST(parser.head().target == "/v1/x?y=1");
  BOOST_TEST(parser.head().content_length.value() == 5U);
  BOOST_TEST(parser.head().expects_continue);
  BOOST_TEST(parser.head().keep_alive);
  BOOST_TEST(!parser.done());
}

BOOST_AUTO_TEST_CASE(heads_that_mean_two_things_are_refused) {
  const std::string post = "POST /x HTTP/1.1\r\nHost: c\r\n";
  BOOST_TEST(refusal_of("GET / HTTP/1.1\r\n\r\n") == 400);
  BOOST_TEST(refusal_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length: 5, 5\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length: -1\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length: +5\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length:\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length: 99999999999999999999999\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length : 5\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Transfer-Encoding: xchunked\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Transfer-Encoding: identity\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Transfer-Encoding:\tchunked, identity\r\n\r\n") == 400);
  BOOST_TEST(refusal_of(post + "Transfer-Encoding: gzip, chunked\r\n\r\n") == 400);
  BOOST_TEST(refusal_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  BOOST_TEST(refusal_of("GET / HTTP/9.9\r\nHost: c\r\n\r\n") == 505);
  BOOST_TEST(refusal_of(post + "Expect: tea\r\n\r\n") == 417);
  BOOST_TEST(refusal_of(post + "Transfer-Encoding:\tChunked\r\n\r\n") == 0);
}

BOOST_AUTO_TEST_CASE(fields_are_limited_in_number) {
  std::string head = "GET / HTTP/1.1\r\nHost: c\r\n";
  for (std::size_t i = 1; i < kFieldsMax; ++i) head += "X-" + std::to_string(i) + ": 1\r\n";

  BOOST_TEST(refusal_of(head + "\r\n") == 0);
  BOOST_TEST(refusal_of(head + "X-More: 1\r\n\r\n") == 431);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_joined_however_it_is_cut) {
  const std::string body = "5\r\nhello\r\n7;ext=1\r\n, world\r\n0\r\nTrailer: x\r\n\r\nGET /next";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    const Fed fed = feed(body, step, 100);
    BOOST_REQUIRE(!fed.refusal);
    BOOST_TEST(fed.done);
    BOOST_TEST(as_text(fed.body) == "hello, world");
    BOOST_TEST(fed.unused == 9U);
  }
}

BOOST_AUTO_TEST_CASE(bad_chunks_are_refused) {
  for (const char* bad : {"0x5\r\nhello\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "-5\r\nhello\r\n",
                          "fffffffffffffffff\r\n", "\r\n\r\n", "5 5\r\nhello\r\n"}) {
    for (const std::size_t step : {1U, 64U}) {
      const Fed fed = feed(bad, step, 100);
      BOOST_TEST_CONTEXT(bad) {
        BOOST_REQUIRE(fed.refusal.has_value());
        BOOST_TEST(fed.refusal->status / 100 == 4);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_chunked_body_ends_at_its_limit) {
  BOOST_TEST(feed("5\r\nhello\r\n0\r\n\r\n", 64, 5).done);
  BOOST_TEST(feed("5\r\nhello\r\n1\r\n!\r\n", 64, 5).refusal->status == 413);
  BOOST_TEST(feed("6\r\n", 64, 5).refusal->status == 413);
  BOOST_TEST(feed("7fffffffffffffff\r\n", 64, 5).refusal->status == 413);
}

BOOST_AUTO_TEST_CASE(a_response_is_parsed_and_interim_ones_are_skipped) {
  const std::string bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello";
  for (const std::size_t step : {1UL, 7UL, bytes.size()}) {
    ResponseParser parser{false, 100};
    std::string pending;
    bool done = false;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      pending += bytes.substr(at, step);
      const auto progress = parser.feed(pending).value();
      pending.erase(0, progress.consumed);
      done = progress.done;
    }
    BOOST_REQUIRE(done);
    BOOST_TEST(parser.keep_alive());
    const Response response = parser.take();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(as_text(response.body) == "hello");
    BOOST_TEST(response.headers.find("x").value() == "y");
  }
}

BOOST_AUTO_TEST_CASE(a_response_without_length_ends_with_the_connection) {
  ResponseParser parser{false, 100};
  BOOST_TEST(!parser.feed("HTTP/1.1 200 OK\r\n\r\n").value().done);
  BOOST_TEST(!parser.feed("hello").value().done);
  BOOST_TEST(parser.end_of_stream().has_value());
  BOOST_TEST(!parser.keep_alive());
  BOOST_TEST(as_text(parser.take().body) == "hello");
}

BOOST_AUTO_TEST_CASE(a_response_that_is_cut_or_too_large_is_an_error) {
  ResponseParser cut{false, 100};
  BOOST_TEST(!cut.feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell").value().done);
  BOOST_TEST((cut.end_of_stream().error() == NetErrc::connection_lost));

  ResponseParser large{false, 4};
  BOOST_TEST((large.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").error() ==
              NetErrc::too_large));
  ResponseParser other{false, 4};
  BOOST_TEST((other.feed("SSH-2.0-OpenSSH\r\n\r\n").error() == NetErrc::protocol_error));
}

BOOST_AUTO_TEST_CASE(the_answer_to_head_has_no_body) {
  ResponseParser parser{true, 100};
  BOOST_TEST(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").value().done);
}

BOOST_AUTO_TEST_SUITE_END()
