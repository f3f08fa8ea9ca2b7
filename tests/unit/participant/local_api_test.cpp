#include "participant/serving/local_api.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "agent_setup.hpp"
#include "base/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;

namespace {

/// The first line of the answer to a request that names this host, over a socket of its own.
std::string status_line(const AgentSetup::Shop& shop, std::string_view host) {
  const AgentPaths paths{shop.config.dir};
  const auto endpoints =
      json::parse_object(read_text_file(paths.endpoints(), 4096).value()).value();
  const auto url = net::Url::parse(json::text(endpoints, "api").value()).value();
  boost::asio::ip::tcp::iostream stream{url.host, std::to_string(url.port)};
  stream << "GET /v1/recommendations?user=ann HTTP/1.1\r\nHost: " << host
         << "\r\nConnection: close\r\n\r\n"
         << std::flush;
  std::string line;
  std::getline(stream, line);
  return line;
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(a_page_whose_name_leads_here_is_not_answered) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\nbob,cup\n");
  GS_REQUIRE_DONE(setup.start(shop));
  for (const char* host : {"localhost", "localhost:8080", "127.0.0.1:1", "[::1]:80"}) {
    BOOST_TEST(status_line(shop, host).starts_with("HTTP/1.1 200 "), host);
  }
  for (const char* host : {"shop.example", "shop.example:8080", "127.0.0.1.example", "192.0.2.1",
                           "localhost.example", "[::2]"}) {
    BOOST_TEST(status_line(shop, host).starts_with("HTTP/1.1 421 "), host);
  }
}

BOOST_AUTO_TEST_CASE(a_decision_is_durable_and_in_force_when_it_is_answered) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\nbob,cup\n");
  GS_REQUIRE_DONE(setup.start(shop));
  const auto asked = [&] {
    return AgentSetup::document(AgentSetup::ask(shop, "/v1/recommendations?user=ann"));
  };
  BOOST_TEST(asked().at("fallback") != "no_consent");
  const auto answer = AgentSetup::decide(
      shop, "ann", R"({"decisions": [{"purpose": "recommendations", "state": "withdrawn"}]})");
  BOOST_TEST(answer.status == 200);
  const auto document = AgentSetup::document(answer);
  BOOST_TEST(document.at("training").as_bool());
  BOOST_TEST(!document.at("recommendations").as_bool());
  BOOST_TEST(document.at("decisions").as_array().size() == 3U);
  BOOST_TEST(asked().at("fallback") == "no_consent");
  AgentSetup::stop_agent(shop);
  GS_REQUIRE_DONE(setup.start(shop));  // Reads the older yes of its file once more.
  BOOST_TEST(asked().at("fallback") == "no_consent");
  const auto kept = AgentSetup::document(AgentSetup::ask(shop, "/v1/users/ann/consent"));
  BOOST_TEST((kept == document));
}

BOOST_AUTO_TEST_CASE(what_is_no_decision_changes_nothing) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\nbob,cup\n");
  GS_REQUIRE_DONE(setup.start(shop));
  const auto refused = AgentSetup::decide(
      shop, "ann",
      R"({"decisions": [{"purpose": "training", "state": "withdrawn"}, {"purpose": "ads"}]})");
  BOOST_TEST(refused.status == 400);
  BOOST_TEST(refused.problem_code() == "invalid_parameter");
  const std::string ahead =
      R"({"decisions": [{"purpose": "training", "state": "refused", "decided_at": "2990-01-01"}]})";
  const auto future = AgentSetup::decide(shop, "ann", ahead);
  BOOST_TEST(future.status == 400);
  BOOST_TEST(AgentSetup::decide(shop, std::string(300, 'x'), "{}").status == 400);
  const auto kept = AgentSetup::document(AgentSetup::ask(shop, "/v1/users/ann/consent"));
  BOOST_TEST(kept.at("training").as_bool());
  BOOST_TEST(kept.at("decisions").as_array().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
