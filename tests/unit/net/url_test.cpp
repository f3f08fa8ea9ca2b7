#include "base/net/url.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/net/error.hpp"

using namespace guildsum;
using namespace guildsum::net;

BOOST_AUTO_TEST_SUITE(url_test)

BOOST_AUTO_TEST_CASE(origins_are_parsed_and_written_back) {
  const Url named = Url::parse("https://coordinator.example:8443").value();
  BOOST_TEST(named.tls);
  BOOST_TEST(named.host == "coordinator.example");
  BOOST_TEST(named.port == 8443);
  BOOST_TEST(named.text() == "https://coordinator.example:8443");

  const Url address = Url::parse("http://127.0.0.1/").value();
  BOOST_TEST(!address.tls);
  BOOST_TEST(address.host == "127.0.0.1");
  BOOST_TEST(address.port == 80);

  const Url ipv6 = Url::parse("https://[::1]:9").value();
  BOOST_TEST(ipv6.host == "::1");
  BOOST_TEST(ipv6.authority() == "[::1]:9");
  BOOST_TEST((Url::parse(ipv6.text()).value() == ipv6));
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused_with_its_reason) {
  for (const char* bad : {"", "coordinator.example", "ftp://a", "https://", "https://a/path",
                          "https://a?x=1", "https://a#f", "https://user@a", "https://a:0",
                          "https://a:65536", "https://a:x", "https://a b", "//a"}) {
    const auto parsed = Url::parse(bad);
    BOOST_TEST_CONTEXT(bad) {
      BOOST_TEST((parsed.error() == NetErrc::invalid_url));
      BOOST_TEST(!parsed.error().detail().empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(percent_encoding_is_undone_by_decoding) {
  const std::string text = "a b/c?d=ü+%";

  BOOST_TEST(percent_encode(text) == "a%20b%2Fc%3Fd%3D%C3%BC%2B%25");
  BOOST_TEST(percent_decode(percent_encode(text)).value() == text);
  BOOST_TEST(percent_decode("a+b").value() == "a+b");
  BOOST_TEST(percent_decode("%41%7e").value() == "A~");
}

BOOST_AUTO_TEST_CASE(bad_escapes_and_control_characters_are_refused) {
  for (const char* bad : {"%", "%4", "a%4", "%zz", "%0a", "%00", "%7f", "\n"}) {
    BOOST_TEST((percent_decode(bad).error() == BaseErrc::malformed));
  }
}

BOOST_AUTO_TEST_CASE(loopback_is_recognised) {
  for (const char* local : {"127.0.0.1", "127.8.0.1", "::1", "localhost"}) {
    BOOST_TEST(is_loopback(local));
  }
  for (const char* remote : {"0.0.0.0", "192.0.2.1", "::", "localhost.example", ""}) {
    BOOST_TEST(!is_loopback(remote));
  }
}

BOOST_AUTO_TEST_SUITE_END()
