#include "simulations/library/model_report.hpp"

#include <boost/json.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::simulations {

using test::contains;

namespace {

EvaluationReport evaluation(double first, double second) {
  EvaluationReport report;
  report.quality.customers = 10;
  report.quality.ndcg_at_20 = (first + second) / 2;
  models::Quality one;
  one.customers = 5;
  one.ndcg_at_20 = first;
  models::Quality two = one;
  two.ndcg_at_20 = second;
  report.per_shop = {{"north <1>", 50, one}, {"south", 60, two}};
  return report;
}

ModelReport example() {
  ModelReport report;
  report.scenario.name = "example";
  report.scenario.set = "online-retail";
  report.scenario.shops = "country";
  report.scenario.groups = "none";
  report.command = "guildsum-simulate run example.toml";
  report.run.models = {{"federated", evaluation(0.10, 0.06)}, {"alone", evaluation(0.05, 0.05)}};
  report.run.exactness = {1, 1'000, 0, 24, 1'000};
  report.run.phases[2].bytes_up = 5'000;
  return report;
}

AttackOutcome outcome_of(PoisonKind kind) {
  AttackOutcome outcome;
  outcome.attack = {{kind, 1, models::ItemIndex{3}, 20, 1}, "16046"};
  outcome.customers = 40;
  outcome.honest.ndcg_at_20 = 0.09;
  outcome.attacked.ndcg_at_20 = 0.08;
  outcome.shown_attacked = 10;
  return outcome;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_report_test)

BOOST_AUTO_TEST_CASE(the_verdict_names_gain_and_losers) {
  auto report = example();
  BOOST_TEST(contains(verdict_of(report), "0.0800, shops alone 0.0500 (+60.0 %); every shop"));
  report.run.models[1].report.per_shop[1].quality.ndcg_at_20 = 0.07;
  BOOST_TEST(contains(verdict_of(report), "1 of 2 shops do better alone"));
  BOOST_TEST(contains(verdict_of(report), "All 1,000 values"));
}

BOOST_AUTO_TEST_CASE(a_difference_of_one_value_is_an_alarm) {
  auto report = example();
  report.run.exactness.different = 1;
  const auto object = to_json(report);
  BOOST_TEST(!object.at("passed").as_bool());
  BOOST_TEST(contains(verdict_of(report), "DIFFER"));
  BOOST_TEST(contains(model_report_page(object), "alarm\">Secret sums differ"));
}

BOOST_AUTO_TEST_CASE(shops_are_compared_one_by_one) {
  const auto object = to_json(example());
  const auto& shops = object.at("shops").as_array();
  BOOST_REQUIRE(shops.size() == 2U);
  BOOST_TEST(shops[0].at("gain").as_double() == 1.0, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(shops[1].at("alone").as_double() == 0.05);
  const auto page = model_report_page(object);
  BOOST_TEST(contains(page, "north &lt;1&gt;"));
  BOOST_TEST(contains(page, "+100.0 %"));
  BOOST_TEST(contains(page, "guildsum-simulate run example.toml"));
}

BOOST_AUTO_TEST_CASE(attacks_show_what_rises_or_why_they_failed) {
  auto report = example();
  report.run.attacks = {outcome_of(PoisonKind::promotes_item), outcome_of(PoisonKind::flips_sign)};
  report.run.attacks[1].refused = "pair count -1";
  const auto object = to_json(report);
  const auto& attacks = object.at("attacks").as_array();
  BOOST_TEST(attacks[0].at("shown_attacked").to_number<int>() == 10);
  BOOST_TEST(attacks[1].at("refused").as_string() == "pair count -1");
  const auto page = model_report_page(object);
  BOOST_TEST(contains(page, "10 (25.0 %)"));
  BOOST_TEST(contains(page, "refused: pair count -1"));
  BOOST_TEST(contains(to_text(report), "item 16046 shown to 0 -> 10 of 40"));
}

BOOST_AUTO_TEST_CASE(what_each_epsilon_costs_is_drawn_and_told) {
  auto report = example();
  BOOST_TEST(!contains(model_report_page(to_json(report)), "Recall@20 by epsilon"));
  PrivacyRow row;
  row.settings.budget.epsilon = 4;
  row.plan.epsilon = 3.999;
  row.quality.recall_at_20 = 0.07;
  report.run.privacy = {row};
  const auto page = model_report_page(to_json(report));
  BOOST_TEST(contains(page, "Recall@20 by epsilon"));
  BOOST_TEST(contains(page, "0.0700"));
  BOOST_TEST(contains(to_text(report), "with differential privacy, at delta 1e-05"));
}

BOOST_AUTO_TEST_CASE(participation_is_shown_where_shops_drop_out) {
  auto report = example();
  report.run.participation = {{true, false}, {true, true}};
  BOOST_TEST(!to_json(report).contains("participation"));
  report.scenario.dropout = 0.2;
  const auto object = to_json(report);
  const auto& south = object.at("participation").as_array()[1].at("in_sum").as_array();
  BOOST_TEST(south[0].to_number<int>() == 0);
  BOOST_TEST(south[1].to_number<int>() == 1);
  BOOST_TEST(contains(model_report_page(object), "Participation"));
}

BOOST_AUTO_TEST_CASE(a_curve_stands_beside_the_other_trainings) {
  auto report = example();
  report.run.curve = {{1, report.run.models[1].report.quality},
                      {3, report.run.models[0].report.quality}};
  const auto page = model_report_page(to_json(report));
  BOOST_TEST(contains(page, "Learning curve"));
  BOOST_TEST(contains(page, "<polyline"));
}

BOOST_AUTO_TEST_CASE(only_seconds_depend_on_the_clock_and_pages_load_nothing) {
  auto slow = example();
  slow.run.seconds = 7;
  slow.run.models[0].report.seconds = 5;
  slow.run.phases[1].shops = 3;
  const auto strip = [](auto& self, boost::json::value& value) -> void {
    if (auto* object = value.if_object()) {
      for (auto it = object->begin(); it != object->end();) {
        const bool clock = std::string_view{it->key()}.find("seconds") != std::string_view::npos;
        if (clock) {
          it = object->stable_erase(it);
        } else {
          self(self, it++->value());
        }
      }
    }
    if (auto* array = value.if_array()) {
      for (auto& entry : *array) self(self, entry);
    }
  };
  boost::json::value first = to_json(example());
  boost::json::value second = to_json(slow);
  BOOST_TEST((first != second));
  strip(strip, first);
  strip(strip, second);
  BOOST_TEST((first == second));
  const auto page = model_report_page(to_json(slow));
  for (const char* part : {"<script", "http", "src="}) BOOST_TEST(!contains(page, part), part);
}

BOOST_AUTO_TEST_CASE(both_files_are_written) {
  const guildsum::test::TempDir directory;
  const auto object = to_json(example());
  test::must(write_report(object, model_report_page(object), directory / "deep" / "out"));
  BOOST_TEST(contains(test::read(directory / "deep" / "out" / "report.json"), "\"verdict\""));
  BOOST_TEST(contains(test::read(directory / "deep" / "out" / "report.html"), "</html>"));
  test::write(directory / "file", "x");
  BOOST_TEST(write_report(object, "", directory / "file").has_error());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
