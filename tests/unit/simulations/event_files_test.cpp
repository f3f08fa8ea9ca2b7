#include "simulations/event_files.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using models::PastPurchase;
using test::must;
using test::refused;

UserPurchases read(std::string_view text) {
  UserPurchases rows;
  must(add_events(text, "file", rows));
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_files_test)

BOOST_AUTO_TEST_CASE(tabs_and_commas_tell_an_event_file) {
  BOOST_TEST(is_event_file("1\t2\n"));
  BOOST_TEST(is_event_file("user,item\n1,2\n"));
  BOOST_TEST(!is_event_file("1 2 3\n4\t5\n"));
  BOOST_TEST(!is_event_file(""));
}

BOOST_AUTO_TEST_CASE(time_and_weight_may_be_left_out) {
  const auto rows = read("1\t5\t100\t2.5\n0,3\n1,6,90\r\n\n1\t7\t\t4\n");
  BOOST_TEST_REQUIRE(rows.size() == 2U);
  BOOST_TEST((rows[0] == std::vector<PastPurchase>{{3, 0, 1}}));
  BOOST_TEST((rows[1] == std::vector<PastPurchase>{{5, 100, 2.5F}, {6, 90, 1}, {7, 0, 4}}));
}

BOOST_AUTO_TEST_CASE(a_header_is_skipped_and_files_add_up) {
  UserPurchases rows;
  must(add_events("user,item,timestamp\n0,1,5.9\n", "a", rows));
  must(add_events("0\t2\n", "b", rows));
  BOOST_TEST((rows[0] == std::vector<PastPurchase>{{1, 5, 1}, {2, 0, 1}}));
}

BOOST_AUTO_TEST_CASE(lines_that_are_no_event_are_refused_with_their_place) {
  const auto add = [](std::string_view text) {
    UserPurchases rows;
    return add_events(text, "file", rows);
  };
  BOOST_TEST(refused(add("0,1\nx,2\n"), "file:2: 'x' is no user"));
  BOOST_TEST(refused(add("0,1\n0,-2\n"), "file:2: '-2' is no item"));
  BOOST_TEST(refused(add("0,1,soon\n"), "file:1: 'soon' is no timestamp"));
  BOOST_TEST(refused(add("0,1,nan\n"), "file:1: 'nan' is no timestamp"));
  BOOST_TEST(refused(add("0,1,5,0\n"), "file:1: '0' is no weight above 0"));
  BOOST_TEST(refused(add("0,1,5,inf\n"), "file:1: 'inf' is no weight above 0"));
  BOOST_TEST(refused(add("0,1,5,1,9\n"), "file:1: a line is `user item [timestamp] [weight]`"));
  BOOST_TEST(refused(add("0\n"), "file:1: a line is"));
  BOOST_TEST(refused(add("100000000,1\n"), "is no user"));
  BOOST_TEST(refused(add("0,10000000\n"), "is no item"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
