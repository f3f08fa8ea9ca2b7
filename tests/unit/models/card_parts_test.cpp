#include "models/card_parts.hpp"

#include <array>

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

using namespace guildsum::models;

BOOST_AUTO_TEST_SUITE(card_parts_test)

BOOST_AUTO_TEST_CASE(settings_are_those_of_the_kind) {
  TaskPlan plan;
  plan.popularity.customers_min = 7;
  BOOST_TEST(card_settings(plan).at("customers_min") == 7);
  plan.kind = TaskKind::ease;
  plan.ease.ridge_shared = 250;
  BOOST_TEST(card_settings(plan).at("ridge") == 250.0);
  plan.kind = TaskKind::ials;
  BOOST_TEST(card_settings(plan).at("factors") == plan.ials.factors);
  plan.kind = TaskKind::softmax;
  plan.gradient.rounds = 12;
  BOOST_TEST(card_settings(plan).at("rounds") == 12);
  plan.kind = TaskKind::transitions;
  plan.transitions.scoring.baskets = 4;
  BOOST_TEST(card_settings(plan).at("baskets") == 4);
}

BOOST_AUTO_TEST_CASE(an_audit_names_its_groups_and_says_where_there_are_none) {
  const std::array<std::string, 2> names{"little", "much"};
  FairnessReport report;
  report.groups.push_back({1, 60, {0.2, 0.01}, {0.3, 0.02}, true});
  report.suppressed = {0};
  const auto document = audit_document(report, names);
  const auto& group = document.at("groups").as_array().front().as_object();
  BOOST_TEST(group.at("group") == "much");
  BOOST_TEST(group.at("customers") == 60);
  BOOST_TEST(group.at("served_badly") == true);
  BOOST_TEST(document.at("suppressed").as_array().front() == "little");
  BOOST_TEST(!document.contains("shops_worse"));
  report.shops = 4;
  report.shops_worse = 1;
  BOOST_TEST(audit_document(report, names).at("shops_worse") == 1);
  const auto empty = card_groups(FairnessReport{}, names);
  BOOST_TEST(empty.at("groups") == "none");
  BOOST_TEST(empty.at("suppressed") == "none");
  BOOST_TEST(card_intended_use().at("not_for").as_array().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
