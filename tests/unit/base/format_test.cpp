#include "base/cli/format.hpp"

#include <boost/test/unit_test.hpp>

using namespace guildsum::cli;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(format_test)

BOOST_AUTO_TEST_CASE(counts_have_thousands_separators) {
  BOOST_TEST(format_count(0) == "0");
  BOOST_TEST(format_count(999) == "999");
  BOOST_TEST(format_count(1000) == "1,000");
  BOOST_TEST(format_count(541'909) == "541,909");
  BOOST_TEST(format_count(18446744073709551615U) == "18,446,744,073,709,551,615");
}

BOOST_AUTO_TEST_CASE(sizes_have_three_digits_and_a_decimal_unit) {
  BOOST_TEST(format_bytes(999) == "999 B");
  BOOST_TEST(format_bytes(1000) == "1.00 kB");
  BOOST_TEST(format_bytes(38'400'000) == "38.4 MB");
  BOOST_TEST(format_bytes(999'499) == "999 kB");
  BOOST_TEST(format_bytes(999'500) == "1.00 MB");
  BOOST_TEST(format_bytes(18446744073709551615U) == "18.4 EB");
}

BOOST_AUTO_TEST_CASE(durations_have_at_most_two_units) {
  BOOST_TEST(format_duration(0ms) == "0 ms");
  BOOST_TEST(format_duration(999ms) == "999 ms");
  BOOST_TEST(format_duration(12'345ms) == "12.3 s");
  BOOST_TEST(format_duration(59'999ms) == "59.9 s");
  BOOST_TEST(format_duration(243s) == "4 min 3 s");
  BOOST_TEST(format_duration(240s) == "4 min");
  BOOST_TEST(format_duration(125min + 59s) == "2 h 5 min");
  BOOST_TEST(format_duration(76h) == "3 d 4 h");
  BOOST_TEST(format_duration(-2s) == "-2.0 s");
}

BOOST_AUTO_TEST_CASE(fixed_point_does_not_depend_on_the_locale) {
  BOOST_TEST(format_fixed(0.0896, 4) == "0.0896");
  BOOST_TEST(format_fixed(1234.5, 1) == "1234.5");
  BOOST_TEST(format_fixed(-2, 0) == "-2");
}

BOOST_AUTO_TEST_CASE(width_counts_columns_instead_of_bytes) {
  BOOST_TEST(display_width("abc") == 3U);
  BOOST_TEST(display_width("M\xc3\xbcnchen") == 7U);    // precomposed letter
  BOOST_TEST(display_width("Mu\xcc\x88nchen") == 7U);   // combining mark
  BOOST_TEST(display_width("\xe5\xba\x97") == 2U);      // wide character
  BOOST_TEST(display_width("\xf0\x9f\x98\x80") == 2U);  // emoji
  BOOST_TEST(display_width("\xff\xc3") == 2U);          // invalid bytes
}

BOOST_AUTO_TEST_CASE(fitting_never_cuts_a_character) {
  BOOST_TEST(fit_to_width("M\xc3\xbcnchen", 2) == "M\xc3\xbc");
  BOOST_TEST(fit_to_width("\xe5\xba\x97\xe5\xba\x97", 3) == "\xe5\xba\x97");
  BOOST_TEST(fit_to_width("abc", 10) == "abc");
  BOOST_TEST(fit_to_width("abc", 0).empty());
}

BOOST_AUTO_TEST_CASE(what_a_terminal_would_obey_is_not_printed) {
  BOOST_TEST(printable("M\xc3\xbcnchen \xe5\xba\x97 \xf0\x9f\x98\x80") ==
             "M\xc3\xbcnchen \xe5\xba\x97 \xf0\x9f\x98\x80");
  BOOST_TEST(printable("a\x1b[31mb\x07\n\tc\x7f") == "a?[31mb???c?");
  BOOST_TEST(printable("\xc2\x9b"
                       "2J") == "?2J");                  // CSI as one code point
  BOOST_TEST(printable("a\xe2\x80\xaegpj") == "a?gpj");  // right-to-left override
  BOOST_TEST(printable("\xff\xc3;") == "??;");           // invalid bytes
  BOOST_TEST(printable(std::string_view{"a\0b", 3}) == "a?b");
  BOOST_TEST(printable("").empty());
}

BOOST_AUTO_TEST_SUITE_END()
