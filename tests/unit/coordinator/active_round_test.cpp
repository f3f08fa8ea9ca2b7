#include "coordinator/active_round.hpp"

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::FaultyLedger;
using testing::LedgerSetup;

namespace {

/// An attempt with its ledger, and everything that five shops send in it.
struct Setup : LedgerSetup {
  simulations::Federation federation{5, 3};
  RoundPlan plan = federation.plan(100, 8).value();
  std::vector<Event> events;
  FaultyLedger faulty{ledger};
  std::vector<Effect> effects;
  std::unique_ptr<ActiveRound> round;

  Setup() {
    const std::vector<std::vector<std::int64_t>> inputs(5, std::vector<std::int64_t>(100, 3));
    const auto outcome = simulations::run_round(federation, plan, inputs).value();
    for (const Bytes& event : outcome.events) events.push_back(decode_event(event).value());
    GS_REQUIRE_DONE(
        change([](LedgerWriter& rows) { return rows.add_task(testing::sample_task(1)); }));
    round = start().value();
  }
  Result<std::unique_ptr<ActiveRound>> start() {
    RoundRow row;
    row.key = {plan.descriptor.round, plan.descriptor.attempt};
    row.epoch = protocol::Epoch{1};
    return ActiveRound::start(faulty, federation.coordinator(), row, plan, federation.roster(),
                              effects);
  }
  [[nodiscard]] Result<std::unique_ptr<ActiveRound>> resume() {
    auto rows = read([&](LedgerReader& reader) { return reader.attempts(plan.descriptor.round); });
    return ActiveRound::resume(faulty, federation.coordinator(), rows.value().at(0),
                               federation.roster());
  }
  [[nodiscard]] std::size_t stored() {
    return read([&](LedgerReader& rows) { return rows.events(round->key()); }).value().size();
  }
  /// Every message that the phase has for any shop.
  [[nodiscard]] std::vector<Bytes> messages(const ActiveRound& of) const {
    std::vector<Bytes> out;
    for (std::uint32_t i = 0; i < 5; ++i) {
      for (std::uint32_t after = 0; after < 6; ++after) {
        const auto message = message_for(of.phase(), federation.identity(i), after, of.context());
        out.push_back(message ? message->frame : Bytes{});
      }
    }
    return out;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(active_round_test)

BOOST_AUTO_TEST_CASE(a_new_attempt_is_stored_before_it_has_effects) {
  Setup setup;
  BOOST_TEST(!setup.effects.empty());
  BOOST_TEST((setup.round->key().round == setup.plan.descriptor.round));
  BOOST_TEST(setup.resume().has_value());
  GS_CHECK_FAILS(BaseErrc::already_exists, setup.start());
  setup.plan.descriptor.round = setup.plan.descriptor.round.next();
  setup.faulty.change_that_fails = 1;
  GS_CHECK_FAILS(BaseErrc::io_failed, setup.start());
}

BOOST_AUTO_TEST_CASE(a_replay_leads_to_the_same_phase_and_messages_after_every_event) {
  Setup setup;
  BOOST_TEST(setup.events.size() > 25U);
  for (const Event& event : setup.events) {
    GS_REQUIRE_DONE(setup.round->submit(event));
    const auto resumed = setup.resume().value();
    BOOST_TEST(resumed->phase().index() == setup.round->phase().index());
    BOOST_TEST(resumed->sequence() == setup.round->sequence());
    BOOST_TEST((setup.messages(*resumed) == setup.messages(*setup.round)));
  }
  BOOST_TEST(is_over(setup.round->phase()));
  BOOST_TEST(setup.stored() == setup.events.size());
}

BOOST_AUTO_TEST_CASE(repeats_and_refusals_are_not_stored) {
  Setup setup;
  GS_REQUIRE_DONE(setup.round->submit(setup.events[0]));
  BOOST_TEST(setup.round->submit(setup.events[0]).value().repeated);
  auto conflicting = std::get<protocol::CheckIn>(setup.events[0]);
  conflicting.counter += 1;
  BOOST_TEST(setup.round->submit(conflicting).has_error());
  BOOST_TEST(setup.round->submit(setup.events.back()).has_error());  // Far too early.
  BOOST_TEST(setup.stored() == 1U);
  for (std::size_t i = 1; i < setup.events.size(); ++i) {
    GS_REQUIRE_DONE(setup.round->submit(setup.events[i]));
  }
}

BOOST_AUTO_TEST_CASE(what_goes_with_an_event_is_in_its_transaction) {
  Setup setup;
  const auto refused =
      setup.round->submit(setup.events[0], [](LedgerWriter& rows, const Phase&) -> Result<> {
        GS_CHECK(rows.publish(testing::sample<BlobId>(1), "sum", 1));
        return Error{BaseErrc::no_space, "in the middle"};
      });
  GS_CHECK_FAILS(BaseErrc::no_space, refused);
  BOOST_TEST(setup.stored() == 0U);
  BOOST_TEST(!setup.round->is_behind());
  BOOST_TEST(
      !setup.read([](LedgerReader& rows) { return rows.is_published(testing::sample<BlobId>(1)); })
           .value());
  GS_REQUIRE_DONE(setup.round->submit(setup.events[0]));
}

BOOST_AUTO_TEST_CASE(an_event_that_cannot_be_stored_did_not_happen) {
  for (const std::uint32_t reads : {0U, 1U}) {
    Setup setup;
    for (const Event& event : setup.events) {
      setup.faulty.change_that_fails = 1;
      setup.faulty.reads_that_fail = reads;
      const auto before = setup.round->phase().index();
      GS_CHECK_FAILS(BaseErrc::io_failed, setup.round->submit(event));
      BOOST_TEST(setup.round->is_behind() == (reads > 0));
      GS_REQUIRE_DONE(setup.round->catch_up());
      BOOST_TEST(setup.round->phase().index() == before);
      GS_REQUIRE_DONE(setup.round->submit(event));
    }
    BOOST_TEST(is_over(setup.round->phase()));
  }
}

BOOST_AUTO_TEST_CASE(an_event_whose_commit_only_seemed_to_fail_happened_once) {
  Setup setup;
  for (const Event& event : setup.events) {
    setup.faulty.change_that_fails = 1;
    setup.faulty.fails_after_commit = true;
    GS_REQUIRE_DONE(setup.round->submit(event));  // The replay has seen it.
    BOOST_TEST(setup.round->submit(event).has_value() == !std::holds_alternative<SumOpened>(event));
  }
  BOOST_TEST(setup.stored() == setup.events.size());
  BOOST_TEST(is_over(setup.round->phase()));
}

BOOST_AUTO_TEST_CASE(an_event_that_was_written_unseen_shows_after_catching_up) {
  Setup setup;
  setup.faulty.change_that_fails = 1;
  setup.faulty.fails_after_commit = true;
  setup.faulty.reads_that_fail = 2;
  GS_CHECK_FAILS(BaseErrc::io_failed, setup.round->submit(setup.events[0]));
  BOOST_TEST(setup.round->is_behind());
  BOOST_TEST(setup.round->sequence() == 0U);
  BOOST_TEST(setup.round->catch_up().has_error());
  GS_REQUIRE_DONE(setup.round->catch_up());
  BOOST_TEST(setup.round->sequence() == 1U);
  BOOST_TEST(setup.round->submit(setup.events[0]).value().repeated);
}

BOOST_AUTO_TEST_CASE(a_ledger_whose_events_do_not_replay_is_corrupt_by_number) {
  for (const char* sql :
       {"UPDATE round_event SET bytes = x'00' WHERE sequence = 3",
        "DELETE FROM round_event WHERE sequence = 1",
        "UPDATE round_event SET sequence = 1000 WHERE sequence = 2",
        "UPDATE round_event SET bytes = (SELECT bytes FROM round_event WHERE sequence = 9) WHERE "
        "sequence = 2"}) {
    Setup setup;
    for (const Event& event : setup.events) GS_REQUIRE_DONE(setup.round->submit(event));
    setup.execute(sql);
    BOOST_TEST_CONTEXT(sql) {
      const auto refused = setup.resume();
      GS_CHECK_FAILS(BaseErrc::corrupt, refused);
      BOOST_TEST(refused.error().detail().find("round ") != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_plan_is_corrupt) {
  Setup setup;
  setup.execute("UPDATE round SET plan = x'0102'");
  GS_CHECK_FAILS(BaseErrc::corrupt, setup.resume());
}

BOOST_AUTO_TEST_CASE(begun_uploads_are_listed_from_the_ledger) {
  Setup setup;
  BOOST_TEST(setup.round->begun_uploads().value().empty());
  for (const Event& event : setup.events) GS_REQUIRE_DONE(setup.round->submit(event));
  const auto uploads = setup.round->begun_uploads().value();
  BOOST_REQUIRE(uploads.size() == 5U);
  for (const auto& upload : uploads) {
    BOOST_TEST(upload.chunk_digests.size() == upload.header.chunk_count);
  }
}

BOOST_AUTO_TEST_CASE(shares_in_transit_and_revealed_shares_are_short_lived) {
  Setup setup;
  std::set<std::uint32_t> expected;
  for (const Event& event : setup.events) {
    if (std::holds_alternative<protocol::ShareKeys>(event) ||
        std::holds_alternative<protocol::Unmask>(event)) {
      expected.insert(static_cast<std::uint32_t>(event.index()));
    }
  }
  const auto& kinds = short_lived_event_kinds();
  BOOST_TEST((std::set<std::uint32_t>{kinds.begin(), kinds.end()} == expected));
}

BOOST_AUTO_TEST_SUITE_END()
