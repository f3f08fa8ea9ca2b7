#include "participant/training/candidates.hpp"

#include "models/errors.hpp"
#include "models/evaluation_sums.hpp"
#include "models/sum_task.hpp"
#include "participant/errors.hpp"
#include "protocol/errors.hpp"
#include "serving_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::ServingSetup;

namespace {

models::ReleasedVersion version_of(const ModelRecord& record) {
  models::ReleasedVersion version;
  version.version = record.version.value();
  std::ranges::copy(record.root.view(), version.root.begin());
  return version;
}

/// A shop with two models, sixty customers and something held out of each.
struct Setup : ServingSetup {
  Setup() {
    PurchaseStore::Import bought{purchases, false};
    PurchaseStore::Import later{purchases, true};
    for (int i = 0; i < 60; ++i) {
      const std::string customer = "customer-" + std::to_string(i);
      GS_REQUIRE_DONE(bought.add(testing::event(customer, i % 2 == 0 ? "tea" : "cup"), "a.csv"));
      GS_REQUIRE_DONE(later.add(testing::event(customer, i % 3 == 0 ? "pot" : "cup", 9), "b.csv"));
    }
    GS_REQUIRE_DONE(bought.finish());
    GS_REQUIRE_DONE(later.finish());
    everybody_consents();
    data = load();
    plan.kind = models::TaskKind::evaluation;
    plan.items = 3;
    plan.evaluation.shops_min = 3;
    plan.evaluation.candidates = {{version_of(popularity), 0, {}, 0},
                                  {version_of(ease), 0, {}, 0},
                                  {version_of(ease), 40, {}, 0},
                                  {version_of(ease), 0, version_of(popularity), 0.5}};
  }
  [[nodiscard]] EvaluationInputs inputs() { return {*models_kept, data, serving, items, 3}; }
  [[nodiscard]] Result<> check() { return check_candidates(plan.evaluation, inputs()); }
  [[nodiscard]] Result<models::Contribution> contribute(const models::SumTask& of) {
    return contribute_evaluation(plan, of.next_request().value(), inputs());
  }

