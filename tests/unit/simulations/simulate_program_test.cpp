#include <boost/test/unit_test.hpp>

#include "simulations/program.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using cli::ExitCode;
using test::contains;
using test::simulate;

BOOST_AUTO_TEST_SUITE(simulate_program_test)

BOOST_AUTO_TEST_CASE(help_names_every_command) {
  const auto answer = simulate({"--help"});
  BOOST_TEST((answer.code == ExitCode::ok));
  for (const char* words : {"run", "compare", "data prepare", "evaluate", "report federation"}) {
    BOOST_TEST(contains(answer.out, words), words);
  }
}

BOOST_AUTO_TEST_CASE(every_command_explains_its_options) {
  for (const auto& command : simulate_program().commands) {
    BOOST_TEST(!command.summary.empty());
    BOOST_TEST((command.run != nullptr));
    for (const auto& option : command.options) BOOST_TEST(!option.name.empty());
  }
  const auto answer = simulate({"evaluate", "--help"});
  BOOST_TEST((answer.code == ExitCode::ok));
  BOOST_TEST(contains(answer.out, "--ridge"));
}

BOOST_AUTO_TEST_CASE(the_version_is_that_of_the_build) {
  const auto answer = simulate({"--version"});
  BOOST_TEST((answer.code == ExitCode::ok));
  BOOST_TEST(contains(answer.out, GUILDSUM_VERSION));
}

BOOST_AUTO_TEST_CASE(an_unknown_command_gets_the_nearest_word) {
  const auto answer = simulate({"evaluat"});
  BOOST_TEST((answer.code == ExitCode::usage));
  BOOST_TEST(contains(answer.err, "evaluate"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
