#include "simulations/faults/run_command.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using cli::ExitCode;
using test::contains;
using test::simulate;

namespace {

constexpr std::string_view kScenario =
    "shops_min = 5\nshops_max = 5\nrounds = 1\nseeds = 2\n[faults]\nuntil = \"20s\"\n"
    "lose_request = 0.05\nduplicate = 0.2\n";

struct ScenarioOnDisk {
  ScenarioOnDisk() { test::write(directory / "small.toml", kScenario); }
  [[nodiscard]] std::string file() const { return (directory / "small.toml").string(); }
  [[nodiscard]] std::string report(const char* name) const { return (directory / name).string(); }
  [[nodiscard]] boost::json::object read(const char* name) const {
    auto object =
        test::must(json::parse_object(test::read(directory / name / "report.json"), {1 << 24, 16}));
    object.erase("seconds");
    return object;
  }
  guildsum::test::TempDir directory;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(run_command_test)

BOOST_FIXTURE_TEST_CASE(a_run_writes_the_same_report_again, ScenarioOnDisk) {
  for (const char* name : {"first", "second"}) {
    const auto answer =
        simulate({"run", file(), "--seed", "3", "--report", report(name), "--progress", "none"});
    BOOST_TEST((answer.code == ExitCode::ok), answer.err << answer.out);
    BOOST_TEST(contains(answer.out, "all invariants hold"));
  }
  BOOST_TEST((read("first") == read("second")));
  BOOST_TEST(!contains(test::read(directory / "first" / "report.json"), directory.path().string()));
  BOOST_TEST(contains(test::read(directory / "first" / "report.html"), "Faults of seed 3"));
}

BOOST_FIXTURE_TEST_CASE(ranges_and_counts_choose_the_seeds, ScenarioOnDisk) {
  const auto range =
      simulate({"run", file(), "--seeds", "4..6", "--format", "json", "--progress", "none"});
  BOOST_TEST((range.code == ExitCode::ok));
  const auto object = test::must(json::parse_object(range.out, {1 << 24, 16}));
  BOOST_TEST(object.at("first_seed").as_int64() == 4);
  BOOST_TEST(object.at("seeds").as_int64() == 3);
  const auto by_file = simulate({"run", file(), "--progress", "none"});
  BOOST_TEST(contains(by_file.out, "2 seeds"));
}

BOOST_FIXTURE_TEST_CASE(seeds_that_make_no_sense_are_refused, ScenarioOnDisk) {
  for (const char* text : {"5", "7..3", "a..b", "..", "1..", "-1..4", "1..99999999999999999999"}) {
    const auto answer = simulate({"run", file(), "--seeds", text});
    BOOST_TEST((answer.code == ExitCode::usage), text);
    BOOST_TEST(contains(answer.err, "FROM..TO"), text);
  }
  BOOST_TEST((simulate({"run", file(), "--seed", "1", "--seeds", "1..2"}).code == ExitCode::usage));
  BOOST_TEST((simulate({"run", file(), "--seed", "-1"}).code == ExitCode::usage));
}

BOOST_FIXTURE_TEST_CASE(arithmetic_alone_takes_many_shops_and_says_so, ScenarioOnDisk) {
  test::write(directory / "small.toml",
              "shops_min = 2000\nshops_max = 2000\ncohort_min = 1000\n"
              "[faults]\nuntil = \"1h\"\ndeparture = 0.1\ndeparture_max = \"9s\"\n");
  const auto masked = simulate({"run", file(), "--progress", "none"});
  BOOST_TEST((masked.code == ExitCode::bad_config));
  const auto answer = simulate({"run", file(), "--arithmetic-only", "--seed", "3", "--report",
                                report("many"), "--progress", "none"});
  BOOST_TEST((answer.code == ExitCode::ok), answer.err << answer.out);
  BOOST_TEST(contains(answer.out, "no masks"));
  const auto object = read("many");
  BOOST_TEST(!object.at("masks").as_bool());
  BOOST_TEST(contains(std::string{object.at("command").as_string()}, "--arithmetic-only"));
  const auto& totals = object.at("points").as_array()[0].as_object().at("totals").as_object();
  BOOST_TEST(totals.at("sums_opened").to_number<int>() == 2);
  BOOST_TEST(totals.at("update_error_mean").as_double() > 0);
}

BOOST_FIXTURE_TEST_CASE(a_bad_scenario_is_named_and_nothing_is_written, ScenarioOnDisk) {
  test::write(directory / "small.toml", "[faults]\nloss = 0.1\n");
  const auto answer = simulate({"run", file(), "--report", report("none")});
  BOOST_TEST((answer.code == ExitCode::bad_config));
  BOOST_TEST(contains(answer.err, "faults.loss"));
  BOOST_TEST(!std::filesystem::exists(directory / "none"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
