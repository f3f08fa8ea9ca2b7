#include "participant/vocabulary/over_own_items.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/popularity.hpp"
#include "models/transitions.hpp"

namespace guildsum::participant {
namespace {

using models::ItemIndex;
using models::PastPurchase;
using Row = std::optional<ItemIndex>;

/// Four own items: the third is row 0, the first row 1; row 2 only others sell.
std::shared_ptr<const SharedPurchases> rows() {
  auto shared = std::make_shared<SharedPurchases>();
  shared->row_of_item = {Row{1}, std::nullopt, Row{0}, std::nullopt};
  shared->item_of_row = {Row{2}, Row{0}, std::nullopt};
  return shared;
}

/// Row 0 is followed by row 1, more rarely by row 2.
std::unique_ptr<models::HistoryRecommender> what_follows() {
  std::vector<std::uint32_t> units(9, 0);
  units[1] = 360;
  units[2] = 90;
  return models::make_transitions({3, std::move(units)}, {}).value();
}

template <class Model, class Past>
std::vector<double> scores(const Model& model, const std::vector<Past>& history) {
  std::vector<double> out(model.items());
  model.score(history, out);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(over_own_items_test)

BOOST_AUTO_TEST_CASE(a_model_of_item_sets_answers_about_own_items) {
  models::PopularityModel counts{std::vector<std::uint64_t>(3, 100)};
  counts.customers[0] = 7;
  counts.customers[1] = 9;
  const auto model = over_own_items(models::make_popularity(counts), rows());
  BOOST_TEST(model->name() == "popularity");
  const auto after = scores<models::Recommender, ItemIndex>(*model, {});
  BOOST_TEST_REQUIRE(after.size() == 4U);
  BOOST_TEST(after[2] < after[0]);
  BOOST_TEST(std::isinf(after[1]));
  BOOST_TEST(std::isinf(after[3]));
  const auto best = models::recommend(*model, {}, {});
  BOOST_TEST(best.size() == 2U);  // Neither what is in no row nor what only others sell.
  BOOST_TEST(best[0].item == 0U);
  BOOST_TEST(model->explain(std::vector<ItemIndex>{1, 2}, 0).score == after[0]);
}

BOOST_AUTO_TEST_CASE(a_model_of_histories_answers_about_own_items) {
  const auto over_rows = what_follows();
  const auto model = over_own_items(what_follows(), rows());
  BOOST_TEST(model->name() == over_rows->name());
  const auto by_row = scores<models::HistoryRecommender, PastPurchase>(*over_rows, {{0, 1, 1}});
  // The second item is in no row: nothing follows it.
  const std::vector<PastPurchase> history{{1, 1, 1}, {2, 1, 1}};
  const auto after = scores<models::HistoryRecommender, PastPurchase>(*model, history);
  BOOST_TEST_REQUIRE(after.size() == 4U);
  BOOST_TEST(by_row[1] > 0);
  BOOST_TEST(after[0] == by_row[1]);
  BOOST_TEST(after[2] == by_row[0]);
  BOOST_TEST(std::isinf(after[1]));
  const auto split = model->explain(history, 0);
  BOOST_TEST(split.score == after[0], boost::test_tools::tolerance(1e-12));
  BOOST_TEST_REQUIRE(split.from_history.size() == 1U);
  BOOST_TEST(split.from_history[0].item == 2U);
  BOOST_TEST(std::isinf(model->explain(history, 3).score));
}

BOOST_AUTO_TEST_CASE(a_basket_is_in_the_order_of_rows) {
  // Own items ascend, their rows do not.
  const auto model = over_own_items(what_follows(), rows());
  const auto over_rows = what_follows();
  const auto after =
      scores<models::HistoryRecommender, PastPurchase>(*model, {{0, 1, 1}, {2, 1, 1}});
  const auto by_row =
      scores<models::HistoryRecommender, PastPurchase>(*over_rows, {{0, 1, 1}, {1, 1, 1}});
  BOOST_TEST(after[0] == by_row[1]);
  BOOST_TEST(after[2] == by_row[0]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::participant
