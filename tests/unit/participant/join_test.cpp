// `join` as a shop's owner runs it.
#include <fstream>

#include "agent_setup.hpp"
#include "base/file.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;
using testing::run_participant;

namespace {

struct Setup : AgentSetup {
  Setup() { std::ofstream{file()} << "[agent]\ndir = \"" << (dir / "agent").string() << "\"\n"; }
  [[nodiscard]] std::string file() const { return (dir / "participant.toml").string(); }
  [[nodiscard]] Run join_with(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--config", file(), "join"});
    return run_participant(words);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(join_test)

BOOST_AUTO_TEST_CASE(a_token_is_redeemed_once) {
  Setup setup;
  const auto joined = setup.join_with({setup.token_for("corner")});
  BOOST_TEST((joined.code == cli::ExitCode::ok), joined.err);
  BOOST_TEST(joined.out.starts_with("joined as corner at https://"));
  BOOST_TEST(joined.out.find("purpose: ") != std::string::npos);
  BOOST_TEST(joined.err.find("curious coordinator") != std::string::npos);
  const auto again = setup.join_with({setup.token_for("other")});
  BOOST_TEST((again.code != cli::ExitCode::ok));
  BOOST_TEST(again.err.find("corner") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_token_may_come_from_a_file_with_a_line_end) {
  Setup setup;
  const std::string file = (setup.dir / "token").string();
  std::ofstream{file} << setup.token_for("corner") << "\r\n";
  const auto joined = setup.join_with({"--token-file", file, "--format", "json"});
  BOOST_TEST((joined.code == cli::ExitCode::ok), joined.err);
  const auto answer = boost::json::parse(joined.out).as_object();
  BOOST_TEST(std::string{answer.at("shop").as_string()} == "corner");
  BOOST_TEST(answer.at("identity").as_string().size() == 64U);
}

BOOST_AUTO_TEST_CASE(mistakes_are_explained_and_leave_nothing_behind) {
  Setup setup;
  BOOST_TEST((setup.join_with({}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.join_with({"gs1.x", "--token-file", "y"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.join_with({"nonsense"}).code != cli::ExitCode::ok));
  BOOST_TEST((setup.join_with({"--token-file", "/nowhere"}).code != cli::ExitCode::ok));
  const std::string token = setup.token_for("corner");
  setup.stop();
  BOOST_TEST((setup.join_with({token}).code == cli::ExitCode::unreachable));
  BOOST_TEST(!std::filesystem::exists(AgentPaths{setup.dir / "agent"}.federation()));
}

BOOST_AUTO_TEST_CASE(while_an_agent_runs_in_the_directory_nobody_joins) {
  Setup setup;
  const AgentPaths paths{setup.dir / "agent"};
  std::filesystem::create_directories(paths.dir);
  const auto lock = FileLock::acquire(paths.lock()).value();
  const auto refused = setup.join_with({setup.token_for("corner")});
  BOOST_TEST((refused.code != cli::ExitCode::ok));
}

BOOST_AUTO_TEST_SUITE_END()
