// The shops' listener as real agents' clients see it.
#include "coordinator/http/shop_api.hpp"

#include <future>

#include "application_setup.hpp"
#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"
#include "tests/support/enrolled_shop.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using participant::AgentPaths;
using participant::CoordinatorClient;
using protocol::ProtocolErrc;
using protocol::RoundId;
using test::Shop;
using testing::ApplicationSetup;
using namespace std::chrono_literals;

namespace {

struct Setup : ApplicationSetup {
  Setup() {
    Config settings = config();
    settings.rounds.cohort_min = 3;
    settings.rounds.allow_tiny_cohorts = true;
    serve(std::move(settings));
  }
  Shop join(const std::string& name) {
    const Run invited = here({"shop", "invite", name});
    BOOST_REQUIRE(invited.code == cli::ExitCode::ok);
    std::string token = invited.out.substr(invited.out.rfind(' ') + 1);
    token.pop_back();
    const AgentPaths paths{dir / name};
    auto membership = participant::enrol(paths, token, clock, random);
    GS_REQUIRE_DONE(membership);
    auto keys = participant::AgentKeys::load(paths).value();
    auto client = std::make_unique<CoordinatorClient>(membership->client_config(keys).value(),
                                                      CoordinatorClient::OnSent{});
    return {*std::move(membership), std::move(keys), std::move(client)};
  }
  /// A request with this shop's certificate.
  net::Response ask(const Shop& shop, const net::ClientRequest& request) {
    net::HttpClient http{shop.membership.client_config(shop.keys).value()};
    return http.send(request).value();
  }
  static net::ClientRequest frame(net::Method method, std::string target, Bytes body) {
    net::ClientRequest request{method, std::move(target)};
    request.headers.add("Content-Type", "application/octet-stream");
    request.body = std::move(body);
    return request;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(shop_api_test)

BOOST_AUTO_TEST_CASE(without_a_certificate_there_is_health_and_enrolment_only) {
  Setup setup;
  auto client = setup.client(setup.application->shops_url());
  const auto status = [&](const net::ClientRequest& request) {
    return client.send(request).value().status;
  };
  BOOST_TEST(status({net::Method::get, "/healthz"}) == 200);
  for (const char* target : {"/v1/roster", "/v1/invitation", "/v1/rounds/1/phase",
                             "/v1/rounds/1/masked-input", "/v1/blobs/00"}) {
    const int code = status({net::Method::get, target});
    BOOST_TEST((code == 401 || code == 403), target << " " << code);
  }
  const int garbage =
      status(Setup::frame(net::Method::post, "/v1/enrol", protocol::test::sample_bytes(1, 300)));
  BOOST_TEST(garbage == 400);
}

BOOST_AUTO_TEST_CASE(a_joined_shop_gets_roster_and_waits_for_a_round) {
  Setup setup;
  const Shop shop = setup.join("corner");
  const auto update = shop.client->roster(0).value();
  BOOST_REQUIRE(update.entries.size() == 1U);
  BOOST_TEST(update.entries[0].name == "corner");
  BOOST_TEST(shop.client->roster(1).value().entries.empty());
  BOOST_TEST(!shop.client->invitation(std::nullopt, 0ms).value().has_value());
  BOOST_TEST(!shop.client->invitation(participant::AttemptId{RoundId{3}, protocol::Attempt{1}}, 5ms)
                  .value()
                  .has_value());
}

BOOST_AUTO_TEST_CASE(a_round_invites_every_shop_and_names_every_mistake) {
  Setup setup;
  std::vector<Shop> shops;
  for (const char* name : {"a", "b", "c"}) shops.push_back(setup.join(name));
  BOOST_TEST((setup.here({"round", "start", "--task", "popularity"}).code == cli::ExitCode::ok));
  const auto invitation = shops[0].client->invitation(std::nullopt, 20s).value();
  BOOST_REQUIRE(invitation.has_value());
  BOOST_TEST(invitation->task_kind == "popularity");
  const participant::AttemptId attempt{invitation->round, invitation->attempt};
  BOOST_TEST(!shops[0].client->invitation(attempt, 0ms).value().has_value());
  BOOST_TEST(!shops[0].client->phase(invitation->round, 0, 5ms).value().has_value());
  GS_CHECK_FAILS(ProtocolErrc::wrong_round, shops[0].client->phase(RoundId{99}, 0, 0ms));

  // A check-in under another shop's name, and bytes that are none.
  protocol::CheckIn foreign;
  foreign.sender = shops[1].keys.id();
  GS_CHECK_FAILS(
      ProtocolErrc::unknown_sender,
      shops[0].client->send(attempt, protocol::MessageType::check_in, protocol::encode(foreign)));
  BOOST_TEST(
      shops[0].client->send(attempt, protocol::MessageType::check_in, Bytes(50)).has_error());
  foreign.sender = shops[0].keys.id();
  BOOST_TEST(shops[0]
                 .client->send(attempt, protocol::MessageType::check_in, protocol::encode(foreign))
                 .has_error());
  BOOST_TEST(shops[0].client->upload_chunk(attempt, 0, Bytes(10)).has_error());
  BOOST_TEST(shops[0].client->begin_upload(attempt, Bytes(10)).has_error());
}

BOOST_AUTO_TEST_CASE(a_shop_that_is_revoked_while_it_waits_is_told) {
  Setup setup;
  std::vector<Shop> shops;
  for (const char* name : {"a", "b", "c"}) shops.push_back(setup.join(name));
  BOOST_TEST((setup.here({"round", "start", "--task", "popularity"}).code == cli::ExitCode::ok));
  const auto invitation = shops[0].client->invitation(std::nullopt, 20s).value();
  BOOST_REQUIRE(invitation.has_value());
  // Nobody checks in: without the revocation the answer would be that there is nothing new.
  auto waiting = std::async(std::launch::async, [&] {
    return shops[0].client->phase(invitation->round, 0, 25s);
  });
  BOOST_TEST((setup.here({"shop", "revoke", "a"}).code == cli::ExitCode::ok));
  BOOST_TEST(waiting.get().has_error());
}

BOOST_AUTO_TEST_CASE(only_what_was_published_can_be_fetched) {
  Setup setup;
  std::vector<Shop> shops;
  for (const char* name : {"a", "b", "c"}) shops.push_back(setup.join(name));
  BOOST_TEST((setup.here({"round", "start", "--task", "popularity"}).code == cli::ExitCode::ok));
  const auto tasks = setup.here({"round", "list", "--format", "jsonl"});
  const auto request = net::ClientRequest{net::Method::get, "/v1/tasks/1"};
  const auto task = boost::json::parse(as_text(setup.admin(request).body)).as_object();
  const std::string checkpoint{task.at("task").as_object().at("checkpoint").as_string()};
  const auto id = protocol::BlobId::from_hex(checkpoint).value();
  BOOST_TEST(!shops[0].client->blob(id, 1 << 20).value().empty());
  GS_CHECK_FAILS(BaseErrc::too_large, shops[0].client->blob(id, 3));
  GS_CHECK_FAILS(ProtocolErrc::not_published,
                 shops[0].client->blob(protocol::test::sample<protocol::BlobId>(1), 100));
  BOOST_TEST(setup.ask(shops[0], {net::Method::get, "/v1/blobs/xyz"}).status == 400);
  BOOST_TEST(setup.ask(shops[0], {net::Method::get, "/v1/blobs/../ledger.sqlite"}).status >= 400);
}

BOOST_AUTO_TEST_CASE(parameters_that_are_none_are_refused) {
  Setup setup;
  const Shop shop = setup.join("corner");
  for (const char* target :
       {"/v1/invitation?after=1", "/v1/invitation?after=1.", "/v1/invitation?after=.1",
        "/v1/invitation?after=1.2.3", "/v1/invitation?after=-1.0",
        "/v1/invitation?after=1.99999999999", "/v1/invitation?wait_ms=x", "/v1/roster?from=-1",
        "/v1/rounds/x/phase", "/v1/rounds/1/phase?after=x"}) {
    BOOST_TEST(setup.ask(shop, {net::Method::get, target}).status == 400, target);
  }
  BOOST_TEST(
      setup.ask(shop, Setup::frame(net::Method::put, "/v1/rounds/1/masked-input/chunks/70000", {}))
          .status >= 400);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_federation_does_not_get_in) {
  Setup setup;
  Setup other;
  const Shop shop = setup.join("corner");
  const Shop stranger = other.join("stranger");
  auto config = stranger.membership.client_config(stranger.keys).value();
  config.url = shop.membership.url;
  config.tls.root_pin = shop.membership.client_config(shop.keys).value().tls.root_pin;
  net::HttpClient http{std::move(config)};
  const auto response = http.send({net::Method::get, "/v1/roster"});
  BOOST_TEST((response.has_error() || response->status == 401 || response->status == 403));
}

BOOST_AUTO_TEST_SUITE_END()
