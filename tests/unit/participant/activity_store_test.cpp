#include "participant/store/activity_store.hpp"

#include "participant/store/outbox_store.hpp"
#include "protocol/errors.hpp"
#include "tests/unit/participant/store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct Setup : testing::StoreSetup {
  ActivityStore activity{*store};
  OutboxStore outbox{*store};

  static RoundRecord record(std::uint64_t round, std::uint32_t attempt = 0) {
    RoundRecord out;
    out.round = protocol::RoundId{round};
    out.attempt = protocol::Attempt{attempt};
    out.task_kind = "ease";
    out.phase = "awaiting description";
    return out;
  }
  static OutboundMessage message(std::uint64_t round, std::uint32_t attempt, std::uint64_t bytes) {
    return {protocol::RoundId{round},
            protocol::Attempt{attempt},
            "check_in",
            bytes,
            "https://coordinator",
            testing::sample<crypto::Digest>(bytes)};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(activity_store_test)

BOOST_AUTO_TEST_CASE(a_round_is_lived_from_its_beginning_to_its_end) {
  Setup setup;
  RoundRecord record = Setup::record(1);
  GS_REQUIRE_DONE(setup.activity.begin_round(record));
  const auto started = setup.clock.wall_now().time_since_epoch().count();
  setup.clock.advance(std::chrono::seconds{5});
  record.step_kind = "ease.gram";
  record.phase = "uploading";
  GS_REQUIRE_DONE(setup.activity.update_round(record, false));
  auto seen = setup.activity.rounds(10).value().at(0);
  BOOST_TEST(seen.phase == "uploading");
  BOOST_TEST(seen.step_kind == "ease.gram");
  BOOST_TEST(seen.started_ms == started);
  BOOST_TEST(seen.ended_ms == 0);
  record.phase = "finished";
  record.counted = record.accepted = true;
  record.detail = "all is well";
  GS_REQUIRE_DONE(setup.activity.update_round(record, true));
  seen = setup.activity.rounds(10).value().at(0);
  BOOST_TEST(seen.ended_ms == started + 5000);
  BOOST_TEST((seen.counted && seen.accepted));
  BOOST_TEST(seen.detail == "all is well");
}

BOOST_AUTO_TEST_CASE(beginning_a_round_again_after_a_restart_keeps_its_start) {
  Setup setup;
  GS_REQUIRE_DONE(setup.activity.begin_round(Setup::record(1)));
  setup.clock.advance(std::chrono::seconds{5});
  GS_REQUIRE_DONE(setup.activity.begin_round(Setup::record(1)));
  const auto rounds = setup.activity.rounds(10).value();
  BOOST_REQUIRE(rounds.size() == 1U);
  BOOST_TEST(rounds[0].started_ms < setup.clock.wall_now().time_since_epoch().count());
}

BOOST_AUTO_TEST_CASE(rounds_are_listed_newest_first_with_what_left_the_premises) {
  Setup setup;
  for (const auto& [round, attempt] :
       std::vector<std::pair<std::uint64_t, std::uint32_t>>{{2, 0}, {10, 0}, {2, 1}}) {
    GS_REQUIRE_DONE(setup.activity.begin_round(Setup::record(round, attempt)));
  }
  GS_REQUIRE_DONE(setup.outbox.record(Setup::message(2, 1, 100)));
  GS_REQUIRE_DONE(setup.outbox.record(Setup::message(2, 1, 100)));  // A resend counts.
  GS_REQUIRE_DONE(setup.outbox.record(Setup::message(10, 0, 7)));
  const auto rounds = setup.activity.rounds(10).value();
  BOOST_REQUIRE(rounds.size() == 3U);
  BOOST_TEST(rounds[0].round.value() == 10U);
  BOOST_TEST(rounds[1].attempt.value() == 1U);
  BOOST_TEST(rounds[0].bytes_up == 7U);
  BOOST_TEST(rounds[1].bytes_up == 200U);
  BOOST_TEST(rounds[2].bytes_up == 0U);
  BOOST_TEST(setup.activity.bytes_up().value() == 207U);
  BOOST_TEST(setup.activity.rounds(2).value().size() == 2U);
}

BOOST_AUTO_TEST_CASE(nothing_was_sent_at_first) {
  Setup setup;
  BOOST_TEST(setup.activity.bytes_up().value() == 0U);
  BOOST_TEST(setup.activity.rounds(5).value().empty());
  BOOST_TEST(setup.activity.refusals(5).value().empty());
}

BOOST_AUTO_TEST_CASE(refusals_keep_their_reason_newest_first) {
  Setup setup;
  GS_REQUIRE_DONE(setup.activity.record_refusal(
      protocol::RoundId{1}, Error{protocol::ProtocolErrc::too_few, "cohort of \"3\""}));
  GS_REQUIRE_DONE(setup.activity.record_refusal(
      protocol::RoundId{2}, Error{protocol::ProtocolErrc::policy_refused, "purpose"}));
  const auto refusals = setup.activity.refusals(5).value();
  BOOST_REQUIRE(refusals.size() == 2U);
  BOOST_TEST(refusals[0].code == protocol::code_of(protocol::ProtocolErrc::policy_refused));
  BOOST_TEST(refusals[0].reason.ends_with("purpose"));
  BOOST_TEST(refusals[1].reason.ends_with("cohort of \"3\""));
  BOOST_TEST(setup.activity.refusals(1).value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_damaged_store_is_an_error_and_no_crash) {
  Setup setup;
  GS_REQUIRE_DONE(setup.store->session()->execute("DROP TABLE outbox"));
  BOOST_TEST(setup.outbox.record(Setup::message(1, 0, 1)).has_error());
  BOOST_TEST(setup.activity.bytes_up().has_error());
  BOOST_TEST(setup.activity.rounds(1).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
