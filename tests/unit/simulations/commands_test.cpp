#include "simulations/library/commands.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "base/json.hpp"
#include "tests/unit/simulations/retail_sample.hpp"

namespace guildsum::simulations {

using cli::ExitCode;
using test::contains;
using test::must;
using test::simulate;

namespace {

const std::string kPopular = "[model]\nkind = \"popularity\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(commands_test)

BOOST_AUTO_TEST_CASE(every_scenario_of_the_library_can_be_read_and_says_what_it_is) {
  const auto answer = simulate({"scenarios", "list"});
  BOOST_TEST((answer.code == ExitCode::ok), answer.err);
  for (const char* name : {"retail-country", "retail-skew", "retail-32", "retail-partial",
                           "quantisation-sweep", "dropout-sweep", "attack-gallery", "churn",
                           "poisoning", "faults", "full-graph-256", "many-shops"}) {
    BOOST_TEST(contains(answer.out, name), name);
  }
  const auto entries = must(
      list_scenarios(std::filesystem::path{GUILDSUM_SOURCE_DIR} / "simulations" / "scenarios"));
  for (const auto& entry : entries) {
    BOOST_TEST(entry.about.size() > 20U, entry.name);
    BOOST_TEST(entry.about.ends_with('.'), entry.name);
  }
  BOOST_TEST((simulate({"scenarios", "list", "--directory", "/nonexistent"}).code != ExitCode::ok));
}

BOOST_FIXTURE_TEST_CASE(a_run_on_data_writes_both_reports_and_repeats_them, test::SampleDirectory) {
  const auto file = scenario(kPopular).string();
  for (const char* name : {"first", "second"}) {
    const auto answer = simulate({"run", file, "--report", report(name), "--progress", "none"});
    BOOST_TEST((answer.code == ExitCode::ok), answer.err);
    BOOST_TEST(contains(answer.out, "equal the plain sums"));
  }
  const auto first = report("first") + "/report.json";
  const auto second = report("second") + "/report.json";
  const auto same = simulate({"compare", first, second});
  BOOST_TEST(contains(same.out, "the reports are the same"), same.out);
  BOOST_TEST(!contains(test::read(first), directory.path().string()));
  BOOST_TEST(contains(test::read(first), "guildsum-simulate run sample.toml"));
  BOOST_TEST(contains(test::read(report("first") + "/report.html"), "Gain of each shop"));
}

BOOST_FIXTURE_TEST_CASE(a_scenario_may_ask_for_its_sweep, test::SampleDirectory) {
  const auto file = scenario(kPopular + "[sweep]\nkey = \"seed\"\nvalues = [\"1\", \"2\"]\n",
                             "compare = []\n").string();
  const auto swept = simulate({"run", file, "--format", "json", "--progress", "none"});
  BOOST_TEST((swept.code == ExitCode::ok), swept.err);
  const auto object = must(json::parse_object(swept.out, {std::size_t{1} << 24, 32}));
  BOOST_TEST(object.at("report").as_string() == "sweep");
  BOOST_TEST(object.at("points").as_array().size() == 2U);
  const auto single = simulate({"run", file, "--no-sweep", "--seed", "9", "--format", "json",
                                "--progress", "none"});
  const auto model = must(json::parse_object(single.out, {std::size_t{1} << 24, 32}));
  BOOST_TEST(model.at("report").as_string() == "model");
  BOOST_TEST(model.at("scenario").at("seed").to_number<int>() == 9);
  BOOST_TEST(contains(std::string{model.at("command").as_string()}, "--set seed=9"));
}

BOOST_FIXTURE_TEST_CASE(a_sweep_takes_its_values_from_the_command_line, test::SampleDirectory) {
  const auto file = scenario(kPopular, "compare = []\n").string();
  const auto swept = simulate({"sweep", file, "--set", "data.protocol=discover,next-basket",
                               "--set", "seed=4", "--report", report("sweep"), "--progress",
                               "none"});
  BOOST_TEST((swept.code == ExitCode::ok), swept.err);
  const auto page = test::read(report("sweep") + "/report.html");
  BOOST_TEST(contains(page, "next-basket"));
  const auto nothing = simulate({"sweep", file, "--set", "seed=4", "--report", report("none")});
  BOOST_TEST((nothing.code == ExitCode::usage));
  BOOST_TEST(!std::filesystem::exists(report("none")));
}

BOOST_FIXTURE_TEST_CASE(what_cannot_run_is_refused_and_nothing_is_written, test::SampleDirectory) {
  const auto bad = scenario("shops = \"planets\"\n").string();
  const auto answer = simulate({"run", bad, "--report", report("none")});
  BOOST_TEST((answer.code == ExitCode::bad_config));
  BOOST_TEST(contains(answer.err, "sample.toml:4"));
  const auto good = scenario(kPopular).string();
  BOOST_TEST((simulate({"run", good, "--seeds", "1..2"}).code == ExitCode::usage));
  BOOST_TEST((simulate({"run", report("missing.toml")}).code != ExitCode::ok));
  BOOST_TEST(!std::filesystem::exists(report("none")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
