#include "simulations/tuning.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "simulations/masked_sum.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::five_shops;
using test::must;
using test::small_split;

EvaluationSettings ease(TrainingMode mode) {
  EvaluationSettings settings;
  settings.mode = mode;
  return settings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tuning_test)

BOOST_AUTO_TEST_CASE(every_model_has_candidates_with_names_of_their_own) {
  for (const auto kind :
       {ModelKind::popularity, ModelKind::knn, ModelKind::ease, ModelKind::ials, ModelKind::blend,
        ModelKind::buy_again, ModelKind::title, ModelKind::transitions, ModelKind::bpr,
        ModelKind::softmax}) {
    for (const auto protocol :
         {models::EvaluationProtocol::discover, models::EvaluationProtocol::next_basket}) {
      EvaluationSettings base;
      base.model = kind;
      base.protocol = protocol;
      base.title.titles = {"red"};
      std::set<std::string> labels;
      const auto candidates = candidates_of(base);
      for (const auto& candidate : candidates) {
        labels.insert(candidate.label);
        BOOST_TEST((candidate.settings.model == kind));
      }
      BOOST_TEST(labels.size() == candidates.size());
      BOOST_TEST(!candidates.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_best_on_validation_is_chosen) {
  const auto split = small_split();
  const ShopAssignment shops;
  Evaluator evaluator{split, shops};
  std::size_t told = 0;
  const auto report = must(tune(evaluator, candidates_of(ease(TrainingMode::centralised)), {},
                                [&told](std::size_t done) { told = done; }));
  BOOST_TEST(told == report.candidates.size());
  BOOST_TEST_REQUIRE(report.ndcg_at_20.size() == report.candidates.size());
  for (std::size_t c = 0; c < report.candidates.size(); ++c) {
    BOOST_TEST(report.ndcg_at_20[c] <= report.ndcg_at_20[report.best]);
    const auto own = must(evaluator.run(report.candidates[c].settings)).quality.ndcg_at_20;
    BOOST_TEST(report.ndcg_at_20[c] == own, boost::test_tools::tolerance(1e-12));
  }
  BOOST_TEST(report.chosen().ridge.value() ==
             report.candidates[report.best].settings.ridge.value());
  BOOST_TEST(report.sums == 0U);
}

BOOST_AUTO_TEST_CASE(a_federation_compares_by_one_secure_sum) {
  const auto split = small_split();
  const auto shops = five_shops();
  const ShopAssignment none;
  MaskedSum masked{5, 3};
  SeededRandom random{1};
  const SumSource sums{&masked, &random, {}};
  Evaluator federated{split, shops, sums};
  const auto secure = must(tune(federated, candidates_of(ease(TrainingMode::federated)), sums));
  Evaluator together{split, none};
  const auto open = must(tune(together, candidates_of(ease(TrainingMode::centralised)), {}));
  BOOST_TEST(secure.best == open.best);
  for (std::size_t c = 0; c < open.ndcg_at_20.size(); ++c) {
    // Units of 2^-20, rounded once per shop.
    BOOST_TEST(std::abs(secure.ndcg_at_20[c] - open.ndcg_at_20[c]) < 1e-6);
  }
  BOOST_TEST(secure.sums == 2U);  // One Gram for all ridges, one comparison.
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
