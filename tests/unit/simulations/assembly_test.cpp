#include "simulations/assembly.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::must;
using test::random_purchases;

struct Setup {
  models::Histories histories = models::Histories::of(random_purchases(60, 1));
  OwnStatistics statistics{histories, false};
  EvaluationSettings settings;

  Setup() {
    settings.ials = models::IalsPlan::for_factors(3);
    settings.ials.epochs = 2;
    settings.gradient.emplace();
    settings.gradient->factors = 3;
    settings.gradient->rounds = 2;
    for (std::uint32_t item = 0; item < test::kSmallItems; ++item) {
      settings.title.titles.push_back(item % 2 == 0 ? "red bag" : "blue cup");
    }
  }
  std::vector<std::string> parts(ModelKind kind) {
    settings.model = kind;
    std::vector<std::string> names;
    for (const auto& part : must(model_parts(settings, statistics))) {
      names.emplace_back(part.model->name());
    }
    return names;
  }
};

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(assembly_test)

BOOST_AUTO_TEST_CASE(every_kind_is_the_model_it_says) {
  Setup setup;
  BOOST_TEST(setup.parts(ModelKind::popularity) == Names{"popularity"});
  BOOST_TEST(setup.parts(ModelKind::knn) == Names{"knn"});
  BOOST_TEST(setup.parts(ModelKind::ease) == Names{"ease"});
  BOOST_TEST(setup.parts(ModelKind::ials) == Names{"ials"});
  BOOST_TEST(setup.parts(ModelKind::title) == Names{"ials"});
  BOOST_TEST(setup.parts(ModelKind::buy_again) == Names{"buy-again"});
  BOOST_TEST(setup.parts(ModelKind::transitions) == Names{"transitions"});
  BOOST_TEST(setup.parts(ModelKind::bpr) == Names{"bpr"});
  BOOST_TEST(setup.parts(ModelKind::softmax) == Names{"softmax"});
  setup.settings.protocol = models::EvaluationProtocol::next_basket;
  BOOST_TEST(setup.parts(ModelKind::popularity) == Names{"history+popularity"});
}

BOOST_AUTO_TEST_CASE(a_blend_has_the_models_with_a_weight) {
  Setup setup;
  setup.settings.blend = {1, 0.5, 0.3, 0.2, 2};
  BOOST_TEST(setup.parts(ModelKind::blend) == (Names{"ease", "ials", "ease", "title-knn"}));
  setup.settings.protocol = models::EvaluationProtocol::next_basket;
  BOOST_TEST(setup.parts(ModelKind::blend) ==
             (Names{"ease", "ials", "ease", "title-knn", "buy-again"}));
  setup.settings.blend = {1, 0, 0, 0, 0};
  BOOST_TEST(setup.parts(ModelKind::blend) == Names{"ease"});
  setup.settings.blend = {1, 0, 0, 0.5, 0};
  setup.settings.title.titles.clear();
  BOOST_TEST(setup.parts(ModelKind::blend) == Names{"ease"});
}

BOOST_AUTO_TEST_CASE(a_blend_measures_its_spreads_and_one_model_stays_itself) {
  Setup setup;
  setup.settings.model = ModelKind::blend;
  auto parts = must(model_parts(setup.settings, setup.statistics));
  const auto history = setup.histories.row(0);
  std::vector<double> scores(test::kSmallItems);
  must(assembled(parts, setup.histories))->score(history, scores);
  std::vector<double> expected(test::kSmallItems, 0.0);
  for (const auto& part : parts) {
    std::vector<double> own(test::kSmallItems);
    part.model->score(history, own);
    const double factor = part.weight / models::score_spread(*part.model, setup.histories);
    for (std::size_t i = 0; i < own.size(); ++i) expected[i] += factor * own[i];
  }
  BOOST_TEST(scores == expected, boost::test_tools::tolerance(1e-12)
                                     << boost::test_tools::per_element());
  setup.settings.model = ModelKind::knn;
  auto single = must(model_parts(setup.settings, setup.statistics));
  const auto* const model = single.front().model.get();
  BOOST_TEST(must(assembled(std::move(single), setup.histories)).get() == model);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
