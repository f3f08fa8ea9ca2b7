#include "models/recommender.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/ease.hpp"
#include "models/gram.hpp"
#include "models/popularity.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

std::vector<ItemIndex> best(const Recommender& model, const std::vector<ItemIndex>& history,
                            const RecommendOptions& options) {
  std::vector<ItemIndex> items;
  for (const auto& recommendation : recommend(model, history, options)) {
    items.push_back(recommendation.item);
  }
  return items;
}

std::vector<double> scores(const Recommender& model, const std::vector<ItemIndex>& history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

using Items = std::vector<ItemIndex>;

}  // namespace

BOOST_AUTO_TEST_SUITE(recommender_test)

BOOST_AUTO_TEST_CASE(the_best_come_first_and_ties_by_index) {
  const auto model = make_popularity({{4, 9, 4, 1, 9}});
  BOOST_TEST(best(*model, {}, {.count = 10}) == (Items{1, 4, 0, 2, 3}));
  BOOST_TEST(best(*model, {}, {.count = 3}) == (Items{1, 4, 0}));
  BOOST_TEST(best(*model, {}, {.count = 0}).empty());
}

BOOST_AUTO_TEST_CASE(the_history_is_left_out_unless_repeats_are_wanted) {
  const auto model = make_popularity({{4, 9, 4, 1, 9}});
  BOOST_TEST(best(*model, {1, 0}, {.count = 10}) == (Items{4, 2, 3}));
  BOOST_TEST(best(*model, {1, 0}, {.count = 2, .exclude_history = false}) == (Items{1, 4}));
}

BOOST_AUTO_TEST_CASE(further_items_can_be_excluded) {
  const auto model = make_popularity({{4, 9, 4, 1, 9}});
  const Items out_of_season{4, 2};
  BOOST_TEST(best(*model, {1}, {.count = 10, .exclude = out_of_season}) == (Items{0, 3}));
}

BOOST_AUTO_TEST_CASE(unrankable_items_never_appear) {
  EaseOptions options{.ridge = 1.0};
  options.stock = {1, 3};
  const auto gram = gram_of(purchases(4, {{0, 1, 2, 3}, {1, 3}}));
  const auto model = must(make_ease(gram, options)).recommender;
  BOOST_TEST(best(*model, {0}, {.count = 10}) == (Items{1, 3}));
  BOOST_TEST(best(*model, {1, 3}, {.count = 10}).empty());
}

BOOST_AUTO_TEST_CASE(a_released_gram_serves_with_the_plans_ridge_or_the_shops) {
  const auto gram = gram_of(purchases(10, random_rows(50, 10, 4)));
  TaskPlan plan;
  plan.kind = TaskKind::ease;
  plan.items = 10;
  plan.ease.ridge_shared = 12.0;
  const auto by_plan = must(make_recommender(plan, Released{gram}));
  BOOST_TEST(by_plan->name() == "ease");
  const auto twelve = must(make_ease(gram, {.ridge = 12.0})).recommender;
  BOOST_TEST(scores(*by_plan, {1, 2}) == scores(*twelve, {1, 2}));
  ServingOptions options;
  options.ridge = 3.0;
  options.stock = {0, 1, 2, 5};
  EaseOptions same{.ridge = 3.0};
  same.stock = options.stock;
  const auto by_shop = must(make_recommender(plan, Released{gram}, options));
  const auto three = must(make_ease(gram, same)).recommender;
  BOOST_TEST(scores(*by_shop, {1, 2}) == scores(*three, {1, 2}));
}

BOOST_AUTO_TEST_CASE(each_kind_of_released_model_gets_its_recommender) {
  TaskPlan plan;
  plan.items = 2;
  const auto counts = must(make_recommender(plan, Released{PopularityModel{{1, 2}}}));
  BOOST_TEST(counts->name() == "popularity");
  IalsPlan ials;
  ials.factors = 1;
  const auto factors =
      must(make_recommender(plan, Released{FactorModel{2, 1, {0.5F, 0.25F}, ials}}));
  BOOST_TEST(factors->name() == "ials");
}

BOOST_AUTO_TEST_CASE(a_damaged_model_is_refused) {
  TaskPlan plan;
  plan.items = 2;
  BOOST_TEST(refused(make_recommender(plan, Released{GramModel{2, {1}}}), ModelsErrc::wrong_shape));
  BOOST_TEST(refused(make_recommender(plan, Released{FactorModel{2, 1, {1.0F}, {}}}),
                     ModelsErrc::wrong_shape));
  ServingOptions options;
  options.stock = {2};
  BOOST_TEST(refused(make_recommender(plan, Released{GramModel{2, {1, 0, 1}}}, options),
                     ModelsErrc::wrong_shape, "stock"));
}

BOOST_AUTO_TEST_SUITE_END()
