#include "base/cli/table.hpp"

#include <boost/test/unit_test.hpp>

using guildsum::cli::Table;

BOOST_AUTO_TEST_SUITE(table_test)

BOOST_AUTO_TEST_CASE(columns_are_aligned_and_numbers_stand_right) {
  Table table{{{"shop", Table::Align::left}, {"customers", Table::Align::right}, {"state"}}};
  table.add_row({"France", "1,234", "online"});
  table.add_row({"EIRE", "9"});
  BOOST_TEST(table.text() ==
             "shop    customers  state\n"
             "France      1,234  online\n"
             "EIRE            9\n");
}

BOOST_AUTO_TEST_CASE(letters_outside_ascii_keep_the_columns_straight) {
  Table table{{{"shop"}, {"n", Table::Align::right}}};
  table.add_row({"M\xc3\xbcnchen", "1"});
  table.add_row({"Lisboa", "2"});
  BOOST_TEST(table.text() == "shop     n\nM\xc3\xbcnchen  1\nLisboa   2\n");
}

BOOST_AUTO_TEST_CASE(cells_cannot_move_the_cursor) {
  Table table{{{"name"}}};
  table.add_row({"a\x1b[2J\nb"});
  BOOST_TEST(table.text() == "name\na?[2J?b\n");
}

BOOST_AUTO_TEST_CASE(a_table_without_rows_is_its_titles) {
  BOOST_TEST((Table{{{"a"}, {"b"}}}.text()) == "a  b\n");
}

BOOST_AUTO_TEST_SUITE_END()
