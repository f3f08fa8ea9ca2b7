// What follows an attempt that did not open: a repair over the same shops, or a closed step.
#include "protocol/errors.hpp"
#include "protocol/unopened_round.hpp"
#include "protocol/wire.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ProtocolErrc;
using protocol::RoundId;
using testing::ServiceSetup;

namespace {

constexpr std::uint32_t kShops = 6;

/// Runs the attempt at hand until it is certified and answered by three of six shops: one too few
/// to open it, one too many for an abandon certificate.
void leave_unopened(ServiceSetup& setup) {
  setup.run_until("unmasking");
  for (std::size_t i = 3; i < kShops; ++i) setup.shops[i].silent = true;
  // Its repair may begin in the very turn that ends it.
  const std::size_t attempt = setup.rounds().size() - 1;
  while (setup.rounds()[attempt].status == RoundStatus::running) {
    if (!setup.turn()) BOOST_REQUIRE(setup.scheduler.run_next());
  }
  BOOST_TEST((setup.rounds()[attempt].status == RoundStatus::lost));
  for (std::size_t i = 3; i < kShops; ++i) setup.shops[i].silent = false;
}

/// Two attempts of one round: the second one opened the sum of all shops.
void check_repaired(ServiceSetup& setup) {
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  const auto rounds = setup.rounds();
  BOOST_REQUIRE(rounds.size() == 2U);
  BOOST_TEST((rounds[1].key == RoundKey{RoundId{1}, protocol::Attempt{1}}));
  BOOST_TEST((rounds[0].status == RoundStatus::lost));
  BOOST_TEST((rounds[1].status == RoundStatus::completed));
  BOOST_TEST(setup.released_customers() == setup.customers(setup.everybody()));
  BOOST_TEST(setup.models_made().at(0).survivors == kShops);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(next_attempt_test)

BOOST_AUTO_TEST_CASE(a_certified_round_that_did_not_open_is_repaired) {
  ServiceSetup setup{kShops};
  setup.start_task();
  leave_unopened(setup);
  setup.run();
  check_repaired(setup);
  const RoundPlan plan = decode_plan(setup.rounds()[1].plan).value();
  BOOST_TEST(plan.invited.size() == kShops);
  BOOST_TEST(
      (plan.descriptor.codec == decode_plan(setup.rounds()[0].plan).value().descriptor.codec));
}

BOOST_AUTO_TEST_CASE(its_survivors_can_be_asked_for_and_verified) {
  ServiceSetup setup{kShops};
  setup.start_task();
  const RoundKey key{RoundId{1}, protocol::Attempt{0}};
  GS_CHECK_REFUSED(setup.service->survivors_of(key), ProtocolErrc::wrong_round);
  setup.run_until("certifying");
  GS_CHECK_REFUSED(setup.service->survivors_of(key), ProtocolErrc::wrong_phase);
  const auto message = setup.service->message_for_shop(key.round, setup.shops[0].applicant.id(), 0);
  const auto description =
      protocol::decode<protocol::RoundDescription>(message.value()->frame).value();
  leave_unopened(setup);
  setup.restart_service();
  const Bytes frame = setup.service->survivors_of(key).value();
  const auto set =
      protocol::check_unopened_round(protocol::decode<protocol::UnopenedRound>(frame).value(),
                                     protocol::RoundView::of(description).value());
  GS_REQUIRE_DONE(set);
  BOOST_TEST(set->survivors.size() == kShops);
  BOOST_TEST(set->faulty.empty());
}

BOOST_AUTO_TEST_CASE(a_restart_after_every_turn_leads_to_the_same_repair) {
  ServiceSetup setup{kShops};
  setup.start_task();
  leave_unopened(setup);
  for (int i = 0; i < 2000 && setup.task().status == TaskStatus::running; ++i) {
    if (!setup.turn()) BOOST_REQUIRE(setup.scheduler.run_next());
    setup.restart_service();
  }
  check_repaired(setup);
}

BOOST_AUTO_TEST_CASE(a_full_disk_delays_the_repair_and_loses_nothing) {
  ServiceSetup setup{kShops};
  setup.start_task();
  leave_unopened(setup);
  setup.blobs->loads_that_fail = 3;
  setup.run();
  check_repaired(setup);
}

BOOST_AUTO_TEST_CASE(a_repair_that_fails_is_tried_again) {
  ServiceSetup setup{kShops};
  setup.start_task();
  leave_unopened(setup);
  setup.run_until("collecting-shares");
  setup.run_until("unmasking");
  leave_unopened(setup);
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  BOOST_TEST(setup.rounds().size() == 3U);
  BOOST_TEST(setup.released_customers() == setup.customers(setup.everybody()));
}

BOOST_AUTO_TEST_CASE(a_repair_without_all_its_shops_ends_with_a_closed_step) {
  ServiceSetup setup{kShops};
  setup.start_task();
  leave_unopened(setup);
  setup.shops[5].stops_before_upload = true;
  setup.run();
  const auto rounds = setup.rounds();
  BOOST_REQUIRE(rounds.size() == 3U);
  BOOST_TEST(rounds[1].reason.find("too few masked inputs") != std::string::npos);
  BOOST_TEST(rounds[2].reason.find("too few shops checked in") != std::string::npos);
  // Counts have one sum, and it must not be asked for again.
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  BOOST_TEST(setup.task().reason.find("must not be asked for again") != std::string::npos);
  BOOST_TEST(setup.models_made().empty());
}

BOOST_AUTO_TEST_CASE(a_task_of_several_sums_goes_on_without_the_closed_one) {
  ServiceSetup setup{kShops};
  setup.start_task("ials");
  while (setup.task().sums_done < 2) {
    if (!setup.turn()) BOOST_REQUIRE(setup.scheduler.run_next());
  }
  leave_unopened(setup);
  const std::uint64_t lost = setup.rounds().back().step_number;
  setup.shops[5].stops_before_upload = true;
  while (setup.log.count("task.sum_lost") == 0) {
    if (!setup.turn()) BOOST_REQUIRE(setup.scheduler.run_next());
  }
  // Also over a restart right behind it the step stays closed.
  setup.restart_service();
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
  std::size_t of_the_lost_step = 0;
  for (const RoundRow& row : setup.rounds()) {
    if (row.step_number == lost) {
      BOOST_TEST((row.status != RoundStatus::completed));
      ++of_the_lost_step;
    }
  }
  BOOST_TEST(of_the_lost_step == 3U);
  BOOST_TEST(setup.log.count("task.sum_lost") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
