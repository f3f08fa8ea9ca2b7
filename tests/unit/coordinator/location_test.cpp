#include "coordinator/cli/location.hpp"

#include "application_setup.hpp"
#include "base/errors.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

BOOST_AUTO_TEST_SUITE(location_test)

BOOST_AUTO_TEST_CASE(the_configuration_is_found_by_file_or_by_directory) {
  ApplicationSetup setup;
  const std::string file = setup.root() + "/coordinator.toml";
  for (const auto& words : {std::vector<std::string>{"check-config", "--dir", setup.root()},
                            std::vector<std::string>{"--config", file, "check-config"}}) {
    const auto run = ApplicationSetup::run(words);
    BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
    BOOST_TEST(run.err.find(file + " is valid") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(without_a_configuration_it_is_said_how_to_make_one) {
  const guildsum::test::TempDir dir;
  const auto run = ApplicationSetup::run({"check-config", "--dir", (dir / "none").string()});
  BOOST_TEST((run.code == cli::ExitCode::bad_config));
  BOOST_TEST(run.err.find("guildsum-coordinator init") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(settings_of_the_command_line_count_where_they_mean_the_configuration) {
  ApplicationSetup setup;
  const auto run = setup.here({"check-config", "--set", "rounds.attempts_max=0", "--effective"});
  BOOST_TEST((run.code == cli::ExitCode::bad_config));
  BOOST_TEST(run.err.find("rounds.attempts_max") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
