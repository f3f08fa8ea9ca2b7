#include "participant/source/time_format.hpp"

#include <set>

#include "base/errors.hpp"
#include "base/log.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

/// The moment in UTC and its format, as text.
std::string parsed(std::string_view text) {
  const auto time = parse_time(text);
  if (time.has_error()) return "refused";
  return to_rfc3339(time->time) + " " + std::string{to_string(time->format)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(time_format_test)

BOOST_AUTO_TEST_CASE(rfc_3339_with_any_offset_and_fraction) {
  BOOST_TEST(parsed("2011-12-09T12:50:00Z") == "2011-12-09T12:50:00.000Z RFC 3339");
  BOOST_TEST(parsed("2011-12-09t12:50:00z") == "2011-12-09T12:50:00.000Z RFC 3339");
  BOOST_TEST(parsed("2011-12-09T12:50:00.5+02:00") == "2011-12-09T10:50:00.500Z RFC 3339");
  BOOST_TEST(parsed("2011-12-31 23:30:00-0130") == "2012-01-01T01:00:00.000Z RFC 3339");
  BOOST_TEST(parsed("2011-12-09T12:50:00.123999Z") == "2011-12-09T12:50:00.123Z RFC 3339");
  BOOST_TEST(parsed("2011-12-09 12:50 +00:00") == "2011-12-09T12:50:00.000Z RFC 3339");
}

BOOST_AUTO_TEST_CASE(times_without_an_offset_are_taken_as_utc) {
  const std::string local = " YYYY-MM-DD HH:MM:SS as UTC";
  BOOST_TEST(parsed("2011-12-09 12:50") == "2011-12-09T12:50:00.000Z" + local);
  BOOST_TEST(parsed("2011-12-09 12:50:59") == "2011-12-09T12:50:59.000Z" + local);
  BOOST_TEST(parsed("2011-12-09T12:50:59") == "2011-12-09T12:50:59.000Z" + local);
  BOOST_TEST(parsed("2011-12-09") == "2011-12-09T00:00:00.000Z YYYY-MM-DD");
  BOOST_TEST(parsed("2012-02-29") == "2012-02-29T00:00:00.000Z YYYY-MM-DD");
}

BOOST_AUTO_TEST_CASE(with_dots_the_day_comes_first_and_slashes_are_refused) {
  const std::string dotted = " DD.MM.YYYY HH:MM:SS as UTC";
  BOOST_TEST(parsed("09.12.2011") == "2011-12-09T00:00:00.000Z" + dotted);
  BOOST_TEST(parsed("09.12.2011 12:50") == "2011-12-09T12:50:00.000Z" + dotted);
  BOOST_TEST(parsed("09.12.2011 12:50:59") == "2011-12-09T12:50:59.000Z" + dotted);
  for (const std::string_view text :
       {"30.02.2012", "13.13.2012", "9.12.2011", "09.12.11", "09.12.2011T12:50", "09.12.2011 ",
        "09/12/2011", "12/09/2011 12:50"}) {
    BOOST_TEST(parsed(text) == "refused", text);
  }
}

BOOST_AUTO_TEST_CASE(the_unit_of_a_number_follows_from_its_size) {
  BOOST_TEST(parsed("1323435000") == "2011-12-09T12:50:00.000Z seconds since 1970");
  BOOST_TEST(parsed("1323435000123") == "2011-12-09T12:50:00.123Z milliseconds since 1970");
  BOOST_TEST(parsed("1323435000123456") == "2011-12-09T12:50:00.123Z microseconds since 1970");
}

BOOST_AUTO_TEST_CASE(the_range_is_1990_to_2100) {
  BOOST_TEST(parsed("1989-12-31T23:59:59Z") == "refused");
  BOOST_TEST(parsed("1990-01-01") == "1990-01-01T00:00:00.000Z YYYY-MM-DD");
  BOOST_TEST(parsed("2099-12-31T23:59:59Z") == "2099-12-31T23:59:59.000Z RFC 3339");
  BOOST_TEST(parsed("2100-01-01") == "refused");
  BOOST_TEST(parsed("1990-01-01T00:30:00+01:00") == "refused");  // Still 1989 in UTC.
  BOOST_TEST(parsed("631151999") == "refused");
  BOOST_TEST(parsed("631152000") == "1990-01-01T00:00:00.000Z seconds since 1970");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  for (const std::string_view text : {"",
                                      " ",
                                      "yesterday",
                                      
                                      "12/9/2011 12:50",
                                      "20111209",
                                      "2011-12-9",
                                      "2011-13-01",
                                      "2011-02-29",
                                      "2011-12-00",
                                      "2011-12-09T",
                                      "2011-12-09 ",
                                      "2011-12-09T12:50Z",
                                      "2011-12-09 24:00",
                                      "2011-12-09 12:60",
                                      "2011-12-09 12:50:61",
                                      "2011-12-09 12:50:00.",
                                      "2011-12-09T12:50:00+2:00",
                                      "2011-12-09T12:50:00Zx",
                                      "2011-12-09 12:50:00 CET",
                                      "-1323435000",
                                      "1323435000.5",
                                      "1323435000 ",
                                      "0x4ee2",
                                      "1e9",
                                      "99999999999999999999",
                                      "9223372036854775807",
                                      "2011-12-09T12:50:00+24:00"}) {
    BOOST_TEST_CONTEXT("\"" << text << "\"") {
      GS_CHECK_FAILS(BaseErrc::malformed, parse_time(text));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_format_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kTimeFormats; ++i)
    names.insert(to_string(static_cast<TimeFormat>(i)));
  BOOST_TEST(names.size() == kTimeFormats);
}

BOOST_AUTO_TEST_SUITE_END()
