#include "simulations/evaluation_card.hpp"

#include <optional>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "simulations/masked_sum.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::must;

/// A federated evaluation of the small split, with groups by parity.
EvaluationResult evaluated(ModelKind kind, std::optional<PrivacySettings> privacy = {}) {
  const auto split = test::small_split();
  const auto shops = test::five_shops();
  MaskedSum masked{5, 3};
  SeededRandom random{1};
  Evaluator evaluator{split, shops, {&masked, &random, {}}};
  EvaluationResult result;
  result.settings.model = kind;
  result.settings.privacy = privacy;
  result.settings.mode = TrainingMode::federated;
  result.settings.ials = models::IalsPlan::for_factors(3);
  result.settings.ials.epochs = 2;
  result.settings.gradient.emplace();
  result.settings.gradient->factors = 3;
  result.settings.gradient->rounds = 2;
  result.settings.groups = CustomerGroups{{"even", "odd"}, {}};
  for (std::uint32_t user = 0; user < test::kSplitUsers; ++user) {
    result.settings.groups->group_of_user.push_back(user % 2);
  }
  result.report = must(evaluator.run(result.settings));
  result.users = split.train.customers();
  result.items = split.train.items();
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_card_test)

BOOST_AUTO_TEST_CASE(every_model_of_one_task_has_a_complete_card) {
  for (const auto kind : {ModelKind::popularity, ModelKind::ease, ModelKind::ials, ModelKind::bpr,
                          ModelKind::softmax, ModelKind::transitions}) {
    const auto result = evaluated(kind);
    const auto card = must(model_card_of(result));
    BOOST_TEST(card.at("model").as_object().at("kind").as_string() == to_string(kind));
    BOOST_TEST(card.at("quality").as_object().at("ndcg_at_20").as_double() ==
               result.report.quality.ndcg_at_20);
    BOOST_TEST(card.at("lineage").as_object().at("root").as_string().size() == 64U);
    BOOST_TEST(card.at("training").as_object().at("secure_sums").to_number<std::uint64_t>() ==
               result.report.sums - 2);
    BOOST_TEST(card.at("contributors").as_object().at("shops").to_number<int>() == 5);
  }
}

BOOST_AUTO_TEST_CASE(without_an_audit_or_a_task_there_is_no_card) {
  auto result = evaluated(ModelKind::ease);
  result.settings.model = ModelKind::knn;
  BOOST_TEST(
      test::refused(model_card_of(result), "popularity, ease, ials, bpr, softmax or transitions"));
  result.settings.model = ModelKind::ease;
  result.report.model_root.clear();
  BOOST_TEST(test::refused(model_card_of(result), "lineage.root is empty"));
  result.report.fairness.reset();
  BOOST_TEST(test::refused(model_card_of(result), "needs --mode federated and --groups"));
}

BOOST_AUTO_TEST_CASE(noise_and_what_other_epsilons_cost_stand_in_the_card) {
  const auto exact = must(model_card_of(evaluated(ModelKind::ease)));
  BOOST_TEST(!exact.at("differential_privacy").as_object().at("enabled").as_bool());
  PrivacySettings privacy;
  privacy.budget.epsilon = 8;
  auto result = evaluated(ModelKind::ease, privacy);
  result.privacy_table.push_back(
      {privacy, *result.report.privacy, result.report.quality});
  const auto card = must(model_card_of(result));
  const auto& section = card.at("differential_privacy").as_object();
  BOOST_TEST(section.at("enabled").as_bool());
  BOOST_TEST(section.at("epsilon").as_double() <= 8.0);
  BOOST_TEST(section.at("epsilon").as_double() > 7.9);
  BOOST_TEST(section.at("covers").as_string() ==
             "the training sum; every figure of quality and fairness is exact");
  BOOST_TEST(section.at("quality_by_epsilon").as_array().size() == 1U);
}

BOOST_AUTO_TEST_CASE(both_forms_are_written) {
  const guildsum::test::TempDir directory;
  const auto card = must(model_card_of(evaluated(ModelKind::ease)));
  must(write_model_card(card, directory / "deep" / "card"));
  BOOST_TEST((boost::json::parse(test::read(directory / "deep" / "card" / "card.json")) == card));
  const auto page = test::read(directory / "deep" / "card" / "card.html");
  BOOST_TEST(test::contains(page, "<h1>Model card: ease, version evaluation</h1>"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
