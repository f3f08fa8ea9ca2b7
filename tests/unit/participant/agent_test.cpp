#include "participant/agent.hpp"

#include "agent_setup.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "models/released.hpp"
#include "participant/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;

namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(agent_test)

BOOST_AUTO_TEST_CASE(three_agents_train_a_model_and_serve_it) {
  AgentSetup setup;
  setup.add_three();
  const auto trained = setup.train();
  BOOST_TEST((trained.code == cli::ExitCode::ok), trained.err);
  for (auto& shop : setup.shops) {
    BOOST_TEST(AgentSetup::eventually([&] { return AgentSetup::has_model(*shop, 1); }));
    BOOST_TEST(shop->files->activity->bytes_up().value() > 1000U);
    BOOST_TEST(!shop->agent->failure().has_value());
  }
  // A restart finds everything where it was.
  auto& shop = *setup.shops[0];
  AgentSetup::stop_agent(shop);
  BOOST_TEST(!fs::exists(AgentPaths{shop.config.dir}.endpoints()));
  GS_REQUIRE_DONE(setup.start(shop));
  BOOST_TEST(AgentSetup::has_model(shop, 1));
  const auto again = setup.train();
  BOOST_TEST((again.code == cli::ExitCode::ok), again.err);
  BOOST_TEST(AgentSetup::eventually([&] { return AgentSetup::has_model(shop, 2); }));
}

BOOST_AUTO_TEST_CASE(a_withdrawal_holds_from_the_next_sum_on_also_after_a_restart) {
  AgentSetup setup;
  setup.add_three();
  const auto customers_of_tea = [&](std::uint64_t version) -> std::uint64_t {
    const auto trained = setup.train();
    BOOST_TEST((trained.code == cli::ExitCode::ok), trained.err);
    auto& shop = *setup.shops[0];
    const auto arrived = [&] { return AgentSetup::has_model(shop, version); };
    BOOST_TEST_REQUIRE(AgentSetup::eventually(arrived));
    const auto record = shop.files->models->models().value().front();
    const auto plan = models::TaskPlan::parse(record.plan).value();
    const auto released =
        models::release(plan, shop.files->models->checkpoint(record.root).value()).value();
    const auto tea = *shop.files->vocabulary.find("tea");
    return std::get<models::PopularityModel>(released).customers[tea];
  };
  const std::string withdrawn =
      R"({"decisions": [{"purpose": "training", "state": "withdrawn"}]})";
  BOOST_TEST(customers_of_tea(1) == 4U);  // ann, bob, carl, dora
  BOOST_TEST(AgentSetup::decide(*setup.shops[0], "ann", withdrawn).status == 200);
  BOOST_TEST(customers_of_tea(2) == 3U);
  BOOST_TEST(AgentSetup::decide(*setup.shops[2], "dora", withdrawn).status == 200);
  AgentSetup::stop_agent(*setup.shops[2]);
  GS_REQUIRE_DONE(setup.start(*setup.shops[2]));  // Its file still says yes, at an earlier time.
  BOOST_TEST(customers_of_tea(3) == 2U);
  // Who came back is counted again.
  const std::string back =
      R"({"decisions": [{"purpose": "training", "state": "given", "notice_version": "v2"}]})";
  BOOST_TEST(AgentSetup::decide(*setup.shops[0], "ann", back).status == 200);
  BOOST_TEST(customers_of_tea(4) == 3U);
}

BOOST_AUTO_TEST_CASE(an_agent_without_its_coordinator_serves_and_waits) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\n");
  setup.stop();
  GS_REQUIRE_DONE(setup.start(shop));
  BOOST_TEST(AgentSetup::ask(shop, "/healthz").status == 200);
  BOOST_TEST(AgentSetup::eventually([&] { return shop.log.count("coordinator.unavailable") > 0; }));
  const auto status = AgentSetup::document(AgentSetup::ask(shop, "/v1/status"));
  BOOST_TEST(status.contains("shop"));
  AgentSetup::stop_agent(shop);
}

BOOST_AUTO_TEST_CASE(the_operator_hears_the_code_of_a_refusal_unless_the_owner_keeps_it) {
  AgentSetup setup;
  for (const char* name : {"a", "b", "c"}) {
    auto& shop = setup.add_shop(name, "ann,tea\n");
    if (shop.config.dir != setup.paths("c").dir) shop.config.policy.task_kinds = {"ease"};
  }
  setup.shops[1]->config.report_refusals = false;
  for (auto& shop : setup.shops) GS_REQUIRE_DONE(setup.start(*shop));
  BOOST_TEST((setup.here({"round", "start", "--task", "popularity"}).code == cli::ExitCode::ok));
  for (const std::size_t refusing : {0U, 1U}) {
    BOOST_TEST(AgentSetup::eventually([&] {
      return setup.shops[refusing]->files->activity->refusals(5).value().size() == 1U;
    }));
  }
  BOOST_TEST(AgentSetup::eventually([&] {
    return setup.here({"round", "show", "1"}).out.find("policy-refused") != std::string::npos;
  }));
  const auto shown = setup.here({"round", "show", "1", "--format", "json"});
  const auto refusals = boost::json::parse(shown.out).at("refusals").as_array();
  BOOST_REQUIRE(refusals.size() == 1U);
  BOOST_TEST(refusals[0].at("name").as_string() == "a");
  BOOST_TEST(setup.here({"shop", "list"}).out.find("policy-refused, round 1") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_damaged_journal_stops_everything_else) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\n");
  GS_REQUIRE_DONE(write_file_atomically(AgentPaths{shop.config.dir}.journal(),
                                        as_bytes("another file altogether")));
  GS_CHECK_FAILS(ParticipantErrc::journal_corrupt, setup.start(shop));
  BOOST_TEST(!fs::exists(AgentPaths{shop.config.dir}.endpoints()));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_said_at_the_start) {
  AgentSetup setup;
  auto& shop = setup.add_shop("a", "ann,tea\n");
  shop.config.serving.stock = {"gold"};
  GS_CHECK_FAILS(BaseErrc::invalid_config, setup.start(shop));
  AgentSetup::stop_agent(shop);
  shop.config.serving.stock.clear();
  shop.config.sources[0].path = setup.dir / "nowhere.csv";
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, setup.start(shop));
  AgentSetup::stop_agent(shop);
  shop.config.serving.address = "192.0.2.77";
  shop.config.sources[0].path = setup.dir / "a.csv";
  BOOST_TEST(setup.start(shop).has_error());
}

BOOST_AUTO_TEST_CASE(a_task_that_the_owner_does_not_allow_is_refused_and_recorded) {
  AgentSetup setup;
  setup.add_shop("a", "ann,tea\n");
  setup.add_shop("b", "bob,tea\n");
  auto& shop = setup.add_shop("c", "carl,tea\n");
  shop.config.policy.task_kinds = {"ease"};
  shop.config.report_refusals = false;  // Then not a byte is sent.
  for (auto& each : setup.shops) GS_REQUIRE_DONE(setup.start(*each));
  const auto started = setup.here({"round", "start", "--task", "popularity"});
  BOOST_TEST((started.code == cli::ExitCode::ok), started.err);
  BOOST_TEST(AgentSetup::eventually([&] {
    const auto refusals = shop.files->activity->refusals(5);
    return refusals.has_value() && !refusals->empty();
  }));
  BOOST_TEST(shop.files->activity->refusals(5).value()[0].reason.find("popularity") !=
             std::string::npos);
  BOOST_TEST(shop.files->activity->bytes_up().value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
