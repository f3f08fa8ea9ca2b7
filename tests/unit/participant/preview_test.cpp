// `preview`, from a running agent and from its directory alone.
#include <fstream>

#include "agent_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;
using testing::run_participant;

namespace {

struct Setup : AgentSetup {
  Shop& shop = add_shop("a", "ann,tea\nbob,cup\n");

  Setup() {
    std::ofstream{dir / "a.toml"} << "[agent]\ndir = \"" << paths("a").dir.string() << "\"\n";
    GS_REQUIRE_DONE(start(shop));
  }
  [[nodiscard]] Run preview(std::vector<std::string> more) const {
    more.insert(more.begin(), {"--config", (dir / "a.toml").string(), "preview"});
    return run_participant(more);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(preview_test)

BOOST_AUTO_TEST_CASE(the_same_is_shown_with_and_without_a_running_agent) {
  Setup setup;
  const auto running = setup.preview({"--customer", "ann"});
  BOOST_TEST((running.code == cli::ExitCode::ok), running.err);
  BOOST_TEST(running.out.find("no shared model has arrived yet") != std::string::npos);
  BOOST_TEST(running.out.find("Cup (cup)") != std::string::npos);
  AgentSetup::stop_agent(setup.shop);
  const auto stopped = setup.preview({"--customer", "ann"});
  BOOST_TEST((stopped.code == cli::ExitCode::ok), stopped.err);
  BOOST_TEST(stopped.out == running.out);
}

BOOST_AUTO_TEST_CASE(strangers_get_what_is_popular_and_json_says_so) {
  Setup setup;
  const auto run = setup.preview({"--customer", "no body&x=1", "--format", "json"});
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  const auto answer = boost::json::parse(run.out).as_object();
  BOOST_TEST(std::string{answer.at("fallback").as_string()} == "unknown_customer");
}

BOOST_AUTO_TEST_CASE(a_purchase_can_be_hidden_and_an_item_looked_at) {
  Setup setup;
  const auto hidden = setup.preview({"--customer", "ann", "--hide", "tea"});
  BOOST_TEST((hidden.code == cli::ExitCode::ok), hidden.err);
  BOOST_TEST(hidden.out.find("each of her purchases is hidden") != std::string::npos);
  const auto similar = setup.preview({"--context", "item", "--item", "tea"});
  BOOST_TEST((similar.code == cli::ExitCode::ok), similar.err);
  BOOST_TEST(similar.out.find("Cup (cup)") != std::string::npos);
  BOOST_TEST(similar.out.find("Tea (tea)") == std::string::npos);
  const auto nobody = setup.preview({"--no-profile"});
  BOOST_TEST((nobody.code == cli::ExitCode::ok), nobody.err);
  BOOST_TEST(nobody.out.find("Tea (tea)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(mistakes_are_refused) {
  Setup setup;
  BOOST_TEST((setup.preview({"--context", "cart"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.preview({}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.preview({"--customer", "ann", "--n", "0"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.preview({"--customer", "ann", "--n", "201"}).code == cli::ExitCode::usage));
}

BOOST_AUTO_TEST_SUITE_END()
