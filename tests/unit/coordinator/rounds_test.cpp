// `round start`, `round list` and `round show`.
#include "application_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

BOOST_AUTO_TEST_SUITE(rounds_test)

BOOST_AUTO_TEST_CASE(a_task_that_cannot_start_says_why) {
  ApplicationSetup setup;
  setup.serve();
  const auto few = setup.here({"round", "start", "--task", "ease"});
  BOOST_TEST((few.code != cli::ExitCode::ok));
  BOOST_TEST(few.err.find("0 are enrolled") != std::string::npos);
  BOOST_TEST(few.out.empty());
  const auto setting = setup.here({"round", "start", "--task", "ease", "--set", "ridge=3"});
  BOOST_TEST((setting.code == cli::ExitCode::usage));
  BOOST_TEST(setting.err.find("ridge_shared") != std::string::npos);
  BOOST_TEST((setup.here({"round", "start", "--task", "magic"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.here({"round", "start"}).code == cli::ExitCode::usage));
}

BOOST_AUTO_TEST_CASE(lists_are_tables_or_rows) {
  ApplicationSetup setup;
  setup.serve();
  const auto table = setup.here({"round", "list"});
  BOOST_TEST((table.code == cli::ExitCode::ok));
  BOOST_TEST(table.out.find("outcome") != std::string::npos);
  BOOST_TEST(setup.here({"round", "list", "--format", "jsonl"}).out.empty());
}

BOOST_AUTO_TEST_CASE(a_round_that_never_was_is_not_found) {
  ApplicationSetup setup;
  setup.serve();
  const auto run = setup.here({"round", "show", "7"});
  BOOST_TEST((run.code != cli::ExitCode::ok));
  BOOST_TEST(run.err.find("round 7") != std::string::npos);
  for (const char* number : {"0", "-1", "x", "1.5"}) {
    BOOST_TEST((setup.here({"round", "show", number}).code == cli::ExitCode::usage), number);
  }
  setup.stop();
  BOOST_TEST((setup.here({"round", "show", "7"}).code == cli::ExitCode::unreachable));
}

BOOST_AUTO_TEST_SUITE_END()
