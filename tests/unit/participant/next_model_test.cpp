#include "participant/serving/next_model.hpp"

#include <cmath>

#include "participant/errors.hpp"
#include "serving_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::ServingSetup;

namespace {

using Position = std::optional<models::ItemIndex>;

std::vector<double> scores(const models::HistoryRecommender& model,
                           const std::vector<models::PastPurchase>& history) {
  std::vector<double> out(model.items());
  model.score(history, out);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(next_model_test)

BOOST_AUTO_TEST_CASE(a_kept_version_scores_what_followed) {
  ServingSetup setup;
  const auto record = setup.release("transitions", 4);
  const auto next = build_next_model(record, *setup.models_kept, setup.load()).value();
  BOOST_TEST(next.kind == "transitions");
  BOOST_TEST(next.version.value() == 4U);
  BOOST_TEST(next.main_parameters.find("latest baskets") != std::string::npos);
  // After item 0: 360 units to item 1, 90 to item 2, and 20 next baskets of shrinkage.
  const auto after = scores(*next.recommender, {{0, 1, 1}});
  BOOST_TEST(after[0] == 0.0);
  BOOST_TEST(after[1] == 360.0 / (450 + 1200), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(after[2] == 90.0 / (450 + 1200), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_version_over_shared_rows_answers_about_own_items) {
  ServingSetup setup;
  const auto record = setup.release("transitions", 4);
  auto data = setup.load();
  // Four own items: the third is row 0, the first row 1, the others are in no row.
  auto shared = std::make_shared<SharedPurchases>();
  shared->since = protocol::RoundId{4};
  shared->row_of_item = {Position{1}, std::nullopt, Position{0}, std::nullopt};
  shared->item_of_row = {Position{2}, Position{0}, std::nullopt};
  data.shared = shared;
  const auto next = build_next_model(record, *setup.models_kept, data).value();
  BOOST_TEST(next.recommender->items() == 4U);
  const std::vector<models::PastPurchase> history{{1, 1, 1}, {2, 1, 1}};
  const auto after = scores(*next.recommender, history);
  BOOST_TEST(after[0] == 360.0 / (450 + 1200), boost::test_tools::tolerance(1e-12));
  BOOST_TEST(after[2] == 0.0);
  BOOST_TEST(std::isinf(after[1]));
  BOOST_TEST(std::isinf(after[3]));
  const auto split = next.recommender->explain(history, 0);
  BOOST_TEST(split.score == after[0], boost::test_tools::tolerance(1e-12));
  BOOST_TEST_REQUIRE(split.from_history.size() == 1U);
  BOOST_TEST(split.from_history[0].item == 2U);
  BOOST_TEST(std::isinf(next.recommender->explain(history, 3).score));
  shared->since = protocol::RoundId{5};
  GS_CHECK_FAILS(ParticipantErrc::catalogue_mismatch,
                 build_next_model(record, *setup.models_kept, data));
}

BOOST_AUTO_TEST_CASE(a_version_of_another_kind_is_refused) {
  ServingSetup setup;
  GS_CHECK_FAILS(
      ParticipantErrc::request_mismatch,
      build_next_model(setup.release("popularity", 1), *setup.models_kept, setup.load()));
}

BOOST_AUTO_TEST_SUITE_END()
