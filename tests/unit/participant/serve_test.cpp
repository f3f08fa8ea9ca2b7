// `serve` as a shop's owner runs it.
#include <csignal>
#include <fstream>

#include "agent_setup.hpp"
#include "base/file.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;
using testing::run_participant;

namespace {

struct Setup : AgentSetup {
  Setup() {
    add_shop("a", "ann,tea\n");
    std::ofstream{file()} << "[agent]\ndir = \"" << paths("a").dir.string()
                          << "\"\n[source.till]\npath = \"" << (dir / "a.csv").string() << "\"\n";
  }
  [[nodiscard]] std::string file() const { return (dir / "a.toml").string(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(serve_test)

BOOST_AUTO_TEST_CASE(it_serves_until_it_is_told_to_stop) {
  Setup setup;
  Setup::Run run;
  std::thread agent{[&] { run = run_participant({"--config", setup.file(), "serve"}); }};
  const auto endpoints = setup.paths("a").endpoints();
  const bool serving = AgentSetup::eventually([&] { return std::filesystem::exists(endpoints); });
  if (serving) std::raise(SIGTERM);
  if (!serving) agent.detach();
  BOOST_REQUIRE(serving);
  agent.join();
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  BOOST_TEST(!std::filesystem::exists(endpoints));
}

BOOST_AUTO_TEST_CASE(a_directory_is_served_once) {
  Setup setup;
  const auto lock = FileLock::acquire(setup.paths("a").lock()).value();
  const auto run = run_participant({"--config", setup.file(), "serve"});
  BOOST_TEST((run.code != cli::ExitCode::ok));
  BOOST_TEST(!run.err.empty());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_promised_is_not_served) {
  Setup setup;
  GS_REQUIRE_DONE(write_file_atomically(setup.paths("a").journal(), as_bytes("something else")));
  const auto run = run_participant({"--config", setup.file(), "serve"});
  BOOST_TEST((run.code != cli::ExitCode::ok));
  BOOST_TEST(run.err.find("journal") != std::string::npos);
  std::ofstream{setup.file(), std::ios::app} << "[serving]\nlisten = \"0.0.0.0:80\"\n";
  BOOST_TEST(
      (run_participant({"--config", setup.file(), "serve"}).code == cli::ExitCode::bad_config));
}

BOOST_AUTO_TEST_SUITE_END()
