#include "models/title_features.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

using namespace guildsum::models;

namespace {

const std::vector<std::string> kTitles{"RED RETROSPOT BAG", "Blue Retrospot Bag", "tea, for ONE"};

double norm(const SparseRow& row) {
  double sum = 0;
  for (const auto& [column, value] : row) {
    sum += static_cast<double>(value) * static_cast<double>(value);
  }
  return std::sqrt(sum);
}

double cosine(const SparseRow& a, const SparseRow& b) {
  double sum = 0;
  for (const auto& [column, value] : a) {
    for (const auto& [other, weight] : b) {
      if (column == other) sum += static_cast<double>(value) * static_cast<double>(weight);
    }
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(title_features_test)

BOOST_AUTO_TEST_CASE(words_are_lower_case_letters_and_digits) {
  BOOST_TEST(title_words("T-LIGHT holder, 2\"x3") ==
                 (std::vector<std::string>{"t", "light", "holder", "2", "x3"}),
             boost::test_tools::per_element());
  BOOST_TEST(title_words("").empty());
  BOOST_TEST(title_words(" -,. ").empty());
  BOOST_TEST(title_words("Caf\xc3\xa9")[0] == "caf\xc3\xa9");
}

BOOST_AUTO_TEST_CASE(columns_are_words_and_pairs_of_neighbours) {
  // red, blue, retrospot, bag, tea, for, one; red_retrospot, retrospot_bag, blue_retrospot,
  // tea_for, for_one.
  BOOST_TEST(TitleFeatures::build(kTitles).size() == 12U);
}

BOOST_AUTO_TEST_CASE(rows_have_norm_one_and_ascending_columns) {
  const auto features = TitleFeatures::build(kTitles);
  for (const auto& title : kTitles) {
    const auto row = features.row(title);
    BOOST_TEST(norm(row) == 1.0, boost::test_tools::tolerance(1e-6));
    for (std::size_t k = 1; k < row.size(); ++k) BOOST_TEST(row[k - 1].first < row[k].first);
  }
}

BOOST_AUTO_TEST_CASE(alike_titles_have_a_higher_cosine) {
  const auto features = TitleFeatures::build(kTitles);
  const auto red = features.row(kTitles[0]);
  BOOST_TEST(cosine(red, features.row(kTitles[1])) > 0.2);
  BOOST_TEST(cosine(red, features.row(kTitles[2])) == 0.0);
  BOOST_TEST(cosine(red, features.row("red")) > cosine(red, features.row("bag")));  // Rarer.
}

BOOST_AUTO_TEST_CASE(unknown_words_give_nothing) {
  BOOST_TEST(TitleFeatures::build(kTitles).row("green umbrella").empty());
  BOOST_TEST(TitleFeatures::build({}).size() == 0U);
  BOOST_TEST(TitleFeatures::build({}).row("red").empty());
}

BOOST_AUTO_TEST_SUITE_END()
