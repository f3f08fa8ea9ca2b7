// Rows come back as they were written, in the order that the interface states.
#include "base/errors.hpp"
#include "tests/unit/coordinator/ledger_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::Epoch;
using protocol::ModelVersion;
using protocol::RoundId;
using testing::LedgerSetup;

namespace {

std::vector<std::string> keys_of(const std::vector<RoundRow>& rows) {
  std::vector<std::string> keys;
  for (const RoundRow& row : rows) {
    keys.push_back(std::to_string(row.key.round.value()) + "." +
                   std::to_string(row.key.attempt.value()));
  }
  return keys;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_reads_test)

BOOST_AUTO_TEST_CASE(a_new_ledger_is_empty) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.ledger->read([](LedgerReader& rows) -> Result<> {
    BOOST_TEST(!rows.federation().value());
    BOOST_TEST(rows.roster_entries(0).value().empty());
    BOOST_TEST(rows.shops().value().empty());
    BOOST_TEST(rows.invitations().value().empty());
    BOOST_TEST(rows.recent_tasks(5).value().empty());
    BOOST_TEST(rows.recent_rounds(5).value().empty());
    BOOST_TEST(rows.models().value().empty());
    BOOST_TEST(rows.audit(0, 5).value().empty());
    BOOST_TEST(!rows.task(Epoch{1}).value());
    BOOST_TEST(!rows.model(ModelVersion{1}).value());
    BOOST_TEST(!rows.shop(testing::sample<ParticipantId>(1)).value());
    BOOST_TEST(!rows.invitation(testing::sample<InvitationId>(1)).value());
    BOOST_TEST(rows.attempts(RoundId{1}).value().empty());
    return {};
  }));
}

BOOST_AUTO_TEST_CASE(a_task_and_a_model_come_back_whole) {
  LedgerSetup setup;
  TaskRow task = testing::sample_task(1);
  task.status = TaskStatus::failed;
  task.reason = "why \"not\"";
  task.survivors = testing::sample<Digest>(9);
  task.sums_done = 2;
  task.ended_unix_ms = 500;
  const ModelRow model = testing::sample_model(3);
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_task(task));
    return rows.add_model(model);
  }));
  const auto stored =
      setup.read([](LedgerReader& rows) { return rows.task(Epoch{1}); }).value().value();
  BOOST_TEST((stored.status == task.status));
  BOOST_TEST(stored.reason == task.reason);
  BOOST_TEST((stored.plan == task.plan));
  BOOST_TEST((stored.first_root == task.first_root && stored.checkpoint == task.checkpoint));
  BOOST_TEST((stored.origin == task.origin));
  BOOST_TEST((stored.survivors == task.survivors));
  BOOST_TEST(stored.sums_done == 2U);
  BOOST_TEST(stored.ended_unix_ms == 500);
  const auto kept =
      setup.read([](LedgerReader& rows) { return rows.model(ModelVersion{3}); }).value().value();
  BOOST_TEST(kept.kind == model.kind);
  BOOST_TEST((kept.checkpoint == model.checkpoint && kept.lineage == model.lineage));
  BOOST_TEST((kept.plan == model.plan && kept.epoch == model.epoch && kept.round == model.round));
  BOOST_TEST(kept.survivors == model.survivors);
}

BOOST_AUTO_TEST_CASE(a_key_agreement_comes_back_whole) {
  LedgerSetup setup;
  const AgreementRow row = testing::sample_agreement(4, 1);
  GS_REQUIRE_DONE(setup.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_agreement(testing::sample_agreement(4, 0)));
    GS_CHECK(rows.end_agreement([&] {
      AgreementRow ended = testing::sample_agreement(4, 0);
      ended.status = AgreementStatus::failed;
      ended.ended_unix_ms = 9;
      return ended;
    }()));
    GS_CHECK(rows.add_agreement(row));
    return rows.add_agreement_event(row.id, 1, to_bytes("offer"));
  }));
  const auto running =
      setup.read([](LedgerReader& rows) { return rows.running_agreement(); }).value();
  BOOST_REQUIRE(running.has_value());
  BOOST_TEST((running->id == row.id));
  BOOST_TEST((running->roster_head == row.roster_head));
  BOOST_TEST((running->invited == row.invited));
  BOOST_TEST(running->started_unix_ms == row.started_unix_ms);
  const auto all =
      setup.read([](LedgerReader& rows) { return rows.agreements(protocol::Epoch{4}); }).value();
  BOOST_TEST(all.size() == 2U);
  BOOST_TEST((all.front().status == AgreementStatus::failed));
  BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.agreements(protocol::Epoch{5}); })
                 .value()
                 .empty());
  const auto events =
      setup.read([&](LedgerReader& rows) { return rows.agreement_events(row.id); }).value();
  BOOST_TEST((events == std::vector<Bytes>{to_bytes("offer")}));
}

BOOST_AUTO_TEST_CASE(ids_use_all_64_bits) {
  LedgerSetup setup;
  const std::uint64_t large = ~std::uint64_t{0} - 1;
  GS_REQUIRE_DONE(
      setup.change([&](LedgerWriter& rows) { return rows.add_task(testing::sample_task(large)); }));
  BOOST_TEST(
      setup.read([&](LedgerReader& rows) { return rows.task(Epoch{large}); }).value().has_value());
}

