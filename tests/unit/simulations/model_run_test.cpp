#include "simulations/library/model_run.hpp"

#include "base/errors.hpp"
#include "tests/unit/simulations/retail_sample.hpp"

namespace guildsum::simulations {

using test::must;
using test::refused;

namespace {

struct SampleRun : test::SampleDirectory {
  Result<ModelRun> run(const std::string& rest, const std::string& head = {},
                       const ModelRunOptions& options = {}) {
    const auto loaded = must(load_model_scenario(scenario(rest, head)));
    return run_model_scenario(loaded, source, options);
  }
  RetailSource source = must(read_retail_source(directory / "sales.csv"));
};

}  // namespace

BOOST_AUTO_TEST_SUITE(model_run_test)

BOOST_FIXTURE_TEST_CASE(federated_is_as_good_as_in_one_place_on_real_purchases, SampleRun) {
  std::vector<std::string> steps;
  ModelRunOptions options;
  options.before_step = [&](std::string_view what) { steps.emplace_back(what); };
  const auto run =
      must(this->run("groups = \"activity\"\n[model]\nkind = \"ease\"\n", {}, options));
  BOOST_REQUIRE(run.find("federated") != nullptr);
  BOOST_REQUIRE(run.find("centralised") != nullptr);
  BOOST_TEST(run.find("federated")->quality.ndcg_at_20 ==
             run.find("centralised")->quality.ndcg_at_20);
  BOOST_TEST(run.find("federated")->quality.ndcg_at_20 >
             run.find("popularity")->quality.ndcg_at_20);
  BOOST_TEST(run.find("alone")->per_shop.size() == 8U);
  BOOST_TEST(run.find("nothing") == nullptr);
  BOOST_TEST(run.exactness.sums == 3U);  // The Gram matrix and the two of the fairness audit.
  BOOST_TEST(run.exactness.different == 0U);
  BOOST_TEST(run.phases[2].bytes_up > run.exactness.values);
  BOOST_TEST(run.models.front().report.fairness.has_value());
  BOOST_TEST(steps.size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(the_guard_serves_each_shop_one_of_its_two_models, SampleRun) {
  const auto run = must(this->run("[model]\nkind = \"ease\"\nguard = true\n"));
  const auto* guarded = run.find("guarded");
  BOOST_REQUIRE(guarded != nullptr);
  BOOST_REQUIRE(run.keeps_own.size() == 8U);
  const auto& federated = run.find("federated")->per_shop;
  const auto& alone = run.find("alone")->per_shop;
  std::size_t customers = 0;
  for (std::size_t k = 0; k < run.keeps_own.size(); ++k) {
    const auto& served = run.keeps_own[k] ? alone[k] : federated[k];
    BOOST_TEST(guarded->per_shop[k].quality.ndcg_at_20 == served.quality.ndcg_at_20);
    BOOST_TEST(guarded->per_shop[k].customers == served.customers);
    customers += served.quality.customers;
  }
  BOOST_TEST(guarded->quality.customers == customers);
}

BOOST_FIXTURE_TEST_CASE(a_curve_ends_with_the_whole_training_and_repeats_exactly, SampleRun) {
  const std::string ials = "[model]\nkind = \"ials\"\nfactors = 8\nepochs = 3\ncurve = [\"1\"]\n";
  const auto run = must(this->run(ials, "compare = []\n"));
  BOOST_REQUIRE(run.curve.size() == 2U);
  BOOST_TEST(run.curve[0].at == 1U);
  BOOST_TEST(run.curve[1].at == 3U);
  BOOST_TEST(run.curve[1].quality.ndcg_at_20 == run.models.front().report.quality.ndcg_at_20);
  const auto again = must(this->run(ials, "compare = []\n"));
  BOOST_TEST(run.curve[0].quality.ndcg_at_20 == again.curve[0].quality.ndcg_at_20);
  BOOST_TEST(run.curve[1].quality.ndcg_at_20 == again.curve[1].quality.ndcg_at_20);
}

BOOST_FIXTURE_TEST_CASE(an_item_that_is_promoted_enough_is_shown_elsewhere, SampleRun) {
  const auto& code = source.split.items.front().stock_code;
  const std::string item = "item = \"" + code + "\"\nshop = 0\n";
  const auto run = must(this->run(
      "[model]\nkind = \"popularity\"\n[[attack]]\nkind = \"promotes-item\"\ncustomers = 300\n" +
          item + "[[attack]]\nkind = \"flips-sign\"\n" + item +
          "[[attack]]\nkind = \"free-rider\"\n" + item,
      "compare = []\n"));
  BOOST_REQUIRE(run.attacks.size() == 3U);
  BOOST_TEST(run.attacks[0].customers > 10U);
  BOOST_TEST(run.attacks[0].shown_attacked > run.attacks[0].shown_honest);
  BOOST_TEST(run.attacks[0].refused.empty());
  // A count below zero gives the attack away, unless the others outweigh it.
  BOOST_TEST(!run.attacks[1].refused.empty());
  BOOST_TEST(run.attacks[2].refused.empty());
  BOOST_TEST(run.attacks[2].honest.customers == run.attacks[2].attacked.customers);
}

BOOST_FIXTURE_TEST_CASE(under_noise_the_sums_are_exact_and_the_model_worse, SampleRun) {
  const auto run = must(this->run(
      "[model]\nkind = \"ease\"\n[privacy]\nepsilons = [\"0.5\", \"100\"]\n", "compare = []\n"));
  BOOST_REQUIRE(run.privacy.size() == 2U);
  BOOST_TEST(run.exactness.sums == 3U);  // Without noise, and with each of the two.
  BOOST_TEST(run.exactness.different == 0U);
  const double without = run.models.front().report.quality.ndcg_at_20;
  BOOST_TEST(run.privacy[0].quality.ndcg_at_20 < without);
  BOOST_TEST(run.privacy[0].plan.noise_deviation > run.privacy[1].plan.noise_deviation);
}

BOOST_FIXTURE_TEST_CASE(what_the_data_does_not_have_is_refused_by_name, SampleRun) {
  const std::string popular = "[model]\nkind = \"popularity\"\n[[attack]]\nkind = \"scales\"\n";
  BOOST_TEST(refused(run(popular + "shop = 8\n"), "there is no shop 8"));
  BOOST_TEST(refused(run(popular + "item = \"none\"\n"), "stock code none"));
  // A customer whose only shop has nothing to train on.
  auto scenario_without = must(load_model_scenario(scenario("[model]\nkind = \"popularity\"\n")));
  auto emptied = source;
  for (auto& user : emptied.split.users) user.country = "France";
  BOOST_TEST(refused(run_model_scenario(scenario_without, emptied), "uk-1 has no customer"));
}

BOOST_FIXTURE_TEST_CASE(sums_are_exact_over_whoever_stayed, SampleRun) {
  const auto run = must(this->run(
      "dropout = 0.4\n[model]\nkind = \"ials\"\nfactors = 4\nepochs = 3\n", "compare = []\n"));
  BOOST_TEST(run.exactness.different == 0U);
  BOOST_REQUIRE(run.participation.size() == 6U);
  std::size_t absent = 0;
  for (const auto& counted : run.participation) {
    const auto present = static_cast<std::size_t>(std::ranges::count(counted, true));
    BOOST_TEST(present >= 5U);  // Eight shops and one corrupt: the quorum.
    absent += counted.size() - present;
  }
  BOOST_TEST(absent > 0U);
  BOOST_TEST(run.models.front().report.quality.ndcg_at_20 > 0);
}

BOOST_FIXTURE_TEST_CASE(a_run_can_be_stopped, SampleRun) {
  ModelRunOptions options;
  options.stop = [] { return true; };
  const auto stopped = run("[model]\nkind = \"popularity\"\n", {}, options);
  BOOST_REQUIRE(stopped.has_error());
  BOOST_TEST((stopped.error() == BaseErrc::interrupted));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
