#include "models/title_ridge.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

/// Factors that follow from the words: "red" is (1, 0), "blue" (0, 1); the last two items are new.
const std::vector<std::string> kTitles{"red bag", "red cup", "blue bag", "blue cup", "red", "blue"};
FactorModel model() {
  return {6, 2, {1, 0, 1, 0, 0, 1, 0, 1, 9, 9, 9, 9}, IalsPlan::for_factors(2)};
}
const std::vector<ItemIndex> kCold{4, 5};

}  // namespace

BOOST_AUTO_TEST_SUITE(title_ridge_test)

BOOST_AUTO_TEST_CASE(a_new_item_is_placed_where_its_words_belong) {
  const auto placed = must(with_title_factors(model(), kTitles, kCold, {.ridge = 0.01}));
  const auto& factors = placed.item_factors;
  BOOST_TEST(factors[8] > 0.9F);
  BOOST_TEST(factors[9] < 0.1F);
  BOOST_TEST(factors[10] < 0.1F);
  BOOST_TEST(factors[11] > 0.9F);
  // The others stay as they are.
  for (std::size_t k = 0; k < 8; ++k) BOOST_TEST(factors[k] == model().item_factors[k]);
}

BOOST_AUTO_TEST_CASE(a_title_of_unknown_words_gets_the_mean) {
  auto titles = kTitles;
  titles[4] = "umbrella";
  const auto placed = must(with_title_factors(model(), titles, kCold, {.ridge = 0.01}));
  // Between the two colours, as far from one as from the other.
  BOOST_TEST(placed.item_factors[8] == placed.item_factors[9], boost::test_tools::tolerance(1e-3F));
  BOOST_TEST(placed.item_factors[8] > 0.2F);
  BOOST_TEST(placed.item_factors[8] < 0.6F);
}

BOOST_AUTO_TEST_CASE(factors_of_new_items_are_not_learned_from) {
  auto other = model();
  for (std::size_t k = 8; k < 12; ++k) other.item_factors[k] = -100;
  const auto first = must(with_title_factors(model(), kTitles, kCold));
  const auto second = must(with_title_factors(other, kTitles, kCold));
  BOOST_TEST(first.item_factors == second.item_factors, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_new_items_nothing_changes) {
  const auto placed = must(with_title_factors(model(), kTitles, {}));
  BOOST_TEST(placed.item_factors == model().item_factors, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(odd_input_is_refused) {
  const std::vector<std::string> few{"red"};
  BOOST_TEST(refused(with_title_factors(model(), few, kCold), ModelsErrc::wrong_shape));
  const std::vector<ItemIndex> unsorted{5, 4};
  BOOST_TEST(refused(with_title_factors(model(), kTitles, unsorted), ModelsErrc::wrong_shape));
  const std::vector<ItemIndex> all{0, 1, 2, 3, 4, 5};
  BOOST_TEST(refused(with_title_factors(model(), kTitles, all), ModelsErrc::nothing_opened));
  for (const double ridge : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    BOOST_TEST(refused(with_title_factors(model(), kTitles, kCold, {.ridge = ridge}),
                       ModelsErrc::bad_plan));
  }
}

BOOST_AUTO_TEST_SUITE_END()
