#include "coordinator/release_card.hpp"

#include <boost/json/array.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "evaluated_setup.hpp"
#include "models/model_card.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::EvaluatedSetup;

namespace {

Result<boost::json::object> card(EvaluatedSetup& setup, std::size_t version) {
  return release_card(*setup.ledger, *setup.blobs, setup.evaluations,
                      setup.models().at(version - 1));
}

bool not_found(const Result<boost::json::object>& card, std::string_view fix) {
  return card.has_error() && card.error() == BaseErrc::not_found &&
         card.error().detail().find(fix) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(release_card_test)

BOOST_AUTO_TEST_CASE(a_version_that_was_not_evaluated_has_no_card_but_a_way_to_get_one) {
  EvaluatedSetup setup;
  BOOST_TEST(not_found(card(setup, 2), "round start --task evaluation --versions 2"));
  setup.evaluate({{setup.version_of(1), 0, {}, 0}});
  BOOST_TEST(not_found(card(setup, 2), "--versions 2"));
  setup.evaluate({{setup.version_of(2), 0, {}, 0}}, 40);  // Nothing was measured.
  BOOST_TEST(not_found(card(setup, 2), "--versions 2"));
}

BOOST_AUTO_TEST_CASE(a_card_says_who_made_it_how_good_it_is_and_for_whom) {
  EvaluatedSetup setup;
  const auto evaluation = setup.evaluate_both();
  const auto made = card(setup, 2).value();
  const std::string root = setup.models()[1].checkpoint.hex();
  const std::string table = evaluation.checkpoint.hex();
  GS_REQUIRE_DONE(models::check_model_card(made));
  BOOST_TEST(made.at("model").at("kind") == "ials");
  BOOST_TEST(made.at("model").at("version") == 2);
  BOOST_TEST(made.at("model").at("settings").at("factors") == 2);
  BOOST_TEST(made.at("contributors").at("shops") == 6);
  BOOST_TEST(made.at("contributors").at("minimum") == 5);
  BOOST_TEST(made.at("training").at("secure_sums") == 2);
  BOOST_TEST(made.at("data").at("customers") == 400);
  BOOST_TEST(made.at("lineage").at("root").as_string() == std::string_view{root});
  BOOST_TEST(made.at("lineage").at("evaluation_root").as_string() == std::string_view{table});
  BOOST_TEST(made.at("quality").at("ndcg_at_20") == 0.25);
  const auto& groups = made.at("groups").at("groups").as_array();
  BOOST_TEST(groups.size() == 2U);
  BOOST_TEST(groups[0].at("group") == "up to 2 items bought");
  BOOST_TEST(groups[1].at("customers") == 100);
  // The best-sold fifth of four items is the first, with 40 of 100 purchases.
  BOOST_TEST(made.at("groups").at("head_purchase_share") == 0.4);
  BOOST_TEST(made.at("differential_privacy").at("enabled") == false);
  BOOST_TEST(models::model_card_page(made).find("up to 2 items bought") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_counts_per_item_the_audit_says_what_is_missing) {
  EvaluatedSetup setup;
  models::TaskPlan plan;
  plan.kind = models::TaskKind::bpr;
  plan.items = 9;  // A longer list, of which nothing was counted.
  const auto model = setup.add_model(plan, testing::sample_bytes(4, 50));
  setup.evaluate({{setup.version_of(model.version.value()), 0, {}, 0}});
  BOOST_TEST(not_found(card(setup, model.version.value()), "round start --task popularity"));
}

BOOST_AUTO_TEST_CASE(figures_have_no_card_of_their_own) {
  EvaluatedSetup setup;
  const auto evaluation = setup.evaluate_both();
  const auto refused = release_card(*setup.ledger, *setup.blobs, setup.evaluations, evaluation);
  BOOST_TEST((refused.error() == BaseErrc::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()
