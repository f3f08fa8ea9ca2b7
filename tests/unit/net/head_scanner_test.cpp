#include "base/net/detail/head_scanner.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using guildsum::net::detail::HeadScanner;
using State = HeadScanner::State;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(head_scanner_test)

BOOST_AUTO_TEST_CASE(a_head_is_complete_at_its_empty_line_however_it_is_cut) {
  const std::string head = "GET / HTTP/1.1\r\nHost: c\r\nX: a\tb\r\n\r\n";
  const std::string bytes = head + "body\n";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    HeadScanner scanner;
    auto state = State::incomplete;
    for (std::size_t end = step; state == State::incomplete; end += step) {
      state = scanner.scan(std::string_view{bytes}.substr(0, end));
    }
    BOOST_TEST((state == State::complete));
    BOOST_TEST(scanner.length() == head.size());
  }
}

BOOST_AUTO_TEST_CASE(an_unfinished_head_is_incomplete) {
  for (const char* bytes : {"", "G", "GET / HTTP/1.1", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\n",
                            "GET / HTTP/1.1\r\nHost: c\r\n\r"}) {
    BOOST_TEST((HeadScanner{}.scan(bytes) == State::incomplete));
  }
}

BOOST_AUTO_TEST_CASE(what_parsers_read_differently_is_malformed) {
  for (const auto& bytes :
       {"GET / HTTP/1.1\nHost: c\n\n"s, "GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n"s,
        "GET / HTTP/1.1\r\nX: a\r\n\tb\r\n\r\n"s, "GET / HTTP/1.1\r\nX: a\0b\r\n\r\n"s,
        "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n"s, "GET / HTTP/1.1\r\n Host: c\r\n\r\n"s,
        "\x16\x03\x01\x02\x00"s, "\r\nGET / HTTP/1.1\r\n\r\n"s, "GET /\x7f HTTP/1.1\r\n\r\n"s}) {
    BOOST_TEST((HeadScanner{}.scan(bytes) == State::malformed));
  }
}

BOOST_AUTO_TEST_CASE(it_knows_whether_the_request_line_has_ended) {
  HeadScanner scanner;
  scanner.scan("GET /aaaa");
  BOOST_TEST(!scanner.in_fields());
  scanner.scan("GET /aaaa HTTP/1.1\r\nX");
  BOOST_TEST(scanner.in_fields());
}

BOOST_AUTO_TEST_SUITE_END()
