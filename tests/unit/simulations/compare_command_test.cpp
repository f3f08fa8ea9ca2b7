#include "simulations/faults/compare_command.hpp"

#include <boost/json.hpp>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using cli::ExitCode;
using test::contains;
using test::simulate;

namespace {

constexpr std::string_view kFirst =
    R"({"report":"faults","seconds":1.5,"points":[{"totals":{"sums":4,"attempts":5}}]})";
constexpr std::string_view kSecond =
    R"({"report":"faults","seconds":9,"points":[{"totals":{"sums":4,"attempts":7}}],"more":true})";

struct TwoReports {
  TwoReports() {
    test::write(directory / "a.json", kFirst);
    test::write(directory / "b.json", kSecond);
  }
  [[nodiscard]] std::string path(const char* name) const { return (directory / name).string(); }
  guildsum::test::TempDir directory;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(compare_command_test)

BOOST_AUTO_TEST_CASE(values_that_differ_or_are_missing_are_listed_and_seconds_are_not) {
  const auto first = boost::json::parse(kFirst).as_object();
  const auto second = boost::json::parse(kSecond).as_object();
  const auto differences = compare_reports(first, second);
  BOOST_REQUIRE(differences.size() == 2U);
  BOOST_TEST(differences[0].key == "points[0].totals.attempts");
  BOOST_TEST(differences[0].first == "5");
  BOOST_TEST(differences[0].second == "7");
  BOOST_TEST(differences[1].key == "more");
  BOOST_TEST(differences[1].first.empty());
  BOOST_TEST(compare_reports(first, first).empty());
}

BOOST_FIXTURE_TEST_CASE(two_files_are_compared, TwoReports) {
  const auto answer = simulate({"compare", path("a.json"), path("b.json")});
  BOOST_TEST((answer.code == ExitCode::ok), answer.err);
  BOOST_TEST(contains(answer.out, "points[0].totals.attempts"));
  const auto same = simulate({"compare", path("a.json"), path("a.json")});
  BOOST_TEST(contains(same.out, "the same"));
  const auto machine = simulate({"compare", path("a.json"), path("b.json"), "--format", "json"});
  BOOST_TEST(contains(machine.out, R"("same":false)"));
}

BOOST_FIXTURE_TEST_CASE(what_is_no_report_is_named, TwoReports) {
  test::write(directory / "c.json", "{}");
  const auto answer = simulate({"compare", path("a.json"), path("c.json")});
  BOOST_TEST((answer.code != ExitCode::ok));
  BOOST_TEST(contains(answer.err, "c.json"));
  BOOST_TEST((simulate({"compare", path("a.json"), path("no.json")}).code != ExitCode::ok));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
