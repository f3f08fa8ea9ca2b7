#include "models/detail/item_vectors.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::ItemVectors;
using models::detail::outside_stock;
using models::test::Draw;

using Items = std::vector<ItemIndex>;

BOOST_AUTO_TEST_SUITE(item_vectors_test)

BOOST_AUTO_TEST_CASE(scores_are_added_for_any_number_of_factors) {
  for (const std::size_t factors : {1U, 7U, 8U, 9U, 64U}) {
    const std::size_t row_length = factors + 1;
    const auto values = Draw{factors}.floats(5 * row_length);
    const ItemVectors vectors{values, 5, factors, row_length};
    const Items history{3, 1};
    const auto customer = vectors.sum_of(history);
    std::vector<double> scores(5, 0.5);
    vectors.add_scores(customer, scores);
    for (ItemIndex i = 0; i < 5; ++i) {
      double expected = 0.5;
      for (std::size_t k = 0; k < factors; ++k) {
        const auto value = static_cast<double>(values[i * row_length + k]);
        BOOST_TEST(static_cast<double>(vectors[i][k]) == value);
        expected += value * (static_cast<double>(values[3 * row_length + k]) +
                             static_cast<double>(values[row_length + k]));
      }
      BOOST_TEST(std::abs(scores[i] - expected) < 1e-12);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_items_have_no_scores) {
  const ItemVectors none{{}, 0, 3, 3};
  none.add_scores(none.sum_of({}), {});
  BOOST_TEST(none.items() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_not_in_stock_is_listed) {
  BOOST_TEST(outside_stock({}, 3).empty());
  BOOST_TEST(outside_stock(Items{0, 1, 2}, 3).empty());
  BOOST_TEST(outside_stock(Items{1}, 4) == (Items{0, 2, 3}));
  BOOST_TEST(outside_stock(Items{0, 3}, 4) == (Items{1, 2}));
}

BOOST_AUTO_TEST_SUITE_END()
