#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/ials.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::Draw;
using models::test::must;
using models::test::purchases;
using models::test::refused;

namespace {

constexpr std::uint32_t kItems = 14;
constexpr std::uint32_t kD = 3;

FactorModel example() {
  IalsPlan plan;
  plan.factors = kD;
  return {kItems, kD, Draw{8}.floats(std::size_t{kItems} * kD), plan};
}

std::vector<double> scores(const Recommender& model, const std::vector<ItemIndex>& history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ials_recommender_test)

BOOST_AUTO_TEST_CASE(a_history_is_folded_in_as_training_would_solve_it) {
  const auto factors = example();
  const auto model = must(make_ials(factors));
  const std::vector<ItemIndex> history{1, 6, 9};
  const auto w =
      must(solve_customers(factors.plan, factors.item_factors, purchases(kItems, {history})));
  const auto found = scores(*model, history);
  for (std::size_t i = 0; i < kItems; ++i) {
    double expected = 0;
    for (std::size_t k = 0; k < kD; ++k) {
      expected += static_cast<double>(factors.item_factors[i * kD + k]) * static_cast<double>(w[k]);
    }
    BOOST_TEST(std::abs(found[i] - expected) < 1e-5, "item " << i);
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_the_history_does_not_matter) {
  const auto model = must(make_ials(example()));
  const auto forward = scores(*model, {1, 6, 9});
  const auto backward = scores(*model, {9, 6, 1});
  for (std::size_t i = 0; i < kItems; ++i) BOOST_TEST(std::abs(forward[i] - backward[i]) < 1e-12);
}

BOOST_AUTO_TEST_CASE(no_history_scores_zero) {
  const auto model = must(make_ials(example()));
  BOOST_TEST(scores(*model, {}) == std::vector<double>(kItems, 0.0));
  const auto why = model->explain({}, 2);
  BOOST_TEST(why.score == 0.0);
  BOOST_TEST(why.from_history.empty());
}

BOOST_AUTO_TEST_CASE(an_explanation_is_an_exact_split) {
  const auto model = must(make_ials(example()));
  const std::vector<ItemIndex> history{0, 5, 11, 13};
  const auto all = scores(*model, history);
  for (ItemIndex item = 0; item < kItems; ++item) {
    const auto why = model->explain(history, item);
    double sum = why.constant;
    for (const auto& part : why.from_history) sum += part.weight;
    BOOST_TEST(std::abs(sum - why.score) < 1e-12);
    BOOST_TEST(std::abs(why.score - all[item]) < 1e-10);
    BOOST_TEST(why.from_history.size() == history.size());
  }
}

BOOST_AUTO_TEST_CASE(only_the_stock_is_ranked) {
  const auto model = must(make_ials(example(), {2, 5}));
  const auto found = scores(*model, {1});
  for (ItemIndex item = 0; item < kItems; ++item) {
    BOOST_TEST(std::isfinite(found[item]) == (item == 2 || item == 5));
  }
  BOOST_TEST(model->explain(std::vector<ItemIndex>{1}, 3).score ==
             -std::numeric_limits<double>::infinity());
}

BOOST_AUTO_TEST_CASE(factors_and_stock_that_do_not_fit_are_refused) {
  auto cut = example();
  cut.item_factors.pop_back();
  BOOST_TEST(refused(make_ials(cut), ModelsErrc::wrong_shape, "factors"));
  BOOST_TEST(refused(make_ials(FactorModel{}), ModelsErrc::wrong_shape));
  BOOST_TEST(refused(make_ials(example(), {5, 2}), ModelsErrc::wrong_shape, "stock"));
  BOOST_TEST(refused(make_ials(example(), {kItems}), ModelsErrc::wrong_shape, "stock"));
}

BOOST_AUTO_TEST_SUITE_END()
