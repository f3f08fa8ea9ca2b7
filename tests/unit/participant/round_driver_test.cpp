#include "participant/round_driver.hpp"

#include <fstream>

#include "agent_setup.hpp"
#include "base/errors.hpp"
#include "participant/training/training_job.hpp"
#include "protocol/digests.hpp"
#include "tests/support/file_size_limit.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::AgentSetup;
using namespace std::chrono_literals;

namespace {

/// One shop that is driven by hand; the two others never answer, so that attempts come to nothing.
struct Setup : AgentSetup {
  explicit Setup(std::chrono::milliseconds check_in = 60s) {
    stop();
    auto settings = tiny();
    settings.rounds.deadlines.check_in = check_in;
    settings.rounds.attempts_max = 1;
    serve(std::move(settings));
    for (const char* name : {"a", "b", "c"}) add_shop(name, "ann,tea\n");
    shop = shops[0].get();
    open();
  }
  ~Setup() { stop_flag.stop(); }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  void open() {
    shop->files = AgentFiles::open(shop->config, clock, random).value();
    const AgentPaths at{shop->config.dir};
    journal.emplace(Journal::open(at.journal(), log).value());
    spool.emplace(Spool::open(at.spool()).value());
    kept.emplace(KeptInputs::open(at.kept_inputs(), at.kept_inputs_key(), random).value());
    states.emplace(
        CountedStates::open(at.counted_states(), at.counted_states_key(), random).value());
    evidence = EvidenceStore::open(at.evidence()).value();
    seen = SeenRounds::open(at.seen()).value();
    client.emplace(shop->files->membership.client_config(shop->files->keys).value(),
                   [this](const OutboundMessage& sent) {
                     GS_REQUIRE_DONE(OutboxStore{*shop->files->store}.record(sent));
                   });
    protocol::Roster newest{shop->files->membership.federation, shop->files->membership.registrar};
    GS_REQUIRE_DONE(
        newest.apply(client->roster(0).value(), clock.wall_now().time_since_epoch().count()));
    roster.emplace(std::move(newest));
    policy = shop->config.policy;
    policy.purpose = protocol::content_digest(as_bytes(shop->files->membership.purpose));
    work.emplace(
        TrainingParts{.models = *shop->files->models,
                      .remote = *client,
                      .spool = *spool,
                      .kept = *kept,
                      .states = *states,
                      .log = log,
                      .random = random,
                      .pool = pool,
                      .catalogue = protocol::content_digest(shop->files->membership.catalogue),
                      .data = [] { return std::make_shared<const ShopData>(); },
                      .on_model = {},
                      .plain_outbox = std::nullopt});
    driver.emplace(DriverParts{.remote = *client,
                               .work = *work,
                               .journal = *journal,
                               .spool = *spool,
                               .kept = *kept,
                               .states = *states,
                               .activity = *shop->files->activity,
                               .evidence = *evidence,
                               .seen = *seen,
                               .retry = {stop_flag, random, clock, log}});
  }
  protocol::RoundInvitation invitation() {
    const auto started = here({"round", "start", "--task", "popularity"});
    BOOST_REQUIRE_MESSAGE(started.code == cli::ExitCode::ok, started.err);
    return client->invitation(std::nullopt, 20s).value().value();
  }
  [[nodiscard]] RoundContext context() const {
    const Membership& member = shop->files->membership;
    return {member.federation,
            shop->files->keys.id(),
            shop->files->keys.identity,
            member.coordinator,
            *roster,
            policy,
            journal->state().history};
  }

  Shop* shop = nullptr;
  MemoryLog log;
  StopFlag stop_flag;
  ThreadPool pool{1};
  std::optional<Journal> journal;
  std::optional<Spool> spool;
  std::optional<KeptInputs> kept;
  std::optional<CountedStates> states;
  std::unique_ptr<EvidenceStore> evidence;
  std::unique_ptr<SeenRounds> seen;
  std::optional<CoordinatorClient> client;
  std::optional<protocol::Roster> roster;
  ParticipantPolicy policy;
  std::optional<TrainingJob> work;
  std::optional<RoundDriver> driver;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(round_driver_test)

BOOST_AUTO_TEST_CASE(an_attempt_that_the_coordinator_ends_is_closed_and_recorded) {
  Setup setup{5s};
  GS_REQUIRE_DONE(setup.driver->take_part(setup.invitation(), setup.context()));
  const auto record = setup.shop->files->activity->rounds(1).value().at(0);
  BOOST_TEST(record.phase == "ended");
  BOOST_TEST(record.ended_ms > 0);
  BOOST_TEST(!record.counted);
  BOOST_TEST(record.bytes_up > 0U);
  BOOST_TEST(setup.journal->state().counter == 1U);
  BOOST_TEST(setup.journal->state().open_round.empty());
  BOOST_TEST(setup.log.count("round.over") == 1U);
}

BOOST_AUTO_TEST_CASE(an_agent_that_stops_leaves_the_round_open_and_ends_it_after_the_restart) {
  Setup setup;
  const auto invitation = setup.invitation();
  std::thread living{
      [&] { GS_REQUIRE_DONE(setup.driver->take_part(invitation, setup.context())); }};
  const bool checked_in =
      AgentSetup::eventually([&] { return setup.shop->files->activity->bytes_up().value() > 0; });
  setup.stop_flag.stop();
  setup.client->cancel();
  living.join();
  BOOST_TEST(checked_in);
  BOOST_TEST(!setup.journal->state().open_round.empty());

  Setup::stop_agent(*setup.shop);
  StopFlag again;
  setup.open();
  RoundDriver driver{DriverParts{.remote = *setup.client,
                                 .work = *setup.work,
                                 .journal = *setup.journal,
                                 .spool = *setup.spool,
                                 .kept = *setup.kept,
                                 .states = *setup.states,
                                 .activity = *setup.shop->files->activity,
                                 .evidence = *setup.evidence,
                                 .seen = *setup.seen,
                                 .retry = {again, setup.random, setup.clock, setup.log}}};
  GS_REQUIRE_DONE(driver.resume(setup.context()));
  BOOST_TEST(setup.journal->state().open_round.empty());
  BOOST_TEST(setup.shop->files->activity->rounds(1).value().at(0).ended_ms > 0);
}

BOOST_AUTO_TEST_CASE(without_an_open_round_there_is_nothing_to_resume) {
  Setup setup;
  GS_REQUIRE_DONE(setup.driver->resume(setup.context()));
  BOOST_TEST(setup.log.count("round.resume") == 0U);
}

BOOST_AUTO_TEST_CASE(a_check_in_that_cannot_be_journalled_is_not_sent) {
  Setup setup;
  const auto invitation = setup.invitation();
  {
    const guildsum::test::FileSizeLimit full{1};
    BOOST_TEST(setup.driver->take_part(invitation, setup.context()).has_error());
  }
  BOOST_TEST(setup.shop->files->activity->bytes_up().value() == 0U);
  BOOST_TEST(setup.journal->state().counter == 0U);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_is_over_before_the_check_in_is_left) {
  Setup setup{5s};
  const auto invitation = setup.invitation();
  BOOST_REQUIRE(AgentSetup::eventually([&] {
    return setup.here({"round", "show", "1"}).out.find("aborted") != std::string::npos;
  }));
  GS_REQUIRE_DONE(setup.driver->take_part(invitation, setup.context()));
  BOOST_TEST(setup.journal->state().open_round.empty());
  BOOST_TEST(setup.shop->files->activity->rounds(1).value().at(0).ended_ms > 0);
}

BOOST_AUTO_TEST_SUITE_END()
