#include "models/model_card.hpp"

#include <boost/json.hpp>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

boost::json::object complete_card() {
  return boost::json::parse(R"({
    "model": {"kind": "ease", "version": "3", "settings": {"ridge": 500}},
    "intended_use": {"primary": "recommendations", "users": "shops", "not_for": ["prices"]},
    "data": {"shops": 8, "customers": 4074, "items": 3148},
    "training": {"procedure": "one sum", "secure_sums": 1},
    "contributors": {"shops": 8, "minimum": 5},
    "lineage": {"parent": "none", "root": "5e"},
    "quality": {"protocol": "discover", "ndcg_at_20": 0.0895, "ndcg_error": 0.0034},
    "groups": {"groups": [{"group": "a <b> & \"c\"", "customers": 60, "served_badly": false}],
               "ndcg_at_10": {"ratio": 0.9}, "coverage_at_20": 0.39},
    "differential_privacy": {"enabled": false, "reason": "sums are exact"},
    "main_parameters": "Purchases.",
    "limits": ["One data set."]
  })").as_object();
}

/// The card without, or with another, member at `section`.`member`.
boost::json::object changed(const char* section, const char* member,
                            std::optional<boost::json::value> value) {
  auto card = complete_card();
  auto& object = member == nullptr ? card : card.at(section).as_object();
  const char* key = member == nullptr ? section : member;
  object.erase(key);
  if (value) object[key] = *std::move(value);
  return card;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_card_test)

BOOST_AUTO_TEST_CASE(a_complete_card_is_one) { must(check_model_card(complete_card())); }

BOOST_AUTO_TEST_CASE(no_section_and_no_required_member_may_be_missing) {
  for (const auto& section : complete_card()) {
    const std::string key{section.key()};
    BOOST_TEST(refused(check_model_card(changed(key.c_str(), nullptr, std::nullopt)),
                       ModelsErrc::malformed, key + " is missing"));
  }
  BOOST_TEST(refused(check_model_card(changed("data", "customers", std::nullopt)),
                     ModelsErrc::malformed, "data.customers is missing"));
  BOOST_TEST(refused(check_model_card(changed("data", nullptr, "all of it")),
                     ModelsErrc::malformed, "data.shops is missing"));
}

BOOST_AUTO_TEST_CASE(nothing_may_be_empty_anywhere) {
  using boost::json::array;
  using boost::json::object;
  // Not with braces: these would make lists of one.
  for (const auto& empty : {boost::json::value(nullptr), boost::json::value(""),
                            boost::json::value(array()), boost::json::value(object())}) {
    BOOST_TEST(refused(check_model_card(changed("model", "settings", empty)),
                       ModelsErrc::malformed, "model.settings is empty"));
    BOOST_TEST(refused(check_model_card(changed("limits", nullptr, array{"one", empty})),
                       ModelsErrc::malformed, "limits[1] is empty"));
  }
  // Zero and no are values.
  must(check_model_card(changed("quality", "ndcg_at_20", 0)));
}

BOOST_AUTO_TEST_CASE(privacy_has_a_reason_or_figures) {
  using boost::json::object;
  const auto with = [](object privacy) {
    return check_model_card(changed("differential_privacy", nullptr, std::move(privacy)));
  };
  must(with({{"enabled", true}, {"epsilon", 2.0}, {"delta", 1e-6}, {"unit", "a customer"}}));
  BOOST_TEST(refused(with({{"enabled", false}}), ModelsErrc::malformed, "reason is missing"));
  BOOST_TEST(refused(with({{"enabled", true}, {"epsilon", 2.0}, {"unit", "a customer"}}),
                     ModelsErrc::malformed, "delta is missing"));
  BOOST_TEST(refused(with({{"enabled", "no"}, {"reason", "x"}}), ModelsErrc::malformed,
                     "enabled is no yes or no"));
}

BOOST_AUTO_TEST_CASE(the_page_has_everything_and_runs_nothing) {
  const auto page = model_card_page(complete_card());
  for (const char* part :
       {"<h1>Model card: ease, version 3</h1>", "a &lt;b&gt; &amp; &quot;c&quot;", "<td>60</td>",
        "<dd>0.0895</dd>", "<td>no</td>", "<li>One data set.</li>", "sums are exact",
        "What decides the order"}) {
    BOOST_TEST(page.find(part) != std::string::npos, part << " is not in " << page);
  }
  for (const char* part : {"<script", "http:", "https:", "<b>", "src="}) {
    BOOST_TEST(page.find(part) == std::string::npos, part << " is in the page");
  }
}

BOOST_AUTO_TEST_CASE(a_group_that_is_served_badly_stands_out) {
  auto card = complete_card();
  BOOST_TEST(model_card_page(card).find("class=\"alarm\"") == std::string::npos);
  card.at("groups").as_object().at("groups").as_array()[0].as_object()["served_badly"] = true;
  BOOST_TEST(model_card_page(card).find("<td class=\"alarm\">yes</td>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(main_parameters_are_those_of_the_kind) {
  TaskPlan plan;
  plan.kind = TaskKind::popularity;
  BOOST_TEST(main_parameters_text(plan).find("Nothing about you is used") != std::string::npos);
  plan.kind = TaskKind::ials;
  plan.ials.factors = 48;
  BOOST_TEST(main_parameters_text(plan).find("48 numbers of taste") != std::string::npos);
  plan.kind = TaskKind::bpr;
  plan.gradient.factors = 32;
  BOOST_TEST(main_parameters_text(plan).find("32 numbers of taste") != std::string::npos);
  plan.kind = TaskKind::transitions;
  BOOST_TEST(main_parameters_text(plan).find("the newest most") != std::string::npos);
  for (const auto kind :
       {TaskKind::ease, TaskKind::ials, TaskKind::bpr, TaskKind::softmax, TaskKind::transitions}) {
    plan.kind = kind;
    BOOST_TEST(main_parameters_text(plan).find("hide a purchase") != std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
