#include "participant/serving/local_api.hpp"

#include "agent_setup.hpp"
#include "base/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;

namespace {

Result<RecommendationQuery> parse(
    std::initializer_list<std::pair<std::string, std::string>> query) {
  net::Parameters parameters;
  for (const auto& [name, value] : query) parameters[name] = value;
  return parse_recommendation_query(parameters);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_api_test)

BOOST_AUTO_TEST_CASE(a_query_has_defaults_and_limits) {
  const auto least = parse({{"user", "ann"}}).value();
  BOOST_TEST(least.count == 10U);
  BOOST_TEST(!least.explain);
  BOOST_TEST(least.exclude_purchased);
  const auto full =
      parse({{"user", "a b@c"}, {"n", "200"}, {"explain", "1"}, {"exclude", "nothing"}}).value();
  BOOST_TEST(full.user == "a b@c");
  BOOST_TEST(full.count == 200U);
  BOOST_TEST(full.explain);
  BOOST_TEST(!full.exclude_purchased);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_by_name) {
  using Query = std::initializer_list<std::pair<std::string, std::string>>;
  const auto refused = [](Query query, std::string_view name) {
    const auto parsed = parse(query);
    GS_CHECK_FAILS(BaseErrc::invalid_argument, parsed);
    BOOST_TEST(parsed.error().detail().find(name) != std::string::npos);
  };
  refused({}, "user");
  refused({{"user", ""}}, "user");
  refused({{"user", std::string(257, 'a')}}, "user");
  for (const char* n : {"0", "201", "-1", "x", "", "1.5", "99999999999999999999"}) {
    refused({{"user", "a"}, {"n", n}}, "n");
  }
  refused({{"user", "a"}, {"explain", "yes"}}, "explain");
  refused({{"user", "a"}, {"exclude", "all"}}, "exclude");
  refused({{"user", "a"}, {"limit", "5"}}, "limit");
}

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
}

BOOST_AUTO_TEST_SUITE_END()
