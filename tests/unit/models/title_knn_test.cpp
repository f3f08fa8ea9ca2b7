#include "models/title_knn.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

const std::vector<std::string> kTitles{"red bag", "blue bag", "red cup", "tea", "tea"};

std::vector<double> scores(const Recommender& model, std::vector<ItemIndex> history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(title_knn_test)

BOOST_AUTO_TEST_CASE(items_score_by_the_words_they_share) {
  const auto model = must(make_title_knn(kTitles));
  const auto found = scores(*model, {0});
  BOOST_TEST(found[0] == 0.0);  // Not similar to itself: it would only repeat the history.
  BOOST_TEST(found[1] > 0.0);
  BOOST_TEST(found[2] > 0.0);
  BOOST_TEST(found[3] == 0.0);
  BOOST_TEST(scores(*model, {3})[4] == 1.0, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(only_the_nearest_are_kept) {
  const auto model = must(make_title_knn(kTitles, {.neighbours = 1}));
  std::size_t reached = 0;
  for (ItemIndex from = 0; from < 5; ++from) {
    for (const double score : scores(*model, {from})) reached += score > 0;
  }
  BOOST_TEST(reached == 5U);  // One per item that has an alike one.
  BOOST_TEST(must(make_title_knn(kTitles, {.neighbours = 0}))->items() == 5U);
}

BOOST_AUTO_TEST_CASE(an_explanation_adds_up) {
  const auto model = must(make_title_knn(kTitles));
  const std::vector<ItemIndex> history{1, 2};
  const auto found = scores(*model, history);
  const auto why = model->explain(history, 0);
  BOOST_TEST_REQUIRE(why.from_history.size() == 2U);
  BOOST_TEST(why.score == found[0], boost::test_tools::tolerance(1e-12));
  BOOST_TEST(why.from_history[0].weight + why.from_history[1].weight == found[0],
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(no_titles_are_refused) {
  BOOST_TEST(refused(make_title_knn({}), ModelsErrc::wrong_shape));
}

BOOST_AUTO_TEST_SUITE_END()
