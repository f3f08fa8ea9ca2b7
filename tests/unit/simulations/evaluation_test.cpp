#include "simulations/evaluation.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "models/ease.hpp"
#include "models/gram.hpp"
#include "simulations/masked_sum.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::five_shops;
using test::must;
using test::small_split;

EvaluationSettings settings_of(ModelKind model, TrainingMode mode) {
  EvaluationSettings settings;
  settings.model = model;
  settings.mode = mode;
  settings.ials.factors = 4;
  settings.ials.epochs = 8;
  return settings;
}

EvaluationReport run(const EvaluationSettings& settings, const SplitMatrices& split,
                     const ShopAssignment& shops, ThreadPool* pool = nullptr) {
  PlainSum plain;
  SeededRandom random{1};
  Evaluator evaluator{split, shops, {&plain, &random, {}}, pool};
  return must(evaluator.run(settings));
}

/// The rows of these customers.
models::Interactions rows_of(const models::Interactions& data,
                             const std::vector<std::size_t>& users) {
  return models::Histories::of(data).rows_of(users).interactions();
}

bool same_quality(const models::Quality& a, const models::Quality& b) {
  return a.customers == b.customers && a.ndcg_at_20 == b.ndcg_at_20 &&
         a.recall_at_20 == b.recall_at_20 && a.coverage_at_20 == b.coverage_at_20;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_test)

BOOST_AUTO_TEST_CASE(centralised_ease_is_the_model_of_all_data) {
  const auto split = small_split();
  auto settings = settings_of(ModelKind::ease, TrainingMode::centralised);
  settings.ridge = 20.0;
  const auto report = run(settings, split, {});
  const auto model = must(models::make_ease(models::gram_of(split.train), {.ridge = 20.0}));
  const auto direct = models::evaluate(*model.recommender, split.train, split.test,
                                       models::EvaluationProtocol::discover);
  BOOST_TEST(same_quality(report.quality, direct.quality()));
  BOOST_TEST(report.per_shop.empty());
  BOOST_TEST(report.sums == 0U);
}

BOOST_AUTO_TEST_CASE(federated_equals_centralised_where_sums_are_exact) {
  const auto split = small_split();
  for (const auto kind : {ModelKind::ease, ModelKind::knn}) {
    const auto together = run(settings_of(kind, TrainingMode::centralised), split, {});
    const auto federated = run(settings_of(kind, TrainingMode::federated), split, five_shops());
    BOOST_TEST(together.quality.customers == federated.quality.customers);
    // Averages are taken shop by shop: the last bit may differ.
    BOOST_TEST(together.quality.ndcg_at_20 == federated.quality.ndcg_at_20,
               boost::test_tools::tolerance(1e-12));
    BOOST_TEST(federated.sums == 1U);
    BOOST_TEST(federated.per_shop.size() == 5U);
  }
}

