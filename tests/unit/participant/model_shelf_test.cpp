#include "participant/serving/model_shelf.hpp"

#include <algorithm>
#include <cmath>

#include "base/errors.hpp"
#include "serving_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::ServingSetup;

BOOST_AUTO_TEST_SUITE(model_shelf_test)

BOOST_AUTO_TEST_CASE(before_the_purchases_are_read_there_is_nothing) {
  ServingSetup setup;
  BOOST_TEST(!setup.shelf.chosen().has_value());
  BOOST_TEST(!setup.shelf.popular().has_value());
  BOOST_TEST((setup.shelf.data() == nullptr));
}

BOOST_AUTO_TEST_CASE(before_any_shared_model_the_shops_own_popularity_serves) {
  ServingSetup setup;
  setup.put_data();
  BOOST_TEST(setup.shelf.chosen().value().kind == "own-popularity");
  BOOST_TEST(setup.shelf.popular().value().kind == "own-popularity");
  BOOST_TEST(setup.shelf.data()->bought.customers() == 4U);
}

BOOST_AUTO_TEST_CASE(without_figures_the_newest_model_serves_and_with_them_the_best) {
  ServingSetup setup;
  setup.put_data();
  setup.shelf.put(setup.build(setup.release("popularity", 1)));
  setup.shelf.put(setup.build(setup.release("ease", 2)));
  BOOST_TEST(setup.shelf.chosen().value().kind == "ease");
  setup.shelf.put_quality("popularity", 0.3);
  BOOST_TEST(setup.shelf.chosen().value().kind == "popularity");
  setup.shelf.put_quality("ease", 0.4);
  BOOST_TEST(setup.shelf.chosen().value().kind == "ease");
  BOOST_TEST(setup.shelf.popular().value().kind == "popularity");
}

BOOST_AUTO_TEST_CASE(the_owner_may_choose_a_kind_that_serves_once_it_is_there) {
  ServingSetup setup;
  ModelShelf shelf{testing::vocabulary(), "ials"};
  shelf.put_data(std::make_shared<const ShopData>(setup.load()));
  shelf.put(setup.build(setup.release("ease", 2)));
  BOOST_TEST(shelf.chosen().value().kind == "ease");
  shelf.put(setup.build(setup.release("ials", 1)));
  BOOST_TEST(shelf.chosen().value().kind == "ials");
  BOOST_TEST(shelf.chosen().value().version.value() == 1U);
}

BOOST_AUTO_TEST_CASE(the_stock_is_found_in_the_published_list) {
  ServingConfig config;
  BOOST_TEST(stock_of(config, testing::vocabulary()).value().empty());
  config.stock = {"pot", "tea", "pot"};
  BOOST_TEST(
      (stock_of(config, testing::vocabulary()).value() == std::vector<models::ItemIndex>{0, 2}));
  config.stock = {"gold"};
  const auto refused = stock_of(config, testing::vocabulary());
  GS_CHECK_FAILS(BaseErrc::invalid_config, refused);
  BOOST_TEST(refused.error().detail().find("\"gold\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_in_stock_is_known_and_without_a_stock_all_is_sold) {
  ServingSetup setup;
  BOOST_TEST(setup.shelf.unsold().empty());
  setup.shelf.put_stock(std::vector<models::ItemIndex>{2});
  BOOST_TEST((setup.shelf.unsold() == std::vector<models::ItemIndex>{0, 1}));
  setup.shelf.put_stock({});
  BOOST_TEST(setup.shelf.unsold().empty());
}

BOOST_AUTO_TEST_CASE(pairs_that_few_customers_share_can_be_left_out) {
  ServingSetup setup;
  const auto record = setup.release("ease", 1);
  const std::vector<models::ItemIndex> history{0};
  const auto strongest = [&] {
    const auto served = setup.build(record);
    std::vector<double> scores(served.recommender->items());
    served.recommender->score(history, scores);
    return *std::ranges::max_element(scores, {}, [](double score) { return std::abs(score); });
  };
  BOOST_TEST(strongest() != 0.0);
  setup.serving.pairs_min = 1'000;
  BOOST_TEST(strongest() == 0.0);
}

BOOST_AUTO_TEST_CASE(a_model_without_its_checkpoint_or_plan_is_refused) {
  ServingSetup setup;
  ModelRecord record = setup.release("ease", 1);
  const auto build = [&] {
    return build_model(record, *setup.models_kept, setup.load(), setup.serving,
                       testing::vocabulary());
  };
  setup.serving.own_weight = 2;
  GS_REQUIRE_DONE(build());
  record.plan.pop_back();
  BOOST_TEST(build().has_error());
  record = setup.release("ease", 1);
  record.root = testing::sample<protocol::BlobId>(1);
  GS_CHECK_FAILS(BaseErrc::not_found, build());
}

BOOST_AUTO_TEST_SUITE_END()
