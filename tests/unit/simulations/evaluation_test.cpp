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

using test::must;
using test::random_purchases;

constexpr std::size_t kUsers = 100;

SplitMatrices small_split() { return {random_purchases(kUsers, 1), random_purchases(kUsers, 2)}; }

/// Users in turn to five shops.
ShopAssignment five_shops() {
  ShopAssignment shops{{"a", "b", "c", "d", "e"}, {}};
  for (std::uint32_t user = 0; user < kUsers; ++user) shops.shop_of_user.push_back(user % 5);
  return shops;
}

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
  return must(Evaluator{split, shops}.run(settings, &plain, random, pool));
}

bool same_quality(const models::Quality& a, const models::Quality& b) {
  return a.customers == b.customers && a.ndcg_at_20 == b.ndcg_at_20 &&
         a.recall_at_20 == b.recall_at_20 && a.coverage_at_20 == b.coverage_at_20;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_test)

BOOST_AUTO_TEST_CASE(words_name_models_and_modes) {
  for (const auto kind :
       {ModelKind::popularity, ModelKind::knn, ModelKind::ease, ModelKind::ials}) {
    BOOST_TEST((must(parse_model_kind(to_string(kind))) == kind));
  }
  for (const auto mode :
       {TrainingMode::centralised, TrainingMode::federated, TrainingMode::alone}) {
    BOOST_TEST((must(parse_training_mode(to_string(mode))) == mode));
  }
  BOOST_TEST(test::refused(parse_model_kind("svd"), "use popularity, knn, ease or ials"));
  BOOST_TEST(test::refused(parse_training_mode("local"), "use centralised, federated or alone"));
}

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

BOOST_AUTO_TEST_CASE(real_rounds_give_what_plain_sums_give) {
  const auto split = small_split();
  const auto shops = five_shops();
  for (const auto kind : {ModelKind::popularity, ModelKind::ease, ModelKind::ials}) {
    auto settings = settings_of(kind, TrainingMode::federated);
    settings.ials.epochs = 2;
    MaskedSum masked{5, 3};
    SeededRandom random{1};
    const auto report = must(Evaluator{split, shops}.run(settings, &masked, random));
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
  const Evaluator evaluator{split, shops};
  for (const auto mode : {TrainingMode::federated, TrainingMode::alone}) {
    const auto report = evaluator.run(settings_of(ModelKind::ease, mode), &plain, random);
    BOOST_TEST(test::refused(report, "the shops file is of another data set"));
  }
}

BOOST_AUTO_TEST_CASE(rows_keep_the_order_asked_for) {
  const auto data = small_split().train;
  const auto part = rows_of(data, {7, 0});
  BOOST_TEST(part.customers() == 2U);
  BOOST_TEST(part.items() == data.items());
  BOOST_TEST(std::ranges::equal(part.row(0), data.row(7)));
  BOOST_TEST(std::ranges::equal(part.row(1), data.row(0)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
