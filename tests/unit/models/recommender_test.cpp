#include "models/recommender.hpp"

#include <algorithm>
#include <cmath>
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

BOOST_AUTO_TEST_CASE(any_number_of_the_best_is_the_beginning_of_the_whole_order) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    models::test::Draw draw{seed};
    // Few different values make ties; some items cannot be ranked.
    std::vector<double> scores(1 + draw.below(60));
    for (double& score : scores) {
      const auto value = static_cast<double>(draw.below(9)) - 1;
      score = value < 0 ? -std::numeric_limits<double>::infinity() : value;
    }
    Items order;
    for (ItemIndex i = 0; i < scores.size(); ++i) {
      if (std::isfinite(scores[i])) order.push_back(i);
    }
    std::ranges::stable_sort(order, [&](auto a, auto b) { return scores[a] > scores[b]; });
    for (std::size_t count = 0; count < scores.size() + 3; ++count) {
      auto copy = scores;
      Items found;
      for (const auto& one : best_of(copy, {}, {.count = count})) {
        BOOST_TEST(one.score == scores[one.item]);
        found.push_back(one.item);
      }
      const auto listed = static_cast<std::ptrdiff_t>(std::min(count, order.size()));
      BOOST_TEST(found == Items(order.begin(), order.begin() + listed), "seed " << seed);
    }
  }
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
  BOOST_TEST(refused(make_recommender(plan, Released{TransitionModel{1, {0}}}),
                     ModelsErrc::wrong_shape, "order of baskets"));
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
