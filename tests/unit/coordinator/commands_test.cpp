#include "coordinator/cli/commands.hpp"

#include <set>

#include "application_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

BOOST_AUTO_TEST_SUITE(commands_test)

BOOST_AUTO_TEST_CASE(every_command_has_words_of_its_own_a_summary_and_help) {
  std::set<std::string> words;
  for (const cli::Command& command : coordinator_program().commands) {
    BOOST_TEST(words.insert(command.words).second, command.words);
    BOOST_TEST(!command.summary.empty(), command.words);
    std::vector<std::string> line;
    std::istringstream split{command.words};
    for (std::string word; split >> word;) line.push_back(word);
    line.emplace_back("--help");
    const auto help = ApplicationSetup::run(line);
    BOOST_TEST((help.code == cli::ExitCode::ok), command.words);
    BOOST_TEST(help.out.find(command.summary.substr(0, 20)) != std::string::npos, command.words);
  }
  BOOST_TEST(words.contains("serve"));
  BOOST_TEST(words.contains("shop invite"));
}

BOOST_AUTO_TEST_CASE(the_program_says_what_it_is) {
  const auto version = ApplicationSetup::run({"--version"});
  BOOST_TEST((version.code == cli::ExitCode::ok));
  BOOST_TEST(version.out.find("guildsum-coordinator") != std::string::npos);
  const auto unknown = ApplicationSetup::run({"sreve"});
  BOOST_TEST((unknown.code == cli::ExitCode::usage));
  BOOST_TEST(unknown.err.find("serve") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
