#include <boost/test/unit_test.hpp>

#include "base/config/reader.hpp"
#include "base/errors.hpp"

using namespace guildsum;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(duration_test)

BOOST_AUTO_TEST_CASE(a_whole_number_with_one_unit_is_a_duration) {
  BOOST_TEST((config::parse_duration("250ms").value() == 250ms));
  BOOST_TEST((config::parse_duration("30s").value() == 30s));
  BOOST_TEST((config::parse_duration("5m").value() == 5min));
  BOOST_TEST((config::parse_duration("2h").value() == 2h));
  BOOST_TEST((config::parse_duration("7d").value() == 168h));
  BOOST_TEST((config::parse_duration("0s").value() == 0s));
}

BOOST_AUTO_TEST_CASE(everything_else_is_refused) {
  for (const char* wrong : {"", "5", "s", "-5s", "1.5s", "5 s", "5sec", "1h30m", "5S", "+5s",
                            "9223372036854775807d", "99999999999999999999s"}) {
    BOOST_TEST((config::parse_duration(wrong).error() == BaseErrc::malformed), wrong);
  }
}

BOOST_AUTO_TEST_CASE(durations_are_written_in_their_largest_exact_unit) {
  for (const char* text : {"1ms", "1500ms", "30s", "90s", "5m", "36h", "7d", "0s"}) {
    BOOST_TEST(config::format_duration(config::parse_duration(text).value()) == text);
  }
  BOOST_TEST(config::format_duration(1000ms) == "1s");
}

BOOST_AUTO_TEST_SUITE_END()
