#include "simulations/privacy_table.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::contains;
using test::must;
using test::refused;

std::vector<PrivacySettings> spending(const std::vector<double>& epsilons) {
  std::vector<PrivacySettings> table(epsilons.size());
  for (std::size_t k = 0; k < table.size(); ++k) {
    table[k].budget.epsilon = epsilons[k];
    table[k].customer_items = 12;
  }
  return table;
}

/// A federated EASE of the small split.
struct Measured {
  Measured() {
    settings.model = ModelKind::ease;
    settings.mode = TrainingMode::federated;
    settings.ridge = 10;
  }
  Result<std::vector<PrivacyRow>> table(const std::vector<double>& epsilons) {
    return measure_privacy_table(evaluator, settings, spending(epsilons));
  }
  SplitMatrices split = test::small_split();
  ShopAssignment shops = test::five_shops();
  PlainSum plain;
  SeededRandom random{1};
  Evaluator evaluator{split, shops, {&plain, &random, {}}};
  EvaluationSettings settings;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(privacy_table_test, Measured)

BOOST_AUTO_TEST_CASE(a_large_budget_costs_little_quality_and_a_small_one_much) {
  const auto exact = must(evaluator.run(settings)).quality.ndcg_at_20;
  const auto rows = must(table({0.1, 1e5}));
  BOOST_REQUIRE(rows.size() == 2U);
  BOOST_TEST(rows[0].quality.ndcg_at_20 < 0.9 * exact);
  BOOST_TEST(rows[1].quality.ndcg_at_20 > 0.9 * exact);
  BOOST_TEST(rows[0].plan.noise_deviation > rows[1].plan.noise_deviation);
  BOOST_TEST(rows[1].quality.customers > 90U);
  // The model without noise is still the one that it was.
  BOOST_TEST(must(evaluator.run(settings)).quality.ndcg_at_20 == exact);
}

BOOST_AUTO_TEST_CASE(only_a_model_that_shops_make_together_is_protected) {
  settings.mode = TrainingMode::centralised;
  BOOST_TEST(refused(table({1}), "mode federated"));
  settings.mode = TrainingMode::federated;
  settings.model = ModelKind::ials;
  BOOST_TEST(refused(table({1}), "is not bounded"));
}

BOOST_AUTO_TEST_CASE(another_model_is_not_made_with_the_noise_of_the_one_before) {
  settings.privacy = spending({1}).front();
  settings.model = ModelKind::popularity;
  const auto popularity = must(evaluator.run(settings));
  settings.model = ModelKind::ease;
  const auto ease = must(evaluator.run(settings));
  BOOST_TEST(popularity.privacy->sensitivity.l1 == 12.0);
  BOOST_TEST(ease.privacy->sensitivity.l1 == 78.0);
  settings.model = ModelKind::ials;
  BOOST_TEST(refused(evaluator.run(settings), "is not bounded"));
}

BOOST_AUTO_TEST_CASE(nothing_of_an_earlier_run_stands_in_for_one_that_was_refused) {
  must(evaluator.run(settings));
  settings.privacy = spending({0.005}).front();
  settings.privacy->customer_items = 24;
  for (int again = 0; again < 2; ++again) {
    BOOST_TEST(refused(evaluator.run(settings), "count fewer items"));
  }
  settings.privacy = spending({1}).front();
  settings.own_weight = 0.5;
  BOOST_TEST(refused(evaluator.run(settings), "no own_weight"));
}

BOOST_AUTO_TEST_CASE(the_rows_are_told_as_json_and_as_text) {
  const auto rows = must(table({4}));
  const auto json = to_json(rows).at(0).as_object();
  BOOST_TEST(json.at("epsilon").as_double() <= 4.0);
  BOOST_TEST(json.at("delta").as_double() == 1e-5);
  BOOST_TEST(json.at("ndcg_at_20").as_double() == rows[0].quality.ndcg_at_20);
  const auto card = privacy_json(rows[0].settings, rows[0].plan);
  BOOST_TEST(card.at("enabled").as_bool());
  BOOST_TEST(card.at("unit").as_string() == "one customer at one shop, added or removed");
  BOOST_TEST(contains(to_text(rows), "at delta 1e-05 for one customer at one shop"));
  BOOST_TEST(contains(to_text(rows), "4.00"));
  BOOST_TEST(contains(to_text(rows[0].settings, rows[0].plan), "of the training sum only"));
  BOOST_TEST(contains(to_text(rows[0].settings, rows[0].plan), "at most 12 items"));
  BOOST_TEST(to_text(std::vector<PrivacyRow>{}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
