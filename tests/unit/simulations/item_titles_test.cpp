#include "simulations/item_titles.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using test::must;
using test::refused;

BOOST_AUTO_TEST_SUITE(item_titles_test)

BOOST_AUTO_TEST_CASE(titles_stand_in_the_third_column) {
  const auto titles =
      must(parse_titles("0\t123\tRED BAG\n2\tX\tCUP\tBLUE\r\n\n9\tY\tTOO FAR\n", "f", 4));
  BOOST_TEST(titles == (std::vector<std::string>{"RED BAG", "", "CUP\tBLUE", ""}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(other_lines_are_refused_with_their_place) {
  BOOST_TEST(refused(parse_titles("0\ta\tb\n1 c d\n", "f", 2), "f:2: a line is `index TAB code"));
  BOOST_TEST(refused(parse_titles("x\ta\tb\n", "f", 2), "f:1:"));
  BOOST_TEST(refused(parse_titles("0\ta\n", "f", 2), "f:1:"));
}

BOOST_AUTO_TEST_CASE(withheld_items_are_drawn_by_the_seed) {
  std::vector<std::string> titles(1000, "red");
  titles[7].clear();
  const auto tenth = draw_withheld(titles, 0.1, 1);
  BOOST_TEST(tenth.size() > 60U);
  BOOST_TEST(tenth.size() < 140U);
  BOOST_TEST(tenth == draw_withheld(titles, 0.1, 1));
  BOOST_TEST(tenth != draw_withheld(titles, 0.1, 2));
  BOOST_TEST(draw_withheld(titles, 0, 1).empty());
  BOOST_TEST(draw_withheld(titles, 1, 1).size() == 999U);  // An item without a title cannot.
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
