#include "models/history_recommender.hpp"

#include <boost/test/unit_test.hpp>

#include "models/gram.hpp"
#include "models/knn.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::purchases;

namespace {

std::unique_ptr<Recommender> small_knn() {
  return must(make_knn(gram_of(purchases(4, {{0, 1}, {0, 1, 2}, {2, 3}, {1, 3}})), {.shrink = 1}));
}

const std::vector<PastPurchase> kHistory{{0, 10, 1}, {2, 20, 1}, {0, 30, 2}};

std::vector<double> scores(const HistoryRecommender& model, std::span<const PastPurchase> history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history_recommender_test)

BOOST_AUTO_TEST_CASE(a_model_of_sets_sees_each_item_once) {
  const auto knn = small_knn();
  std::vector<double> expected(4);
  knn->score(std::vector<ItemIndex>{0, 2}, expected);
  const auto model = of_histories(small_knn());
  BOOST_TEST(scores(*model, kHistory) == expected, boost::test_tools::per_element());
  BOOST_TEST(model->name() == "knn");
  BOOST_TEST(model->explain(kHistory, 1).score ==
             knn->explain(std::vector<ItemIndex>{0, 2}, 1).score);
}

BOOST_AUTO_TEST_CASE(the_latest_basket_is_all_that_is_seen) {
  const std::shared_ptr<const HistoryRecommender> model = of_histories(small_knn());
  const auto last = of_latest_baskets(model, 1);
  BOOST_TEST(scores(*last, kHistory) == scores(*model, std::span{kHistory}.subspan(2)),
             boost::test_tools::per_element());
  const auto two = of_latest_baskets(model, 2);
  BOOST_TEST(scores(*two, kHistory) == scores(*model, std::span{kHistory}.subspan(1)),
             boost::test_tools::per_element());
  const auto many = of_latest_baskets(model, 9);
  BOOST_TEST(scores(*many, kHistory) == scores(*model, kHistory), boost::test_tools::per_element());
  BOOST_TEST(scores(*last, {}) == std::vector<double>(4, 0.0), boost::test_tools::per_element());
  // Items of one second are one basket.
  const std::vector<PastPurchase> together{{1, 5, 1}, {0, 9, 1}, {2, 9, 1}};
  BOOST_TEST(scores(*last, together) == scores(*model, std::span{together}.subspan(1)),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(recommendations_leave_the_history_out_unless_told) {
  const auto model = of_histories(small_knn());
  for (const auto& found : recommend(*model, kHistory, {})) {
    BOOST_TEST(found.item != 0U);
    BOOST_TEST(found.item != 2U);
  }
  RecommendOptions options;
  options.exclude_history = false;
  BOOST_TEST(recommend(*model, kHistory, options).size() == 4U);
}

BOOST_AUTO_TEST_CASE(hiding_a_purchase_hides_all_of_that_item) {
  const auto kept = without(kHistory, 0);
  BOOST_TEST_REQUIRE(kept.size() == 1U);
  BOOST_TEST(kept.front().item == 2U);
  // The explanation's share of the item is what the score loses.
  const auto model = of_histories(small_knn());
  const auto before = model->explain(kHistory, 1);
  const auto after = model->explain(kept, 1);
  double share = 0;
  for (const auto& part : before.from_history) share += part.item == 0 ? part.weight : 0;
  BOOST_TEST(share > 0);
  BOOST_TEST(before.score - after.score == share, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
