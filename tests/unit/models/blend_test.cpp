#include "models/blend.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/buy_again.hpp"
#include "models/ease.hpp"
#include "models/gram.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::purchases;
using models::test::refused;

namespace {

using Shared = std::shared_ptr<const HistoryRecommender>;

const test::Rows kRows{{0, 1, 2}, {0, 1}, {2, 3}, {1, 3, 4}, {0, 4}};

Shared ease(std::vector<ItemIndex> stock = {}) {
  EaseOptions options;
  options.ridge = 1.0;
  options.stock = std::move(stock);
  return of_histories(must(make_ease(gram_of(purchases(5, kRows)), options)).recommender);
}
Shared again() { return must(make_buy_again({{5, 4, 3, 2, 1}})); }

const std::vector<PastPurchase> kHistory{{0, 0, 1}, {3, 86'400, 1}, {0, 172'800, 1}};

std::vector<double> scores(const HistoryRecommender& model) {
  std::vector<double> result(model.items());
  model.score(kHistory, result);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(blend_test)

BOOST_AUTO_TEST_CASE(scores_are_weighted_after_division_by_the_spread) {
  const auto blend = must(make_blend({{ease(), 2.0, 0.5}, {again(), 3.0, 1.5}}));
  const auto first = scores(*ease());
  const auto second = scores(*again());
  const auto together = scores(*blend);
  for (std::size_t i = 0; i < together.size(); ++i) {
    BOOST_TEST(together[i] == 4.0 * first[i] + 2.0 * second[i],
               boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(an_explanation_is_an_exact_split_over_all_models) {
  const auto blend = must(make_blend({{ease(), 1.0, 0.3}, {again(), 0.7, 2.0}}));
  const auto found = scores(*blend);
  for (ItemIndex item = 0; item < 5; ++item) {
    const auto why = blend->explain(kHistory, item);
    double sum = why.constant;
    for (const auto& part : why.from_history) sum += part.weight;
    BOOST_TEST(why.score == found[item], boost::test_tools::tolerance(1e-12));
    BOOST_TEST(sum == found[item], boost::test_tools::tolerance(1e-12));
    for (std::size_t k = 1; k < why.from_history.size(); ++k) {
      BOOST_TEST(why.from_history[k - 1].weight >= why.from_history[k].weight);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_one_model_cannot_rank_the_blend_cannot) {
  const auto blend = must(make_blend({{ease({0, 1, 2}), 1.0, 1.0}, {again(), 1.0, 1.0}}));
  const auto found = scores(*blend);
  BOOST_TEST(std::isfinite(found[2]));
  BOOST_TEST(found[3] == -std::numeric_limits<double>::infinity());
  // A model without weight has no say.
  const auto other = must(make_blend({{ease({0, 1, 2}), 0.0, 1.0}, {again(), 1.0, 1.0}}));
  BOOST_TEST(scores(*other) == scores(*again()), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_spread_is_the_deviation_over_rankable_items) {
  const auto histories = Histories::of(purchases(5, kRows));
  double expected = 0;
  for (std::size_t u = 0; u < histories.customers(); ++u) {
    std::vector<double> row(5);
    ease()->score(histories.row(u), row);
    double mean = 0;
    for (const double score : row) mean += score / 5;
    double variance = 0;
    for (const double score : row) variance += (score - mean) * (score - mean) / 5;
    expected += std::sqrt(variance) / static_cast<double>(histories.customers());
  }
  BOOST_TEST(score_spread(*ease(), histories) == expected, boost::test_tools::tolerance(1e-9));
  // Nothing to measure, or nothing that differs.
  BOOST_TEST(score_spread(*ease(), Histories{}) == 1.0);
  const auto flat = must(make_buy_again({{1, 1, 1, 1, 1}}));
  BOOST_TEST(score_spread(*flat, Histories::of(purchases(5, {{}}))) == 1.0);
}

BOOST_AUTO_TEST_CASE(odd_parts_are_refused) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(refused(make_blend({}), ModelsErrc::wrong_shape));
  BOOST_TEST(refused(make_blend({{nullptr, 1, 1}}), ModelsErrc::wrong_shape));
  const Shared other = must(make_buy_again({{1, 2}}));
  BOOST_TEST(refused(make_blend({{ease(), 1, 1}, {other, 1, 1}}), ModelsErrc::wrong_shape));
  for (const double weight : {-1.0, nan}) {
    BOOST_TEST(refused(make_blend({{ease(), weight, 1}}), ModelsErrc::bad_plan, "weight"));
  }
  for (const double spread : {0.0, -1.0, nan}) {
    BOOST_TEST(refused(make_blend({{ease(), 1, spread}}), ModelsErrc::bad_plan, "spread"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