BOOST_AUTO_TEST_CASE(events_of_one_kind_come_from_all_attempts_of_one_task) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.change([](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_task(testing::sample_task(7)));
    GS_CHECK(rows.add_task(testing::sample_task(8)));
    for (const auto& [round, attempt, epoch] :
         {std::tuple{2U, 0U, 7U}, {1U, 1U, 7U}, {1U, 0U, 7U}, {3U, 0U, 8U}}) {
      const RoundRow row = testing::sample_round(round, attempt, epoch);
      GS_CHECK(rows.add_round(row));
      for (std::uint32_t i = 1; i <= 4; ++i) {
        GS_CHECK(rows.add_event(row.key, {i, i % 2, testing::sample_bytes(round * 10 + i, 8)}));
      }
    }
    return {};
  }));
  std::vector<std::string> found;
  const auto events = setup.read([](LedgerReader& rows) { return rows.events_of(Epoch{7}, 0); });
  for (const AttemptEventRow& row : events.value()) {
    BOOST_TEST(row.event.kind == 0U);
    BOOST_TEST((row.event.bytes ==
                testing::sample_bytes(row.attempt.round.value() * 10 + row.event.sequence, 8)));
    found.push_back(std::to_string(row.attempt.round.value()) + "." +
                    std::to_string(row.attempt.attempt.value()) + "." +
                    std::to_string(row.event.sequence));
  }
  BOOST_TEST(
      (found == std::vector<std::string>{"1.0.2", "1.0.4", "1.1.2", "1.1.4", "2.0.2", "2.0.4"}));
  const auto attempts = setup.read([](LedgerReader& rows) { return rows.attempts_of(Epoch{7}); });
  BOOST_TEST(attempts.value().size() == 3U);
  BOOST_TEST((attempts.value().back() == RoundKey{RoundId{2}, protocol::Attempt{0}}));
}

BOOST_AUTO_TEST_CASE(rounds_are_listed_newest_first_and_attempts_oldest_first) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.change([](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_task(testing::sample_task(1)));
    GS_CHECK(rows.add_round(testing::sample_round(2, 0, 1)));
    GS_CHECK(rows.add_round(testing::sample_round(1, 1, 1)));
    GS_CHECK(rows.add_round(testing::sample_round(1, 0, 1)));
    return rows.add_round(testing::sample_round(10, 0, 1));
  }));
  const auto recent = setup.read([](LedgerReader& rows) { return rows.recent_rounds(3); });
  BOOST_TEST((keys_of(recent.value()) == std::vector<std::string>{"10.0", "2.0", "1.1"}));
  const auto attempts = setup.read([](LedgerReader& rows) { return rows.attempts(RoundId{1}); });
  BOOST_TEST((keys_of(attempts.value()) == std::vector<std::string>{"1.0", "1.1"}));
}

BOOST_AUTO_TEST_CASE(lists_start_after_what_is_known) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.change([](LedgerWriter& rows) -> Result<> {
    for (const std::uint64_t i : {2, 3, 1}) {
      GS_CHECK(rows.add_roster_entry(i, as_bytes(std::to_string(i))));
    }
    for (std::int64_t i = 1; i <= 5; ++i) GS_CHECK(rows.append_audit(i, "a", "b", "{}"));
    for (const std::uint64_t i : {2, 1}) GS_CHECK(rows.add_task(testing::sample_task(i)));
    return {};
  }));
  const auto frames = setup.read([](LedgerReader& rows) { return rows.roster_entries(1); }).value();
  BOOST_REQUIRE(frames.size() == 2U);
  BOOST_TEST(as_text(frames[0]) == "2");
  BOOST_TEST(as_text(frames[1]) == "3");
  const auto audit = setup.read([](LedgerReader& rows) { return rows.audit(2, 2); }).value();
  BOOST_REQUIRE(audit.size() == 2U);
  BOOST_TEST(audit[0].sequence == 3U);
  const auto tasks = setup.read([](LedgerReader& rows) { return rows.recent_tasks(1); }).value();
  BOOST_REQUIRE(tasks.size() == 1U);
  BOOST_TEST(tasks[0].epoch.value() == 2U);
}

BOOST_AUTO_TEST_CASE(shops_and_invitations_are_ordered_by_their_bytes) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.change([](LedgerWriter& rows) -> Result<> {
    for (std::uint64_t i = 1; i <= 20; ++i) {
      GS_CHECK(rows.put_shop(testing::sample_shop(i)));
      GS_CHECK(rows.add_invitation(testing::sample_invitation(i)));
    }
    return {};
  }));
  const auto shops = setup.read([](LedgerReader& rows) { return rows.shops(); }).value();
  BOOST_TEST(shops.size() == 20U);
  BOOST_TEST(std::ranges::is_sorted(shops, {}, &ShopRow::identity));
  const auto invited = setup.read([](LedgerReader& rows) { return rows.invitations(); }).value();
  BOOST_TEST(std::ranges::is_sorted(invited, {}, &InvitationRow::id));
  BOOST_TEST(!invited.front().used_by);
}

BOOST_AUTO_TEST_CASE(values_of_the_wrong_form_make_a_row_corrupt) {
  for (const char* sql : {"UPDATE shop SET identity = x'0102'", "UPDATE shop SET certificate = x''",
                          "UPDATE shop SET status = 0", "UPDATE shop SET status = 99"}) {
    LedgerSetup setup;
    GS_REQUIRE_DONE(
        setup.change([](LedgerWriter& rows) { return rows.put_shop(testing::sample_shop(1)); }));
    setup.execute(sql);
    BOOST_TEST_CONTEXT(sql) {
      GS_CHECK_FAILS(BaseErrc::corrupt,
                     setup.read([](LedgerReader& rows) { return rows.shops(); }));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_status_that_only_another_kind_of_row_has_is_corrupt) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(
      setup.change([](LedgerWriter& rows) { return rows.put_shop(testing::sample_shop(1)); }));
  setup.execute("UPDATE shop SET status = 4");  // RoundStatus::lost; no ShopStatus.
  GS_CHECK_FAILS(BaseErrc::corrupt, setup.read([](LedgerReader& rows) { return rows.shops(); }));
}

BOOST_AUTO_TEST_SUITE_END()
