#include "participant/commands/local_client.hpp"

#include <fstream>

#include "agent_setup.hpp"
#include "base/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;

BOOST_AUTO_TEST_SUITE(local_client_test)

BOOST_AUTO_TEST_CASE(a_running_agent_answers_and_its_refusals_are_explained) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\n");
  GS_REQUIRE_DONE(setup.start(shop));
  const AgentPaths paths{shop.config.dir};
  BOOST_TEST(ask_agent(paths, "/v1/status").value().has_value());
  const auto refused = ask_agent(paths, "/v1/recommendations?n=x&user=a");
  GS_CHECK_FAILS(BaseErrc::invalid_argument, refused);
  BOOST_TEST(refused.error().detail().find("1 to 200") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_running_agent_there_is_no_answer_and_no_error) {
  const guildsum::test::TempDir dir;
  const AgentPaths paths{dir.path()};
  BOOST_TEST(!ask_agent(paths, "/v1/status").value().has_value());
  // What an agent that was killed left behind: nobody listens on that port.
  std::ofstream{paths.endpoints()} << "{\"api\":\"http://127.0.0.1:1\"}";
  BOOST_TEST(!ask_agent(paths, "/v1/status").value().has_value());
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_an_error) {
  const guildsum::test::TempDir dir;
  const AgentPaths paths{dir.path()};
  for (const char* text : {"{", "{}", "{\"api\":\"nowhere\"}"}) {
    std::ofstream{paths.endpoints(), std::ios::trunc} << text;
    BOOST_TEST(ask_agent(paths, "/v1/status").has_error(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
