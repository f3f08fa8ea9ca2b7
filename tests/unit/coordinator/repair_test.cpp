#include "coordinator/repair.hpp"

#include "base/errors.hpp"
#include "coordinator/store/directory_blobs.hpp"
#include "protocol/wire.hpp"
#include "tests/unit/coordinator/ledger_setup.hpp"
#include "tests/unit/protocol/unopened_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::AbortReason;
using protocol::test::RoundSetup;

namespace {

constexpr std::uint32_t kSurvivors = 5;

/// The attempts of one round of six shops, as the ledger has them.
struct Setup {
  guildsum::test::TempDir dir;
  std::unique_ptr<Blobs> blobs = open_directory_blobs(dir / "blobs").value();
  RoundSetup round;
  RoundSettings settings;
  std::vector<RoundRow> attempts;

  RoundRow& add(RoundStatus status, AbortReason reason = AbortReason::too_few_unmask_answers) {
    const auto number = static_cast<std::uint32_t>(attempts.size());
    RoundRow row = testing::sample_round(1, number, 7);
    row.status = status;
    row.summary = "{}";
    RoundPlan plan;
    plan.descriptor = round.view.descriptor;
    row.plan = encode_plan(plan);
    protocol::RoundAborted aborted;
    aborted.reason = reason;
    row.outcome = protocol::encode(aborted);
    return attempts.emplace_back(std::move(row));
  }
  void add_unopened(std::vector<protocol::DealerFault> faults = {}) {
    auto unopened = protocol::test::unopened(round, kSurvivors);
    unopened.faults = std::move(faults);
    const BlobId blob = blobs->put(protocol::encode(unopened)).value();
    add(RoundStatus::lost).summary = "{\"unopened_blob\":\"" + blob.hex() + "\"}";
  }
  [[nodiscard]] std::optional<PendingRepair> pending() const {
    return pending_repair(attempts, *blobs).value();
  }
  [[nodiscard]] bool may_be_repaired() const {
    return coordinator::may_be_repaired(*pending(), settings, ids(6));
  }
  [[nodiscard]] std::vector<ParticipantId> ids(std::uint32_t count) const {
    std::vector<ParticipantId> all;
    for (std::uint32_t i = 0; i < count; ++i) all.push_back(round.shops[i].id());
    return all;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(repair_test)

BOOST_AUTO_TEST_CASE(a_round_that_was_not_certified_needs_no_repair) {
  Setup setup;
  setup.add(RoundStatus::aborted);
  setup.add(RoundStatus::lost);
  BOOST_TEST(!setup.pending().has_value());
  BOOST_TEST(!unopened_of(setup.attempts[1], *setup.blobs).value().has_value());
}

BOOST_AUTO_TEST_CASE(a_repair_is_over_the_survivors_and_asks_for_the_same) {
  Setup setup;
  setup.add_unopened();
  const auto repair = setup.pending();
  BOOST_TEST_REQUIRE(repair.has_value());
  BOOST_TEST((repair->survivors == setup.ids(kSurvivors)));
  BOOST_TEST(repair->tried == 0U);
  BOOST_TEST(setup.may_be_repaired());
  RoundPlan plan;
  plan.cohort_max = 200;
  plan.descriptor = setup.round.view.descriptor;
  plan.descriptor.codec.ring_bits = 16;
  make_repair(plan, *repair, setup.settings);
  BOOST_TEST((plan.invited == setup.ids(kSurvivors)));
  BOOST_TEST(plan.needs_everybody);
  BOOST_TEST(plan.cohort_min == kSurvivors);
  BOOST_TEST(plan.cohort_max == kSurvivors);
  BOOST_TEST(plan.cohort_goal == kSurvivors);
  BOOST_TEST((plan.descriptor.codec == setup.round.view.descriptor.codec));
  BOOST_TEST((plan.descriptor.deadlines.check_in == setup.settings.repair_deadline));
  const RoundPlan stored = decode_plan(encode_plan(plan)).value();
  BOOST_TEST((stored.invited == plan.invited));
  BOOST_TEST(stored.needs_everybody);
  BOOST_TEST(!stored.allow_tiny_cohorts);
}

BOOST_AUTO_TEST_CASE(dealers_proven_at_fault_in_any_attempt_are_left_out) {
  Setup setup;
  setup.settings.cohort_min = 3;
  const std::uint32_t t = setup.round.view.descriptor.t;
  setup.add_unopened({protocol::test::fault_of(setup.round, 1, protocol::ShareKind::self_seed, t)});
  setup.add_unopened({protocol::test::fault_of(setup.round, 3, protocol::ShareKind::self_seed, t)});
  auto expected = setup.ids(kSurvivors);
  expected.erase(expected.begin() + 3);
  expected.erase(expected.begin() + 1);
  BOOST_TEST((setup.pending()->survivors == expected));
  BOOST_TEST(setup.pending()->tried == 1U);
  BOOST_TEST(setup.may_be_repaired());
  setup.settings.cohort_min = 4;
  BOOST_TEST(!setup.may_be_repaired());
}

BOOST_AUTO_TEST_CASE(who_misdealt_in_a_round_is_known_for_the_rest_of_the_task) {
  Setup setup;
  const std::uint32_t t = setup.round.view.descriptor.t;
  setup.add_unopened({protocol::test::fault_of(setup.round, 3, protocol::ShareKind::self_seed, t)});
  setup.add_unopened();
  testing::LedgerSetup ledger;
  GS_REQUIRE_DONE(ledger.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_task(testing::sample_task(7)));
    for (const RoundRow& row : setup.attempts) {
      GS_CHECK(rows.add_round(row));
      GS_CHECK(rows.end_round(row));
    }
    return {};
  }));
  const auto faulty = [&](std::uint32_t epoch) {
    return proven_faulty(*ledger.ledger, *setup.blobs, protocol::Epoch{epoch}).value();
  };
  BOOST_TEST((faulty(7) == std::set<ParticipantId>{setup.round.shops[3].id()}));
  BOOST_TEST(faulty(8).empty());
}

