#include "models/interactions.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;
using models::test::Rows;

namespace {

std::vector<ItemIndex> row_of(const Interactions& matrix, std::size_t row) {
  return {matrix.row(row).begin(), matrix.row(row).end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interactions_test)

BOOST_AUTO_TEST_CASE(rows_come_out_ascending_and_without_repeats) {
  const auto matrix = purchases(6, {{5, 0, 3, 0}, {}, {2, 2}});
  BOOST_TEST(matrix.customers() == 3U);
  BOOST_TEST(matrix.items() == 6U);
  BOOST_TEST(matrix.pairs() == 4U);
  BOOST_TEST(row_of(matrix, 0) == (std::vector<ItemIndex>{0, 3, 5}));
  BOOST_TEST(matrix.row(1).empty());
  BOOST_TEST(row_of(matrix, 2) == (std::vector<ItemIndex>{2}));
}

BOOST_AUTO_TEST_CASE(nothing_is_a_matrix_too) {
  const Interactions nothing;
  BOOST_TEST(nothing.customers() == 0U);
  BOOST_TEST(nothing.pairs() == 0U);
  BOOST_TEST(nothing.item_counts().empty());
  BOOST_TEST(purchases(3, {}).transposed().customers() == 3U);
}

BOOST_AUTO_TEST_CASE(an_item_outside_the_list_is_refused) {
  BOOST_TEST(refused(Interactions::build(3, Rows{{0}, {1, 3}}), ModelsErrc::unknown_item,
                     "index 3 of 3 items"));
  BOOST_TEST(refused(Interactions::build(0, Rows{{0}}), ModelsErrc::unknown_item));
}

BOOST_AUTO_TEST_CASE(items_are_counted_once_per_customer) {
  const auto matrix = purchases(4, {{0, 1, 1}, {1}, {1, 3}});
  BOOST_TEST(matrix.item_counts() == (std::vector<std::uint32_t>{1, 3, 0, 1}));
}

BOOST_AUTO_TEST_CASE(the_items_view_lists_customers_ascending) {
  const auto by_item = purchases(3, {{0, 1}, {1}, {0, 1}}).transposed();
  BOOST_TEST(by_item.customers() == 3U);
  BOOST_TEST(by_item.items() == 3U);
  BOOST_TEST(row_of(by_item, 0) == (std::vector<ItemIndex>{0, 2}));
  BOOST_TEST(row_of(by_item, 1) == (std::vector<ItemIndex>{0, 1, 2}));
  BOOST_TEST(by_item.row(2).empty());
}

BOOST_AUTO_TEST_CASE(transposing_twice_gives_the_same_matrix) {
  const auto matrix = purchases(40, random_rows(70, 40, 4));
  const auto twice = matrix.transposed().transposed();
  BOOST_TEST(twice.items() == matrix.items());
  BOOST_TEST(std::ranges::equal(twice.offsets(), matrix.offsets()));
  BOOST_TEST(std::ranges::equal(twice.columns(), matrix.columns()));
}

BOOST_AUTO_TEST_SUITE_END()
