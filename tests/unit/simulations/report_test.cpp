#include "simulations/faults/report.hpp"

#include <boost/json.hpp>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using test::contains;

namespace {

RunOutcome outcome_of_seed(std::uint64_t seed) {
  RunOutcome outcome;
  outcome.seed = seed;
  outcome.shops = 5;
  outcome.completed = true;
  outcome.attempts = 2;
  outcome.sums = 2;
  outcome.faults = {{FaultKind::lose_request, 1, 7, 0}, {FaultKind::shop_crash, 2, 3, 1}};
  for (const Fault& fault : outcome.faults) {
    ++outcome.faults_by_kind[static_cast<std::size_t>(fault.kind)];
  }
  return outcome;
}

FaultReport report_of(std::vector<double> values) {
  FaultReport report;
  report.scenario.name = "example";
  report.command = "guildsum-simulate run example.toml --seeds 1..2";
  report.seeds = 2;
  for (const double value : values) {
    CampaignPoint point{value, {}};
    point.campaign.totals.add(outcome_of_seed(1));
    point.campaign.totals.add(outcome_of_seed(2));
    report.points.push_back(std::move(point));
  }
  return report;
}

FaultReport failed_report() {
  FaultReport report = report_of({0});
  RunOutcome outcome = outcome_of_seed(2);
  outcome.violations = {{"I1", 1234, "shop 1's own place holds 2 & not <1>"}};
  report.points[0].campaign.failure = Failure{outcome, {outcome.faults[1]}, outcome.violations, 9};
  return report;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(report_test)

BOOST_AUTO_TEST_CASE(a_report_of_arithmetic_says_so_in_every_form) {
  FaultReport report = report_of({0});
  report.scenario.mode = RunMode::arithmetic_only;
  report.points[0].campaign.totals.update_error_mean = 0.125;
  const auto object = to_json(report);
  BOOST_TEST(!object.at("masks").as_bool());
  std::size_t applicable = 0;
  for (const auto& entry : object.at("invariants").as_array()) {
    applicable += entry.as_object().contains("holds") ? 1 : 0;
  }
  BOOST_TEST(applicable == 2U);
  BOOST_TEST(contains(to_text(report), "no masks, no signatures"));
  BOOST_TEST(contains(to_text(report), "0.125"));
  BOOST_TEST(contains(fault_report_page(object), "no masks, no signatures"));
  BOOST_TEST(contains(replay_command(report, report.points[0], 2), "--arithmetic-only"));
  BOOST_TEST(to_json(report_of({0})).at("masks").as_bool());
}

BOOST_AUTO_TEST_CASE(a_report_without_failure_says_so_in_every_form) {
  const FaultReport report = report_of({0});
  BOOST_TEST(failure_of(report) == nullptr);
  const auto object = to_json(report);
  BOOST_TEST(object.at("passed").as_bool());
  BOOST_TEST(contains(to_text(report), "all invariants hold"));
  BOOST_TEST(contains(to_text(report), "2 seeds"));
  const std::string page = fault_report_page(object);
  BOOST_TEST(contains(page, "All invariants hold"));
  BOOST_TEST(contains(page, "<svg"));
  BOOST_TEST(!contains(page, "<script"));
  BOOST_TEST(!contains(page, "http"));
  BOOST_TEST(!contains(page, "src="));
}

BOOST_AUTO_TEST_CASE(invariants_that_do_not_apply_give_their_reason) {
  const auto object = to_json(report_of({0}));
  std::size_t absent = 0;
  for (const auto& entry : object.at("invariants").as_array()) {
    if (entry.as_object().contains("not applicable")) {
      BOOST_TEST(!entry.as_object().contains("holds"));
      ++absent;
    }
  }
  BOOST_TEST(absent == 2U);
}

BOOST_AUTO_TEST_CASE(a_failure_names_seed_invariant_replay_and_the_faults_that_suffice) {
  const FaultReport report = failed_report();
  BOOST_REQUIRE(failure_of(report) != nullptr);
  const std::string text = to_text(report);
  BOOST_TEST(contains(text, "seed 2 fails"));
  BOOST_TEST(contains(text, "I1 at 1234 ms"));
  BOOST_TEST(contains(text, "shrunk from 2 faults to 1"));
  BOOST_TEST(contains(text, "replay: guildsum-simulate run example.toml --seed 2"));
  const auto object = to_json(report);
  BOOST_TEST(!object.at("passed").as_bool());
  const std::string page = fault_report_page(object);
  BOOST_TEST(contains(page, "An invariant is broken"));
  BOOST_TEST(contains(page, "2 &amp; not &lt;1&gt;"));
}

BOOST_AUTO_TEST_CASE(a_sweep_is_drawn_over_its_values) {
  FaultReport report = report_of({0, 0.5});
  report.scenario.sweep = {"departure", {0, 0.5}};
  const std::string page = fault_report_page(to_json(report));
  BOOST_TEST(contains(page, "<polyline"));
  BOOST_TEST(contains(page, "faults.departure"));
  BOOST_TEST(contains(to_text(report), "departure 0.50: 2 seeds"));
  BOOST_TEST(contains(replay_command(report, report.points[1], 3),
                      "--set faults.departure=0.500 --no-sweep"));
}

BOOST_AUTO_TEST_CASE(both_files_are_written_and_only_seconds_depend_on_the_clock) {
  const guildsum::test::TempDir directory;
  FaultReport report = report_of({0});
  test::must(write_fault_report(report, directory / "a"));
  test::must(write_fault_report(report, directory / "b"));
  BOOST_TEST(test::read(directory / "a" / "report.json") ==
             test::read(directory / "b" / "report.json"));
  report.seconds = 77;
  const auto object = to_json(report);
  auto other = to_json(report_of({0}));
  for (const auto& member : object) {
    if (member.key() != "seconds") BOOST_TEST((member.value() == other.at(member.key())));
  }
  BOOST_TEST(contains(test::read(directory / "a" / "report.html"), "<!doctype html>"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
