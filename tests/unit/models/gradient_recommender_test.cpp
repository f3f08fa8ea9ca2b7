#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/gradient.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using boost::test_tools::tolerance;
using models::test::Draw;
using models::test::must;
using models::test::refused;

namespace {

constexpr double kUnrankable = -std::numeric_limits<double>::infinity();

VectorModel small_model() {
  // Vectors (1, 0), (0, 2), (3, 4) and biases 0.5, -1, 0.25.
  return {TaskKind::bpr, 3, 2, {1, 0, 0.5, 0, 2, -1, 3, 4, 0.25}};
}

VectorModel random_model(std::uint32_t items, std::uint32_t factors) {
  return {TaskKind::softmax, items, factors,
          Draw{5}.floats(std::size_t{items} * (std::size_t{factors} + 1))};
}

std::vector<double> scores(const Recommender& model, const std::vector<ItemIndex>& history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_recommender_test)

BOOST_AUTO_TEST_CASE(scores_by_hand) {
  const auto model = must(make_factorisation(small_model()));
  BOOST_TEST(model->name() == "bpr");
  BOOST_TEST(model->items() == 3U);
  BOOST_TEST(scores(*model, {}) == (std::vector<double>{0.5, -1, 0.25}));
  BOOST_TEST(scores(*model, {1}) == (std::vector<double>{0.5, 3, 8.25}));
  const auto both = scores(*model, {0, 1});  // w = (1, 2) / sqrt 2
  BOOST_TEST(both[0] == 0.5 + 1 / std::sqrt(2), tolerance(1e-12));
  BOOST_TEST(both[1] == -1 + 4 / std::sqrt(2), tolerance(1e-12));
  BOOST_TEST(both[2] == 0.25 + 11 / std::sqrt(2), tolerance(1e-12));
  BOOST_TEST(must(make_factorisation(random_model(4, 2)))->name() == "softmax");
}

BOOST_AUTO_TEST_CASE(an_explanation_adds_up_to_the_score) {
  const auto model = must(make_factorisation(random_model(30, 7)));
  const std::vector<ItemIndex> history{2, 3, 11, 29};
  const auto all = scores(*model, history);
  for (ItemIndex item = 0; item < 30; ++item) {
    const auto explanation = model->explain(history, item);
    double sum = explanation.constant;
    for (const auto& part : explanation.from_history) sum += part.weight;
    BOOST_TEST(std::abs(sum - all[item]) < 1e-12);
    BOOST_TEST(std::abs(explanation.score - all[item]) < 1e-12);
    BOOST_TEST(explanation.constant == scores(*model, {})[item]);
    BOOST_TEST(explanation.from_history.size() == 4U);
    BOOST_TEST(std::ranges::is_sorted(explanation.from_history, std::greater{},
                                      &ItemContribution::weight));
  }
}

BOOST_AUTO_TEST_CASE(without_a_history_the_bias_explains_all) {
  const auto model = must(make_factorisation(small_model()));
  const auto explanation = model->explain({}, 2);
  BOOST_TEST(explanation.score == 0.25);
  BOOST_TEST(explanation.constant == 0.25);
  BOOST_TEST(explanation.from_history.empty());
}

BOOST_AUTO_TEST_CASE(only_the_stock_is_ranked) {
  const auto model = must(make_factorisation(small_model(), {0, 2}));
  BOOST_TEST(scores(*model, {1}) == (std::vector<double>{0.5, kUnrankable, 8.25}));
  const std::vector<ItemIndex> history{0};
  const auto explanation = model->explain(history, 1);
  BOOST_TEST(explanation.score == kUnrankable);
  BOOST_TEST(explanation.constant == 0.0);
  BOOST_TEST(explanation.from_history.empty());
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
  const auto bad = [](auto change) {
    auto model = small_model();
    change(model);
    return refused(make_factorisation(model), ModelsErrc::wrong_shape);
  };
  BOOST_TEST(bad([](VectorModel& m) { m.items = 0; }));
  BOOST_TEST(bad([](VectorModel& m) { m.factors = 0; }));
  BOOST_TEST(bad([](VectorModel& m) { m.factors = 3; }));
  BOOST_TEST(bad([](VectorModel& m) { m.item_vectors.pop_back(); }));
  BOOST_TEST(bad([](VectorModel& m) { m.kind = TaskKind::ease; }));
  BOOST_TEST(refused(make_factorisation(small_model(), {3}), ModelsErrc::wrong_shape));
  BOOST_TEST(refused(make_factorisation(small_model(), {1, 1}), ModelsErrc::wrong_shape));
}

BOOST_AUTO_TEST_SUITE_END()
