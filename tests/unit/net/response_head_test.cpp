#include "base/net/detail/response_head.hpp"

#include <boost/test/unit_test.hpp>

using namespace guildsum::net;
using guildsum::net::detail::encode_response_head;
using guildsum::net::detail::http_date;

BOOST_AUTO_TEST_SUITE(response_head_test)

BOOST_AUTO_TEST_CASE(dates_have_the_form_of_http) {
  BOOST_TEST(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");  // RFC 9110, 5.6.7.
}

BOOST_AUTO_TEST_CASE(a_head_states_length_type_and_end_of_connection) {
  const auto head = encode_response_head(Response::text("hello"), false, 784111777);

  BOOST_TEST(head ==
             "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
             "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
             "Content-Length: 5\r\nConnection: close\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(an_answer_without_content_has_no_length) {
  const auto head = encode_response_head(Response::no_content(), true, 0);

  BOOST_TEST(head.find("Content-Length") == std::string::npos);
  BOOST_TEST(head.find("Connection") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_field_cannot_break_out_of_the_head) {
  Response response;
  response.headers.add("X-A", "a\r\nSet-Cookie: b");
  response.headers.add("X B", "c");
  response.headers.add("Content-Length", "99");
  response.headers.add("X-Good", "d");

  const auto head = encode_response_head(response, true, 0);

  BOOST_TEST(head.find("Set-Cookie") == std::string::npos);
  BOOST_TEST(head.find("X B") == std::string::npos);
  BOOST_TEST(head.find("Content-Length: 0\r\n") != std::string::npos);
  BOOST_TEST(head.find("99") == std::string::npos);
  BOOST_TEST(head.find("X-Good: d\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
