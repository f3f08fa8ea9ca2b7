// The heavy end of a round, with disks that fail in the middle of it.
#include <fstream>

#include "base/errors.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ServiceSetup;

namespace {

/// Every spooled input of the running attempt gets a wrong byte.
void damage_spool(ServiceSetup& setup) {
  namespace fs = std::filesystem;
  for (const auto& entry : fs::recursive_directory_iterator{setup.files().spool()}) {
    if (!entry.is_regular_file()) continue;
    std::fstream file{entry.path(), std::ios::in | std::ios::out | std::ios::binary};
    const int first = file.get();
    file.seekp(0);
    file.put(static_cast<char>(first ^ 1));
  }
}

/// The running attempt, of which nothing can be opened, to its end; the next one may begin in the
/// same turn.
void lose_attempt(ServiceSetup& setup) {
  setup.run_until("certifying");
  const std::size_t attempt = setup.rounds().size() - 1;
  damage_spool(setup);
  while (setup.rounds()[attempt].status == RoundStatus::running) {
    if (!setup.turn()) BOOST_REQUIRE(setup.scheduler.run_next());
  }
  BOOST_TEST((setup.rounds()[attempt].status == RoundStatus::lost));
}

/// A setup in which a sum is repaired once and no more.
ServiceSetup& with_one_repair(ServiceSetup& setup) {
  setup.terms.rounds.attempts_max = 1;
  setup.restart_service();
  return setup;
}

/// What was certified is asked for again, of the same shops, and opens.
void check_repaired(ServiceSetup& setup) {
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  BOOST_TEST(setup.released_customers() == setup.customers(setup.everybody()));
  const auto rounds = setup.rounds();
  BOOST_REQUIRE(rounds.size() == 2U);
  BOOST_TEST((rounds[0].status == RoundStatus::lost));
  BOOST_TEST(rounds[0].reason.find("storage failed") != std::string::npos);
  BOOST_TEST((rounds[1].status == RoundStatus::completed));
}

void check_completed(ServiceSetup& setup) {
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  BOOST_TEST(setup.released_customers() == setup.customers(setup.everybody()));
  BOOST_TEST(setup.rounds().size() == 1U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sum_opening_test)

BOOST_AUTO_TEST_CASE(a_shop_that_drops_out_is_missing_from_the_sum_and_its_masks_are_removed) {
  ServiceSetup setup{6};
  setup.terms.rounds.cohort_min = 5;
  setup.restart_service();
  setup.shops[2].stops_before_upload = true;
  setup.start_task();
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  BOOST_TEST(setup.models_made().at(0).survivors == 5U);
  BOOST_TEST(setup.released_customers() == setup.customers({0, 1, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(the_packed_sum_and_the_checkpoint_are_published) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("collecting-votes");
  const auto& phase = std::get<participant::Finished>(*setup.shops[0].phase());
  BOOST_TEST(phase.counted);
  setup.run();
  const TaskRow task = setup.task();
  BOOST_TEST(
      setup.read([&](LedgerReader& rows) { return rows.is_published(task.checkpoint); }).value());
  BOOST_TEST(task.sums_done == 1U);
  BOOST_TEST(!task.survivors.is_zero());
}

BOOST_AUTO_TEST_CASE(a_full_disk_delays_the_opening_and_loses_nothing) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("unmasking");
  setup.blobs->puts_that_fail = 5;
  setup.run();
  check_completed(setup);
  BOOST_TEST(setup.log.count("round.opening_failed") == 5U);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_cannot_be_read_for_a_while_does_not_step_twice) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("unmasking");
  setup.blobs->puts_that_fail = 1;
  setup.blobs->loads_that_fail = 4;  // What the failed step is taken back with.
  setup.run();
  check_completed(setup);
}

BOOST_AUTO_TEST_CASE(a_disk_that_stays_full_leaves_the_sum_to_a_repair) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("unmasking");
  setup.blobs->puts_that_fail = 12;
  setup.run();
  check_repaired(setup);
}

BOOST_AUTO_TEST_CASE(inputs_that_were_damaged_here_come_again) {
  ServiceSetup setup;
  setup.start_task();
  lose_attempt(setup);
  setup.run();
  check_repaired(setup);
}

BOOST_AUTO_TEST_CASE(a_sum_that_is_lost_as_often_as_it_may_be_asked_for_ends_the_task) {
  ServiceSetup setup;
  with_one_repair(setup).start_task();
  lose_attempt(setup);
  lose_attempt(setup);
  setup.run();
  // There is nothing to go on from: counts have one sum, and it must not be asked for again.
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  BOOST_TEST(setup.task().reason.find("must not be asked for again") != std::string::npos);
  BOOST_TEST(setup.models_made().empty());
}

BOOST_AUTO_TEST_CASE(a_sum_that_was_lost_in_the_middle_of_a_task_is_stepped_over) {
  ServiceSetup setup;
  with_one_repair(setup).start_task("ials");
  while (setup.task().sums_done < 2) {
    if (!setup.turn()) BOOST_REQUIRE(setup.scheduler.run_next());
  }
  lose_attempt(setup);
  lose_attempt(setup);
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  std::size_t lost = 0;
  for (const RoundRow& row : setup.rounds()) lost += row.status == RoundStatus::lost ? 1 : 0;
  BOOST_TEST(lost == 2U);
  BOOST_TEST(setup.log.count("task.sum_lost") == 1U);
}

BOOST_AUTO_TEST_CASE(stepping_over_a_lost_sum_survives_full_disks) {
  for (std::uint32_t failing = 1; failing <= 3; ++failing) {
    ServiceSetup setup;
    with_one_repair(setup).start_task("ials");
    while (setup.task().sums_done < 2) {
      if (!setup.turn()) BOOST_REQUIRE(setup.scheduler.run_next());
    }
    lose_attempt(setup);
    lose_attempt(setup);
    setup.blobs->puts_that_fail = failing;
    setup.run();
    BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
    BOOST_TEST(setup.log.count("task.sum_lost") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_failure_that_cannot_be_stored_is_stored_later) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("certifying");
  damage_spool(setup);
  // The change that fails is the one that records the failed opening.
  setup.run_until("unmasking");
  while (setup.phase_of_running_round() == "unmasking") {
    for (auto& shop : setup.shops) {
      if (setup.phase_of_running_round() == "unmasking") {
        (void)shop.poll(*setup.service, setup, *setup.blobs);
      }
    }
  }
  BOOST_REQUIRE(setup.phase_of_running_round() == "opening");
  setup.faulty.change_that_fails = 1;
  setup.faulty.reads_that_fail = 2;
  setup.run();
  BOOST_TEST(setup.log.count("round.failure_not_stored") >= 1U);
  check_repaired(setup);
}

BOOST_AUTO_TEST_SUITE_END()