BOOST_AUTO_TEST_CASE(transitions_under_masks_are_the_centralised_ones) {
  const auto split = test::small_split_with_times();
  const auto shops = five_shops();
  const auto together =
      run(settings_of(ModelKind::transitions, TrainingMode::centralised), split, {});
  MaskedSum masked{5, 3};
  SeededRandom random{1};
  Evaluator evaluator{split, shops, {&masked, &random, {}}};
  const auto federated =
      must(evaluator.run(settings_of(ModelKind::transitions, TrainingMode::federated)));
  BOOST_TEST(together.quality.ndcg_at_20 > 0.0);
  BOOST_TEST(together.quality.ndcg_at_20 == federated.quality.ndcg_at_20,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(federated.sums == 1U);
  BOOST_TEST(masked.bytes_up() > 0U);
}

BOOST_AUTO_TEST_CASE(who_falsifies_purchases_gives_no_times) {
  const auto split = test::small_split_with_times();
  const auto shops = five_shops();
  PlainSum plain;
  SeededRandom random{1};
  SumSource sums{&plain, &random, {}};
  sums.contributed = [](std::size_t, models::Interactions purchases) { return purchases; };
  Evaluator evaluator{split, shops, sums};
  BOOST_TEST(
      test::refused(evaluator.run(settings_of(ModelKind::transitions, TrainingMode::federated)),
                    "need the times"));
}

BOOST_AUTO_TEST_CASE(real_rounds_give_what_plain_sums_give) {
  const auto split = small_split();
  const auto shops = five_shops();
  for (const auto kind : {ModelKind::popularity, ModelKind::ease, ModelKind::ials}) {
    auto settings = settings_of(kind, TrainingMode::federated);
    settings.ials.epochs = 2;
    MaskedSum masked{5, 3};
    SeededRandom random{1};
    Evaluator evaluator{split, shops, {&masked, &random, {}}};
    const auto report = must(evaluator.run(settings));
    BOOST_TEST(same_quality(report.quality, run(settings, split, shops).quality));
    BOOST_TEST(masked.bytes_up() > 0U);
  }
}

BOOST_AUTO_TEST_CASE(federated_ials_is_close_to_centralised_ials) {
  const auto split = small_split();
  const auto together = run(settings_of(ModelKind::ials, TrainingMode::centralised), split, {});
  const auto federated =
      run(settings_of(ModelKind::ials, TrainingMode::federated), split, five_shops());
  BOOST_TEST(federated.sums == 16U);
  BOOST_TEST(std::abs(together.quality.ndcg_at_20 - federated.quality.ndcg_at_20) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_shop_alone_trains_on_its_own_customers_only) {
  const auto split = small_split();
  const auto report = run(settings_of(ModelKind::ease, TrainingMode::alone), split, five_shops());
  BOOST_TEST_REQUIRE(report.per_shop.size() == 5U);
  const auto own = rows_of(
      split.train, {0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95});
  const auto later = rows_of(
      split.test, {0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95});
  const auto model = must(models::make_ease(models::gram_of(own), {.ridge = 100.0}));
  const auto direct =
      models::evaluate(*model.recommender, own, later, models::EvaluationProtocol::discover);
  BOOST_TEST(same_quality(report.per_shop[0].quality, direct.quality()));
  std::size_t customers = 0;
  for (const auto& shop : report.per_shop) customers += shop.quality.customers;
  BOOST_TEST(customers == report.quality.customers);
}

BOOST_AUTO_TEST_CASE(shops_side_by_side_give_the_same_report) {
  const auto split = small_split();
  ThreadPool pool;
  for (const auto kind : {ModelKind::popularity, ModelKind::knn, ModelKind::ials}) {
    const auto settings = settings_of(kind, TrainingMode::alone);
    const auto one_by_one = run(settings, split, five_shops());
    const auto together = run(settings, split, five_shops(), &pool);
    BOOST_TEST(same_quality(one_by_one.quality, together.quality));
  }
}

BOOST_AUTO_TEST_CASE(for_a_next_basket_popularity_puts_repeats_first) {
  const auto split = small_split();
  auto settings = settings_of(ModelKind::popularity, TrainingMode::centralised);
  const auto discover = run(settings, split, {});
  settings.protocol = models::EvaluationProtocol::next_basket;
  const auto next_basket = run(settings, split, {});
  BOOST_TEST(next_basket.quality.customers >= discover.quality.customers);
  BOOST_TEST(next_basket.quality.ndcg_at_20 > discover.quality.ndcg_at_20);
}

BOOST_AUTO_TEST_CASE(a_shop_without_users_has_no_quality_and_changes_nothing) {
  const auto split = small_split();
  auto shops = five_shops();
  shops.names.push_back("empty");
  const auto settings = settings_of(ModelKind::popularity, TrainingMode::federated);
  const auto report = run(settings, split, shops);
  BOOST_TEST_REQUIRE(report.per_shop.size() == 6U);
  BOOST_TEST(report.per_shop[5].customers == 0U);
  BOOST_TEST(report.per_shop[5].quality.customers == 0U);
  BOOST_TEST(same_quality(report.quality, run(settings, split, five_shops()).quality));
}

BOOST_AUTO_TEST_CASE(shops_of_another_data_set_are_refused) {
  const auto split = small_split();
  auto shops = five_shops();
  shops.shop_of_user.pop_back();
  PlainSum plain;
  SeededRandom random{1};
  Evaluator evaluator{split, shops, {&plain, &random, {}}};
  for (const auto mode : {TrainingMode::federated, TrainingMode::alone}) {
    const auto report = evaluator.run(settings_of(ModelKind::ease, mode));
    BOOST_TEST(test::refused(report, "the shops file is of another data set"));
  }
}

BOOST_AUTO_TEST_CASE(every_model_runs_in_every_mode) {
  const auto split = test::small_split_with_times();
  const auto shops = five_shops();
  for (const auto kind : {ModelKind::popularity, ModelKind::knn, ModelKind::ease, ModelKind::ials,
                          ModelKind::blend, ModelKind::bpr, ModelKind::softmax,
                          ModelKind::buy_again, ModelKind::title, ModelKind::transitions}) {
    for (const auto mode :
         {TrainingMode::centralised, TrainingMode::federated, TrainingMode::alone}) {
      auto settings = settings_of(kind, mode);
      settings.ials.epochs = 2;
      settings.gradient.emplace();
      settings.gradient->factors = 3;
      settings.gradient->rounds = 2;
      settings.title.titles.assign(test::kSmallItems, "red bag");
      settings.title.withheld = {3, 7, 20};
      for (const auto protocol :
           {models::EvaluationProtocol::discover, models::EvaluationProtocol::next_basket}) {
        settings.protocol = protocol;
        const auto report = run(settings, split, shops);
        BOOST_TEST(report.quality.ndcg_at_20 > 0.0, to_string(kind) << " " << to_string(mode));
        BOOST_TEST(report.per_shop.size() == (mode == TrainingMode::centralised ? 0U : 5U));
        BOOST_TEST((report.sums > 0) == (mode == TrainingMode::federated));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(withheld_items_are_hidden_from_training_and_alone_are_ranked) {
  const auto split = small_split();
  auto settings = settings_of(ModelKind::title, TrainingMode::centralised);
  settings.title.titles.assign(test::kSmallItems, "red bag");
  settings.title.withheld = {3, 7, 20};
  const auto report = run(settings, split, {});
  // Three items are in everybody's first twenty, and nothing else is.
  BOOST_TEST(report.quality.coverage_at_20 == 3.0 / test::kSmallItems,
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(report.quality.recall_at_20 == 1.0);
  // Another run of the same evaluator is not touched by it.
  const ShopAssignment none;
  Evaluator evaluator{split, none};
  static_cast<void>(must(evaluator.run(settings)));
  const auto after = must(evaluator.run(settings_of(ModelKind::ease, TrainingMode::centralised)));
  BOOST_TEST(same_quality(
      after.quality,
      run(settings_of(ModelKind::ease, TrainingMode::centralised), split, {}).quality));
}

BOOST_AUTO_TEST_CASE(a_sampled_ranking_is_reported_when_asked_for) {
  const auto split = small_split();
  auto settings = settings_of(ModelKind::ease, TrainingMode::federated);
  BOOST_TEST(!run(settings, split, five_shops()).sampled.has_value());
  settings.sampled_negatives = 3;
  const auto sampled = run(settings, split, five_shops()).sampled;
  BOOST_TEST_REQUIRE(sampled.has_value());
  BOOST_TEST(sampled->customers > 50U);
  BOOST_TEST(sampled->hit_rate_at_10 == 1.0);  // One of four is always among ten.
}

BOOST_AUTO_TEST_CASE(repeats_and_times_reach_the_models_that_see_them) {
  const std::vector<std::vector<models::PastPurchase>> rows{
      {{0, 1, 1}, {0, 2, 1}, {1, 3, 1}}, {{1, 1, 1}, {2, 5, 1}}, {{1, 1, 1}, {2, 2, 1}}};
  SplitMatrices split;
  split.histories = must(models::Histories::build(4, rows));
  split.train = split.histories.interactions();
  split.test = must(
      models::Interactions::build(4, std::vector<std::vector<models::ItemIndex>>{{0}, {2}, {2}}));
  auto settings = settings_of(ModelKind::buy_again, TrainingMode::centralised);
  settings.protocol = models::EvaluationProtocol::next_basket;
  settings.buy_again.half_life_seconds = 0;
  const auto with = run(settings, split, {});
  split.histories = {};
  const auto without = run(settings, split, {});
  BOOST_TEST(with.quality.ndcg_at_20 > without.quality.ndcg_at_20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
