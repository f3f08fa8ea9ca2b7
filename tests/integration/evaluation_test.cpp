#include <cmath>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "base/json.hpp"
#include "base/sqlite/database.hpp"
#include "tests/support/federation.hpp"

// Federated evaluation with the real programs: secure sums of figures on what shops held out.
using namespace guildsum;
using namespace guildsum::test;

namespace {

/// Owners take part in evaluations only where they say so.
const std::string kAllowed =
    "[policy]\ntask_kinds = [\"vocabulary\", \"popularity\", \"ease\", \"ials\", \"evaluation\"]\n";

FederationOptions with_holdout() {
  return {.customers = 30,
          .coordinator = {{"rounds.attempts_max", "1"}},
          .shop = "[evaluation]\nholdout = \"holdout.csv\"\n" + kAllowed,
          .holds_out = true};
}

double real_at(const boost::json::object& object, const char* key) {
  return object.at(key).to_number<double>();
}

boost::json::object model_at(Federation& federation, std::uint64_t version) {
  return federation.coordinator().get("/v1/models/" + std::to_string(version));
}

/// A model's NDCG@20 from what each shop measured by itself, pooled over their customers.
double pooled_ndcg(Federation& federation, const std::string& kind) {
  double sum = 0;
  double customers = 0;
  for (std::size_t i = 0; i < federation.shops(); ++i) {
    boost::json::object measured;
    BOOST_REQUIRE(eventually([&] {
      const auto status = federation.shop(i).status();
      const auto& federated = status.at("evaluation").as_object().at("federated").as_object();
      if (federated.contains(kind)) measured = federated.at(kind).as_object();
      return federated.contains(kind);
    }));
    sum += real_at(measured, "ndcg_at_20_sum");
    customers += real_at(measured, "users");
  }
  return sum / customers;
}

/// Waits until as many shops say so as it takes to end the attempt: two of six, as five make a sum.
/// Who first looks after that end sees the end alone and never says it.
template <class Says>
void await_refusals(Federation& federation, Says says) {
  BOOST_TEST(eventually([&] {
    int shops = 0;
    for (std::size_t i = 0; i < federation.shops(); ++i) shops += says(federation.shop(i)) ? 1 : 0;
    return shops >= 2;
  }));
}

auto logged(std::string_view text) {
  return [text](const ShopProcess& shop) { return shop.log().find(text) != std::string::npos; };
}

void expect_has(const Finished& finished, std::string_view text) {
  BOOST_TEST(finished.exit_code == 0, finished.err);
  BOOST_TEST(finished.out.find(text) != std::string::npos, text << " is not in " << finished.out);
}

void expect_refused(const Finished& finished, std::string_view why) {
  BOOST_TEST(finished.exit_code != 0);
  BOOST_TEST(finished.err.find(why) != std::string::npos, finished.err);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_test)

BOOST_AUTO_TEST_CASE(candidates_are_compared_by_exact_sums_and_a_version_gets_its_card) {
  Federation federation{with_holdout()};
  const CoordinatorProcess& coordinator = federation.coordinator();
  expect_refused(coordinator.run({"round", "start", "--task", "evaluation"}),
                 "train a model first");
  federation.run_task("popularity");
  federation.run_task("ease");
  federation.run_task("ials", {{"factors", "4"}, {"epochs", "1"}});
  expect_refused(coordinator.run({"model", "card", "2"}), "round start --task evaluation");
  expect_refused(coordinator.run({"model", "best"}), "nothing was evaluated yet");

  const Finished started =
      coordinator.run({"--progress", "plain", "round", "start", "--task", "evaluation", "--ridge",
                       "20", "--blend", "0.4", "--set", "bands=3", "--wait"});
  BOOST_REQUIRE_MESSAGE(started.exit_code == 0, started.err);
  const auto models = coordinator.get("/v1/models").at("models").as_array();
  BOOST_TEST_REQUIRE(models.size() == 4U);
  const auto evaluated = models.back().as_object();
  BOOST_TEST(text_at(evaluated, "kind") == "evaluation");
  // Both sums are exactly what the shops put in.
  const std::uint64_t last = number_at(evaluated, "round");
  for (const std::uint64_t round : {last - 1, last}) {
    BOOST_TEST(federation.check_sum(round).size() == 6U);
  }

  const auto table = evaluated.at("evaluation").as_object();
  BOOST_TEST(number_at(table, "shops") == 6U);
  BOOST_TEST(number_at(table, "measured") >= 50U);
  BOOST_TEST(table.at("candidates").as_array().size() == 5U);
  for (const auto& [version, kind] : {std::pair{1, "popularity"}, {2, "ease"}, {3, "ials"}}) {
    const auto model = model_at(federation, static_cast<std::uint64_t>(version));
    const auto& quality = model.at("quality").as_object();
    BOOST_TEST(std::abs(real_at(quality, "ndcg_at_20") - pooled_ndcg(federation, kind)) < 1e-5);
    BOOST_TEST(real_at(quality, "ndcg_error") > 0.0);
    BOOST_TEST(number_at(quality, "shops") == 6U);
  }
  expect_has(coordinator.run({"model", "list"}), " +- ");
  expect_has(coordinator.run({"model", "show", "2"}), "recall@20 ");
  expect_has(coordinator.run({"model", "show", "4"}), "0.6 ease 2 + 0.4 ials 3");
  expect_has(coordinator.run({"model", "show", "4"}), "ease 2, ridge 20");
  expect_has(coordinator.run({"model", "show", "4"}), "each shop alone");
  expect_has(coordinator.run({"model", "best"}), "NDCG@20 ");

  expect_has(coordinator.run({"model", "card", "2"}), "\"differential_privacy\"");
  const auto page = federation.path("card.html");
  const Finished written =
      coordinator.run({"model", "card", "3", "--html", "--out", page.string()});
  BOOST_TEST(written.exit_code == 0, written.err);
  BOOST_TEST(text_of(page).find("Model card: ials, version 3") != std::string::npos);
  expect_refused(coordinator.run({"model", "card", "4"}), "recommends nothing");
  expect_refused(coordinator.run({"model", "card", "2", "--html", "--json"}), "not both");

  // Figures are no model: shops go on serving one, and their newest version is not the table's.
  for (std::size_t i = 0; i < federation.shops(); ++i) {
    const auto status = federation.shop(i).status();
    BOOST_TEST(status.at("models").as_array().size() == 3U);
    BOOST_TEST(number_at(status, "model_version") == 3U);
  }
  federation.stop();
}

BOOST_AUTO_TEST_CASE(shops_with_a_private_vocabulary_measure_over_the_rows_that_they_share) {
  FederationOptions options = with_holdout();
  options.publishes_items = false;
  Federation federation{options};
  federation.run_task("vocabulary");
  federation.run_task("ease");
  federation.run_task("evaluation");
  const auto evaluation = model_at(federation, 3).at("evaluation").as_object();
  BOOST_TEST(number_at(evaluation, "measured") >= 50U);
  const auto& candidates = evaluation.at("candidates").as_array();
  BOOST_TEST_REQUIRE(candidates.size() == 1U);
  BOOST_TEST(text_at(candidates[0].as_object(), "name") == "ease 2");
  BOOST_TEST(real_at(candidates[0].as_object(), "ndcg_at_20") > 0.0);
  expect_has(federation.coordinator().run({"model", "card", "2"}), "\"coverage_at_20\"");
  federation.stop();
}

BOOST_AUTO_TEST_CASE(a_second_evaluation_waits_for_the_owners_like_any_sum) {
  Federation federation{with_holdout()};
  federation.run_task("popularity");
  federation.run_task("evaluation");
  const auto again = [&] {
    return text_at(
        federation.coordinator().finish_task(federation.coordinator().start_task("evaluation")),
        "status");
  };
  BOOST_TEST(again() == "failed");
  await_refusals(federation, logged("new-lineage"));
  for (std::size_t i = 0; i < federation.shops(); ++i) {
    BOOST_TEST(federation.shop(i).run({"approve", "evaluation"}).exit_code == 0);
  }
  BOOST_TEST(again() == "completed");
  federation.stop();
}

BOOST_AUTO_TEST_CASE(without_enough_held_out_customers_nothing_is_opened_but_their_number) {
  Federation federation{{.shop = kAllowed}};
  federation.run_task("popularity");
  const auto task = federation.run_task("evaluation");
  BOOST_TEST(number_at(task, "sums_done") == 1U);
  expect_has(federation.coordinator().run({"model", "show", "2"}),
             "Nothing was measured: 0 customers of 0 shops");
  expect_refused(federation.coordinator().run({"model", "card", "1"}), "was not evaluated");
  expect_refused(federation.coordinator().run({"model", "best"}), "nothing was evaluated yet");
  federation.stop();
}

BOOST_AUTO_TEST_CASE(a_coordinator_that_names_another_model_as_a_version_gets_no_figures_of_it) {
  Federation federation{with_holdout()};
  federation.run_task("popularity");
  federation.run_task("ease");
  // As if it had released something else as version 1 than what the shops verified.
  auto ledger =
      sqlite::Database::open(federation.coordinator().directory() / "ledger.sqlite").value();
  const auto changed = ledger.execute(
      "UPDATE model SET checkpoint = (SELECT checkpoint FROM model WHERE version = 2) "
      "WHERE version = 1");
  BOOST_REQUIRE(changed.has_value());
  const auto task =
      federation.coordinator().finish_task(federation.coordinator().start_task("evaluation"));
  BOOST_TEST(text_at(task, "status") == "failed");
  await_refusals(federation, logged("version-unknown"));
  // The refusal is logged before it is stored.
  await_refusals(federation, [](const ShopProcess& shop) {
    return shop.run({"status"}).out.find("version 1 has another root here") != std::string::npos;
  });
  federation.stop();
}

BOOST_AUTO_TEST_CASE(a_shop_that_lacks_a_version_declines_and_the_others_do_not_wait_for_it) {
  FederationOptions options = with_holdout();
  // Longer than the test may take.
  options.coordinator.emplace_back("deadlines.masked_input", "60m");
  Federation federation{options};
  federation.run_task("popularity");
  auto store = sqlite::Database::open(federation.shop(5).agent_dir() / "store.sqlite").value();
  BOOST_REQUIRE(store.execute("DELETE FROM model").has_value());
  federation.run_task("evaluation");
  BOOST_TEST(number_at(model_at(federation, 2).at("evaluation").as_object(), "shops") == 5U);
  BOOST_TEST(eventually([&] {
    return federation.shop(5).run({"status"}).out.find("version-unknown") != std::string::npos;
  }));
  federation.stop();
}

BOOST_AUTO_TEST_CASE(owners_that_want_figures_of_more_shops_decline) {
  FederationOptions options = with_holdout();
  Federation federation{options};
  federation.run_task("popularity");
  const auto task = federation.coordinator().finish_task(
      federation.coordinator().start_task("evaluation", {{"shops_min", "4"}}));
  BOOST_TEST(text_at(task, "status") == "failed");
  await_refusals(federation, logged("policy.survivors_min is 5"));
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
