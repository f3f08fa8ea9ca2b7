// `check-config` as a shop's owner runs it.
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "agent_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::run_participant;

namespace {

coordinator::testing::ApplicationSetup::Run check(std::string_view text,
                                                  std::vector<std::string> more = {}) {
  const guildsum::test::TempDir dir;
  const std::string file = (dir / "participant.toml").string();
  std::ofstream{file} << text;
  more.insert(more.begin(), {"--config", file, "check-config"});
  return run_participant(more);
}

constexpr std::string_view kGood = "[source.till]\npath = \"till.csv\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(check_config_test)

BOOST_AUTO_TEST_CASE(a_good_file_is_good_and_one_without_a_source_is_warned_about) {
  const auto good = check(kGood);
  BOOST_TEST((good.code == cli::ExitCode::ok), good.err);
  BOOST_TEST(good.err == "the configuration is good\n");
  const auto empty = check("");
  BOOST_TEST((empty.code == cli::ExitCode::ok));
  BOOST_TEST(empty.err.find("nothing to contribute") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(problems_are_named_and_have_their_exit_code) {
  const auto bad = check("[source.till]\nmapping.custmer = \"x\"\n");
  BOOST_TEST((bad.code == cli::ExitCode::bad_config));
  BOOST_TEST(bad.err.find("source.till.path") != std::string::npos);
  BOOST_TEST(bad.err.find("custmer") != std::string::npos);
  BOOST_TEST(
      (run_participant({"--config", "/nowhere.toml", "check-config"}).code != cli::ExitCode::ok));
}

BOOST_AUTO_TEST_CASE(values_are_shown_with_where_they_come_from) {
  const auto table = check(kGood, {"--effective", "--set", "serving.model=ease"});
  BOOST_TEST((table.code == cli::ExitCode::ok), table.err);
  BOOST_TEST(table.out.find("serving.model") != std::string::npos);
  const auto json = check(kGood, {"--format", "json"});
  const auto values = boost::json::parse(json.out).as_object();
  BOOST_TEST(values.at("source.till.path").as_object().contains("origin"));
}

BOOST_AUTO_TEST_CASE(every_command_has_words_of_its_own_a_summary_and_help) {
  std::set<std::string> words;
  for (const cli::Command& command : participant_program().commands) {
    BOOST_TEST(words.insert(command.words).second, command.words);
    std::vector<std::string> line;
    std::istringstream split{command.words};
    for (std::string word; split >> word;) line.push_back(word);
    line.emplace_back("--help");
    const auto help = run_participant(line);
    BOOST_TEST((help.code == cli::ExitCode::ok), command.words);
    BOOST_TEST(help.out.find(command.summary.substr(0, 20)) != std::string::npos, command.words);
  }
  BOOST_TEST(words.contains("join"));
  BOOST_TEST((run_participant({"sreve"}).code == cli::ExitCode::usage));
}

BOOST_AUTO_TEST_SUITE_END()
