#include "models/popularity.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::purchases;

namespace {

std::vector<double> scores(const Recommender& model, std::vector<ItemIndex> history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

PopularityModel counts() { return {{5, 0, 9, 1}}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(popularity_test)

BOOST_AUTO_TEST_CASE(customers_are_counted_and_small_counts_hidden) {
  const auto data = purchases(3, {{0, 1}, {0}, {0, 1}, {2}});
  BOOST_TEST(popularity_of(data).customers == (std::vector<std::uint64_t>{3, 2, 1}));
  BOOST_TEST(popularity_of(data, 2).customers == (std::vector<std::uint64_t>{3, 2, 0}));
  BOOST_TEST(popularity_of(data, 3).customers == (std::vector<std::uint64_t>{3, 0, 0}));
}

BOOST_AUTO_TEST_CASE(popularity_does_not_depend_on_the_history) {
  const auto model = make_popularity(counts());
  BOOST_TEST(scores(*model, {}) == (std::vector<double>{5, 0, 9, 1}));
  BOOST_TEST(scores(*model, {3, 1}) == scores(*model, {}));
  const auto why = model->explain(std::vector<ItemIndex>{3}, 2);
  BOOST_TEST(why.score == 9.0);
  BOOST_TEST(why.constant == 9.0);
  BOOST_TEST(why.from_history.empty());
}

BOOST_AUTO_TEST_CASE(what_the_shop_does_not_sell_is_not_ranked) {
  const auto model = make_popularity(counts(), std::vector<ItemIndex>{0, 3});
  std::vector<ItemIndex> order;
  for (const auto& best : recommend(*model, {}, {.count = 4})) order.push_back(best.item);
  BOOST_TEST(order == (std::vector<ItemIndex>{0, 3}));
}

BOOST_AUTO_TEST_CASE(what_was_bought_before_comes_first_ordered_by_popularity) {
  const auto model = make_history_popularity(counts());
  const std::vector<ItemIndex> history{1, 3};
  std::vector<ItemIndex> order;
  for (const auto& best : recommend(*model, history, {.count = 4, .exclude_history = false})) {
    order.push_back(best.item);
  }
  BOOST_TEST(order == (std::vector<ItemIndex>{3, 1, 2, 0}));
}

BOOST_AUTO_TEST_CASE(the_bonus_for_a_repeat_is_explained) {
  const auto model = make_history_popularity(counts());
  const std::vector<ItemIndex> history{1, 3};
  const auto all = scores(*model, history);
  for (ItemIndex item = 0; item < 4; ++item) {
    const auto why = model->explain(history, item);
    double sum = why.constant;
    for (const auto& part : why.from_history) sum += part.weight;
    BOOST_TEST(why.score == all[item]);
    BOOST_TEST(sum == all[item]);
    BOOST_TEST(why.from_history.size() == (item == 1 || item == 3 ? 1U : 0U));
  }
}

BOOST_AUTO_TEST_CASE(no_items_are_no_trouble) {
  BOOST_TEST(make_history_popularity({})->items() == 0U);
  BOOST_TEST(make_popularity({})->name() == "popularity");
}

BOOST_AUTO_TEST_SUITE_END()