BOOST_AUTO_TEST_CASE(it_is_tried_as_often_as_any_sum_and_until_its_deadline) {
  Setup setup;
  setup.settings.attempts_max = 2;
  setup.add(RoundStatus::aborted);  // before the certificate: not a repair
  setup.add_unopened();
  setup.add(RoundStatus::aborted, AbortReason::too_few_masked_inputs);
  BOOST_TEST(setup.may_be_repaired());
  setup.add(RoundStatus::lost, AbortReason::not_certified);
  BOOST_TEST(setup.pending()->tried == 2U);
  BOOST_TEST(!setup.may_be_repaired());
  setup.settings.attempts_max = 9;
  BOOST_TEST(setup.may_be_repaired());
  // All of them were waited for until the deadline, and did not come.
  setup.add(RoundStatus::aborted, AbortReason::too_few_check_ins);
  BOOST_TEST(setup.pending()->deadline_missed);
  BOOST_TEST(!setup.may_be_repaired());
}

BOOST_AUTO_TEST_CASE(a_survivor_that_may_not_take_part_any_more_ends_it) {
  Setup setup;
  setup.add_unopened();
  const auto repair = setup.pending();
  BOOST_TEST(may_be_repaired(*repair, setup.settings, setup.ids(6)));
  BOOST_TEST(may_be_repaired(*repair, setup.settings, setup.ids(5)));
  BOOST_TEST(!may_be_repaired(*repair, setup.settings, setup.ids(4)));
}

BOOST_AUTO_TEST_CASE(a_completed_repair_is_none_any_more) {
  Setup setup;
  setup.add_unopened();
  setup.add(RoundStatus::completed);
  BOOST_TEST(!setup.pending().has_value());
}

BOOST_AUTO_TEST_CASE(a_damaged_certificate_is_noticed) {
  Setup setup;
  const BlobId blob = setup.blobs->put(to_bytes("no message")).value();
  setup.add(RoundStatus::lost).summary = "{\"unopened_blob\":\"" + blob.hex() + "\"}";
  GS_CHECK_FAILS(BaseErrc::corrupt, unopened_of(setup.attempts[0], *setup.blobs));
  GS_CHECK_FAILS(BaseErrc::corrupt, pending_repair(setup.attempts, *setup.blobs));
}

BOOST_AUTO_TEST_SUITE_END()
