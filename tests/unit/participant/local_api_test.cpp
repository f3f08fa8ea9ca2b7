#include "participant/serving/local_api.hpp"

#include "agent_setup.hpp"
#include "base/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;

BOOST_AUTO_TEST_SUITE(local_api_test)

BOOST_AUTO_TEST_CASE(the_running_agent_answers_over_loopback) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\nbob,cup\n");
  GS_REQUIRE_DONE(setup.start(shop));
  BOOST_TEST(AgentSetup::ask(shop, "/healthz").status == 200);
  const auto answer = AgentSetup::ask(shop, "/v1/recommendations?user=ann&explain=1");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(!AgentSetup::document(answer).at("items").as_array().empty());
  const auto bad = AgentSetup::ask(shop, "/v1/recommendations?n=5");
  BOOST_TEST(bad.status == 400);
  BOOST_TEST(bad.problem_code() == "invalid_parameter");
  const auto status = AgentSetup::document(AgentSetup::ask(shop, "/v1/status"));
  BOOST_TEST(std::string{status.at("state").as_string()} == "running");
  BOOST_TEST(AgentSetup::ask(shop, "/v1/nothing").status == 404);
  const auto words = AgentSetup::document(AgentSetup::ask(shop, "/v1/main-parameters"));
  BOOST_TEST(std::string{words.at("model").as_string()} == "own-popularity");
  BOOST_TEST(words.at("text").as_string().find("how many customers") != std::string::npos);
  BOOST_TEST(words.at("without_profiling").as_string() == words.at("text").as_string());
}

BOOST_AUTO_TEST_SUITE_END()
