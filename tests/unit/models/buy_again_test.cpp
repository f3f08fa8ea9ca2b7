#include "models/buy_again.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

constexpr std::int64_t kHalfLife = 100;

std::unique_ptr<HistoryRecommender> head(std::int64_t half_life = kHalfLife) {
  return must(make_buy_again({{10, 0, 5, 20}}, {half_life, 0.5}));
}

std::vector<double> scores(const HistoryRecommender& model,
                           const std::vector<PastPurchase>& history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(buy_again_test)

BOOST_AUTO_TEST_CASE(purchases_count_less_the_older_they_are) {
  const auto found = scores(*head(), {{1, 0, 1}, {2, 100, 1}, {1, 200, 1}});
  BOOST_TEST(found[0] == 0.25);
  BOOST_TEST(found[1] == 1.25);   // Two half lives ago, and the latest.
  BOOST_TEST(found[2] == 0.625);  // One half life, popularity 0.5 * 5 / 20.
  BOOST_TEST(found[3] == 0.5);
}

BOOST_AUTO_TEST_CASE(age_counts_from_the_latest_purchase) {
  const auto early = scores(*head(), {{0, 0, 1}, {1, 50, 1}});
  const auto late = scores(*head(), {{0, 1'000'000, 1}, {1, 1'000'050, 1}});
  BOOST_TEST(early == late, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_second_line_of_a_basket_adds_nothing) {
  const auto once = scores(*head(), {{0, 10, 1}, {1, 10, 1}});
  const auto twice = scores(*head(), {{0, 10, 4}, {0, 10, 2}, {1, 10, 1}});
  BOOST_TEST(once == twice, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_a_half_life_only_the_number_of_baskets_counts) {
  const auto found = scores(*head(0), {{1, 0, 1}, {1, 50, 1}, {1, 999'999, 1}});
  BOOST_TEST(found[1] == 3.0);
}

BOOST_AUTO_TEST_CASE(without_history_it_is_popularity) {
  const auto ranked = recommend(*head(), {}, {});
  BOOST_TEST_REQUIRE(ranked.size() == 4U);
  BOOST_TEST(ranked[0].item == 3U);
  BOOST_TEST(ranked[3].item == 1U);
}

BOOST_AUTO_TEST_CASE(an_explanation_adds_up) {
  const std::vector<PastPurchase> history{{1, 0, 1}, {2, 100, 1}, {1, 200, 1}};
  const auto found = scores(*head(), history);
  for (ItemIndex item = 0; item < 4; ++item) {
    const auto why = head()->explain(history, item);
    double sum = why.constant;
    for (const auto& part : why.from_history) {
      BOOST_TEST(part.item == item);
      sum += part.weight;
    }
    BOOST_TEST(why.score == found[item]);
    BOOST_TEST(sum == found[item]);
  }
}

BOOST_AUTO_TEST_CASE(settings_out_of_range_are_refused) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  BOOST_TEST(refused(make_buy_again({{1}}, {-1, 0.5}), ModelsErrc::bad_plan, "half life"));
  BOOST_TEST(refused(make_buy_again({{1}}, {1, -0.5}), ModelsErrc::bad_plan, "popularity"));
  BOOST_TEST(refused(make_buy_again({{1}}, {1, nan}), ModelsErrc::bad_plan, "popularity"));
  BOOST_TEST(must(make_buy_again({{0, 0}}))->items() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
