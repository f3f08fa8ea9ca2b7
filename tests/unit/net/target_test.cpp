#include "base/net/detail/target.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;
using guildsum::net::detail::parse_target;

BOOST_AUTO_TEST_SUITE(target_test)

BOOST_AUTO_TEST_CASE(path_and_query_are_decoded) {
  const auto target = parse_target("/v1/a%20b/?after=3.0&name=%C3%BC&flag&x=a=b").value();

  BOOST_TEST(target.path == "/v1/a b/");
  BOOST_TEST(target.segments.size() == 3U);
  BOOST_TEST(target.segments[1] == "a b");
  BOOST_TEST(target.segments[2].empty());
  BOOST_TEST(target.query.at("after") == "3.0");
  BOOST_TEST(target.query.at("name") == "ü");
  BOOST_TEST(target.query.at("flag").empty());
  BOOST_TEST(target.query.at("x") == "a=b");
}

BOOST_AUTO_TEST_CASE(the_root_has_one_empty_segment) {
  const auto target = parse_target("/").value();
  BOOST_TEST(target.path == "/");
  BOOST_TEST(target.segments.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ambiguous_targets_are_refused) {
  for (const char* bad :
       {"", "*", "v1", "http://c/v1", "/a#b", "/../etc/passwd", "/a/../b", "/./a", "/%2e%2e/a",
        "/a%2Fb", "/v1/%00", "/%", "/a?x=1&x=2", "/a?=1", "/a?x=%0d%0a"}) {
    BOOST_TEST_CONTEXT(bad) { BOOST_TEST((parse_target(bad).error() == BaseErrc::malformed)); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
