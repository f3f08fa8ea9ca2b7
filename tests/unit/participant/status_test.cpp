#include "participant/serving/status.hpp"

#include <fstream>

#include "agent_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;
using testing::run_participant;

namespace {

std::string write_config(const AgentSetup& setup, const std::string& name) {
  const std::string file = (setup.dir / (name + ".toml")).string();
  std::ofstream{file} << "[agent]\ndir = \"" << setup.paths(name).dir.string()
                      << "\"\n[source.till]\npath = \"" << (setup.dir / (name + ".csv")).string()
                      << "\"\n";
  return file;
}

std::string text(const boost::json::object& object, std::string_view key) {
  return std::string{object.at(key).as_string()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(status_test)

BOOST_AUTO_TEST_CASE(a_stopped_agent_is_shown_from_its_directory) {
  AgentSetup setup;
  setup.add_shop("a", "ann,tea\n");
  const std::string config = write_config(setup, "a");
  const auto run = run_participant({"--config", config, "status", "--format", "json"});
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  const auto status = boost::json::parse(run.out).as_object();
  BOOST_TEST(text(status, "state") == "stopped");
  BOOST_TEST(!status.at("online").as_bool());
  BOOST_TEST(status.at("bytes_up").to_number<int>() == 0);
  BOOST_TEST(status.at("rounds").as_array().empty());
  const auto people = run_participant({"--config", config, "status"});
  BOOST_TEST((people.code == cli::ExitCode::ok));
  BOOST_TEST(people.out.find("a") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_running_agent_shows_rounds_bytes_models_and_what_it_serves) {
  AgentSetup setup;
  setup.add_three();
  const auto trained = setup.train();
  BOOST_TEST((trained.code == cli::ExitCode::ok), trained.err);
  auto& shop = *setup.shops[0];
  BOOST_REQUIRE(AgentSetup::eventually([&] { return AgentSetup::has_model(shop, 1); }));
  BOOST_REQUIRE(AgentSetup::eventually([&] {
    const auto seen = AgentSetup::document(AgentSetup::ask(shop, "/v1/status"));
    return seen.at("rounds_taken_part").to_number<int>() == 1 && !seen.at("evaluating").as_bool();
  }));
  const std::string config = write_config(setup, "a");
  const auto run = run_participant({"--config", config, "status", "--format", "jsonl"});
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  const auto status = boost::json::parse(run.out).as_object();
  BOOST_TEST(text(status, "state") == "running");
  BOOST_TEST(status.at("online").as_bool());
  BOOST_TEST(status.at("bytes_up").to_number<int>() > 1000);
  const auto& round = status.at("rounds").as_array().at(0).as_object();
  BOOST_TEST(text(round, "task") == "popularity");
  BOOST_TEST(round.at("counted").as_bool());
  BOOST_TEST(round.at("accepted").as_bool());
  BOOST_TEST(text(status.at("serving").as_object(), "model") == "popularity");
  BOOST_TEST(!status_text(status).empty());
}

BOOST_AUTO_TEST_CASE(without_a_federation_it_is_said_how_to_join) {
  const guildsum::test::TempDir dir;
  const std::string config = (dir / "p.toml").string();
  std::ofstream{config} << "[agent]\ndir = \"" << (dir / "agent").string() << "\"\n";
  for (const char* command : {"status", "serve"}) {
    const auto run = run_participant({"--config", config, command});
    BOOST_TEST((run.code != cli::ExitCode::ok));
    BOOST_TEST(run.err.find("join") != std::string::npos, run.err);
  }
  BOOST_TEST((run_participant({"--config", config, "status", "--wait", "x"}).code ==
              cli::ExitCode::usage));
}

BOOST_AUTO_TEST_SUITE_END()