  ModelRecord popularity = release("popularity", 1);
  ModelRecord ease = release("ease", 2);
  models::Vocabulary items = testing::vocabulary();
  ShopData data;
  models::TaskPlan plan;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(candidates_test)

BOOST_AUTO_TEST_CASE(a_shop_measures_every_candidate_and_its_own_model) {
  Setup setup;
  const auto task = models::make_task(setup.plan).value();
  auto part = setup.contribute(*task).value();
  BOOST_TEST(part.values.back() == 1);
  std::vector<std::int64_t> three_shops;
  for (const auto value : part.values) three_shops.push_back(3 * value);
  GS_REQUIRE_DONE(task->apply(three_shops, {.survivors = 3}));
  part = setup.contribute(*task).value();
  const models::QualityView<const std::int64_t> view{setup.plan, 1, part.values};
  BOOST_TEST(view.customers()[0] == 40);  // Who bought a cup is not measured by another cup.
  BOOST_TEST(view.own_customers() == view.customers()[0]);
  for (std::size_t c = 0; c < 4; ++c) {
    BOOST_TEST(view.figure(c, models::Figure::ndcg_at_20)[0] > 0);
    BOOST_TEST(view.shops(c)[0] == 1);
  }
}

BOOST_AUTO_TEST_CASE(what_the_shop_does_not_sell_is_shown_by_no_candidate) {
  Setup setup;
  setup.serving.stock = {"tea", "pot"};
  const auto task = models::make_task(setup.plan).value();
  GS_REQUIRE_DONE(task->apply(std::vector<std::int64_t>{60, 0, 0, 0, 60, 3}, {.survivors = 3}));
  const auto part = setup.contribute(*task).value();
  const models::QualityView<const std::int64_t> view{setup.plan, 1, part.values};
  const auto cup = setup.items.find("cup").value();
  for (std::size_t c = 0; c < 4; ++c) {
    BOOST_TEST(view.exposure(c)[cup] == 0);
    BOOST_TEST(std::ranges::any_of(view.exposure(c), [](auto shown) { return shown > 0; }));
  }
}

BOOST_AUTO_TEST_CASE(only_versions_that_this_shop_verified_are_measured) {
  Setup setup;
  GS_REQUIRE_DONE(setup.check());
  auto& first = setup.plan.evaluation.candidates[0].model;
  first.root[5] ^= std::byte{1};
  GS_CHECK_FAILS(ParticipantErrc::version_unknown, setup.check());
  const auto task = models::make_task(setup.plan).value();
  GS_CHECK_FAILS(ParticipantErrc::version_unknown, setup.contribute(*task));
  first = version_of(setup.popularity);
  first.version = 7;
  GS_CHECK_FAILS(ParticipantErrc::version_unknown, setup.check());
  first = version_of(setup.ease);
  first.version = 1;  // One version's number with another's root.
  GS_CHECK_FAILS(ParticipantErrc::version_unknown, setup.check());
  first = version_of(setup.popularity);
  setup.plan.evaluation.candidates[3].other.root[0] ^= std::byte{1};
  GS_CHECK_FAILS(ParticipantErrc::version_unknown, setup.check());
}

BOOST_AUTO_TEST_CASE(a_version_that_a_newer_one_replaced_is_not_measured) {
  Setup setup;
  setup.release("ease", 3);
  const auto refused = setup.check();
  BOOST_TEST((refused.error() == ParticipantErrc::version_unknown));
  BOOST_TEST(refused.error().detail().find("version 2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(figures_of_fewer_shops_than_the_owner_allows_are_refused) {
  Setup setup;
  setup.plan.evaluation.shops_min = 2;
  const auto refused = setup.check();
  BOOST_TEST((refused.error() == protocol::ProtocolErrc::policy_refused));
  BOOST_TEST(refused.error().detail().find("policy.survivors_min is 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_ridge_is_of_ease_and_an_evaluation_is_no_candidate) {
  Setup setup;
  setup.plan.evaluation.candidates[0].ridge = 5;
  GS_CHECK_FAILS(ParticipantErrc::request_mismatch, setup.check());
  setup.plan.evaluation.candidates[0].ridge = 0;
  ModelRecord figures = setup.popularity;
  figures.kind = "evaluation";
  figures.version = protocol::ModelVersion{4};
  GS_REQUIRE_DONE(setup.models_kept->keep_model(figures));
  setup.plan.evaluation.candidates[0].model = version_of(figures);
  GS_CHECK_FAILS(ParticipantErrc::version_unknown, setup.check());
}

BOOST_AUTO_TEST_CASE(a_ridge_that_is_nearly_the_versions_own_is_refused) {
  Setup setup;
  const double own = models::EasePlan{}.ridge_shared;
  auto& ridge = setup.plan.evaluation.candidates[2].ridge;
  for (const double close : {own, own * 1.2, own / 1.2}) {
    ridge = close;
    GS_CHECK_FAILS(models::ModelsErrc::bad_plan, setup.check());
  }
  ridge = own * 1.25;
  GS_REQUIRE_DONE(setup.check());
}

BOOST_AUTO_TEST_CASE(a_shop_without_held_out_purchases_adds_zeros) {
  Setup setup;
  const auto task = models::make_task(setup.plan).value();
  GS_REQUIRE_DONE(task->apply(std::vector<std::int64_t>{60, 0, 0, 0, 60, 3}, {.survivors = 3}));
  setup.data.held_out =
      models::Interactions::build(
          3, std::vector<std::vector<models::ItemIndex>>(setup.data.bought.customers()))
          .value();
  const auto part = setup.contribute(*task).value();
  BOOST_TEST(std::ranges::count(part.values, 0) == std::ssize(part.values));
}

BOOST_AUTO_TEST_SUITE_END()
