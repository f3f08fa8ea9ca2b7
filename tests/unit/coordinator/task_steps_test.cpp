// From one sum of a task to the next, over failures of shops, disks and the process.
#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ServiceSetup;

namespace {

std::vector<std::string> phases_of_a_round() {
  return {"collecting-check-ins", "collecting-shares", "collecting-masked-inputs",
          "certifying",           "unmasking",         "collecting-votes"};
}

/// One model over all shops, from one completed round per sum.
void check_one_model(ServiceSetup& setup) {
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  BOOST_TEST(setup.models_made().size() == 1U);
  BOOST_TEST(setup.released_customers() == setup.customers(setup.everybody()));
  std::uint64_t step = 0;
  for (const RoundRow& row : setup.rounds()) {
    if (row.status == RoundStatus::completed) BOOST_TEST(row.step_number == ++step);
  }
  BOOST_TEST(step == setup.task().sums_total);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(task_steps_test)

BOOST_AUTO_TEST_CASE(a_task_ends_with_a_model_over_all_shops) {
  ServiceSetup setup;
  setup.start_task();
  setup.run();
  check_one_model(setup);
  BOOST_TEST(setup.rounds().size() == 1U);
  BOOST_TEST(setup.models_made()[0].survivors == 3U);
}

BOOST_AUTO_TEST_CASE(models_follow_each_other) {
  ServiceSetup setup;
  for (std::uint64_t version = 1; version <= 3; ++version) {
    BOOST_TEST(setup.start_task().value() == version);
    setup.run();
    BOOST_TEST(setup.models_made().back().version.value() == version);
  }
  const auto rounds = setup.rounds();
  BOOST_TEST(rounds.size() == 3U);
  const auto plan = decode_plan(rounds[2].plan).value();
  BOOST_TEST((plan.descriptor.previous_transcript == rounds[1].transcript));
  BOOST_TEST(plan.descriptor.base_model.value() == 2U);
}

BOOST_AUTO_TEST_CASE(a_task_of_several_sums_takes_them_one_after_the_other) {
  ServiceSetup setup;
  setup.start_task("ials");
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  BOOST_TEST(setup.task().sums_done == setup.task().sums_total);
  const auto rounds = setup.rounds();
  BOOST_TEST(rounds.size() == setup.task().sums_total);
  for (std::size_t i = 0; i < rounds.size(); ++i) BOOST_TEST(rounds[i].step_number == i + 1);
}

BOOST_AUTO_TEST_CASE(a_restart_in_any_phase_leads_to_the_same_model) {
  for (const std::string& phase : phases_of_a_round()) {
    BOOST_TEST_CONTEXT(phase) {
      ServiceSetup setup;
      setup.start_task();
      setup.run_until(phase);
      setup.restart_service();
      setup.run();
      check_one_model(setup);
      BOOST_TEST(setup.rounds().size() == 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_restart_after_every_turn_leads_to_the_same_model) {
  ServiceSetup setup;
  setup.start_task();
  for (int turns = 0; turns < 200 && setup.task().status == TaskStatus::running; ++turns) {
    if (!setup.turn()) setup.scheduler.run_next();
    setup.restart_service();
  }
  setup.run();
  check_one_model(setup);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_too_few_answer_is_repeated_and_then_given_up) {
  ServiceSetup setup;
  setup.terms.rounds.attempts_max = 2;
  setup.restart_service();
  for (auto& shop : setup.shops) shop.silent = true;
  setup.start_task();
  setup.run();
  const auto rounds = setup.rounds();
  BOOST_REQUIRE(rounds.size() == 2U);
  for (std::uint32_t attempt = 0; attempt < 2; ++attempt) {
    BOOST_TEST(rounds[attempt].key.round.value() == 1U);
    BOOST_TEST(rounds[attempt].key.attempt.value() == attempt);
    BOOST_TEST((rounds[attempt].status == RoundStatus::aborted));
  }
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  BOOST_TEST(setup.task().reason.find("gave up after 2 attempts") != std::string::npos);
  BOOST_TEST(setup.models_made().empty());
  // The next task starts with a round of its own.
  for (auto& shop : setup.shops) shop.silent = false;
  setup.start_task();
  setup.run();
  check_one_model(setup);
  BOOST_TEST(setup.rounds().back().key.round.value() == 2U);
}

BOOST_AUTO_TEST_CASE(a_result_that_more_shops_reject_than_may_be_corrupt_makes_no_model) {
  ServiceSetup setup;
  setup.shops[0].rejects = setup.shops[1].rejects = true;
  setup.start_task();
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  BOOST_TEST(setup.task().reason.find("rejected") != std::string::npos);
  BOOST_TEST(setup.models_made().empty());
}

BOOST_AUTO_TEST_CASE(one_rejection_is_within_what_may_be_corrupt) {
  ServiceSetup setup;
  setup.shops[0].rejects = true;
  setup.start_task();
  setup.run();
  check_one_model(setup);
}

BOOST_AUTO_TEST_CASE(there_is_one_task_at_a_time_and_it_needs_enough_shops) {
  ServiceSetup setup;
  setup.start_task();
  GS_CHECK_FAILS(BaseErrc::busy, setup.service->start_task(setup.plan()));
  setup.run();
  setup.terms.rounds.cohort_min = 4;
  setup.restart_service();
  const auto refused = setup.service->start_task(setup.plan());
  GS_CHECK_FAILS(protocol::ProtocolErrc::too_few, refused);
  BOOST_TEST(refused.error().detail().find("3 are enrolled") != std::string::npos);
  auto unusable = setup.plan();
  unusable.items = 0;
  BOOST_TEST(setup.service->start_task(unusable).has_error());
  BOOST_TEST(setup.service->next_epoch().value() == 2U);
}

// The ledger fails at each of its changes in turn: before the change is written, or with the change
// written and only the answer lost; and what it holds may not even be readable for a while.
BOOST_AUTO_TEST_CASE(a_ledger_that_fails_once_at_any_moment_neither_repeats_nor_loses_a_step) {
  std::uint32_t changes = 0;
  {
    ServiceSetup setup;
    const std::uint32_t before = setup.faulty.changes;
    setup.start_task();
    setup.run();
    changes = setup.faulty.changes - before;
  }
  for (std::uint32_t failing = 1; failing <= changes; ++failing) {
    const bool after_commit = failing % 2 == 0;
    const std::uint32_t reads = failing % 4 < 2 ? 0 : 3;
    BOOST_TEST_CONTEXT("change " << failing << " of " << changes
                                 << (after_commit ? ", written" : "")
                                 << ", reads that fail: " << reads) {
      ServiceSetup setup;
      setup.faulty.change_that_fails = failing;
      setup.faulty.fails_after_commit = after_commit;
      setup.faulty.reads_that_fail = reads;
      // The operator tries again until it works, or finds the task running.
      for (int tries = 0; tries < 6; ++tries) {
        const auto started = setup.service->start_task(setup.plan());
        if (started.has_value() || started.error() == BaseErrc::busy) break;
      }
      setup.run();
      check_one_model(setup);
      BOOST_TEST(setup.rounds().size() == 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_task_of_several_sums_survives_a_failing_ledger_too) {
  for (std::uint32_t failing = 26; failing <= 61; failing += 7) {
    const bool after_commit = failing % 2 == 0;
    BOOST_TEST_CONTEXT("change " << failing << (after_commit ? ", written" : "")) {
      ServiceSetup setup;
      setup.start_task("ials");
      setup.faulty.change_that_fails = failing;
      setup.faulty.fails_after_commit = after_commit;
      setup.faulty.reads_that_fail = 2;
      setup.run();
      BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
      BOOST_TEST(setup.rounds().size() == setup.task().sums_total);
      BOOST_TEST(setup.models_made().size() == 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_task_whose_checkpoint_is_gone_fails_with_a_reason_when_it_is_needed) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("collecting-check-ins");
  GS_REQUIRE_DONE(setup.blobs->remove(setup.task().checkpoint));
  setup.scheduler.clear();
  BOOST_TEST(RoundService::open(
                 RoundServiceParts{setup.faulty, *setup.blobs, *setup.uploads, *setup.membership,
                                   setup.keys->coordinator, setup.scheduler, setup.pool,
                                   setup.changes, setup.clock, setup.log},
                 setup.terms)
                 .has_error());
}

BOOST_AUTO_TEST_SUITE_END()
