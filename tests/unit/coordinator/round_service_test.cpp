// What shops do to a running attempt.
#include "coordinator/round_service.hpp"

#include <set>

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ProtocolErrc;
using protocol::RoundId;
using testing::ServiceSetup;

BOOST_AUTO_TEST_SUITE(round_service_test)

BOOST_AUTO_TEST_CASE(only_members_are_invited_once_and_while_check_ins_are_collected) {
  ServiceSetup setup;
  const ParticipantId shop = setup.shops[0].applicant.id();
  BOOST_TEST(!setup.service->invitation_for(shop, {}));
  setup.start_task();
  setup.scheduler.run_due();
  const auto invitation = setup.service->invitation_for(shop, {});
  BOOST_REQUIRE(invitation.has_value());
  BOOST_TEST(invitation->round.value() == 1U);
  BOOST_TEST(invitation->closes_in_ms == 60'000U);
  BOOST_TEST(!setup.service->invitation_for(shop, {invitation->round, invitation->attempt}));
  BOOST_TEST(!setup.service->invitation_for(testing::Applicant{99}.id(), {}));
  setup.run_until("collecting-shares");
  BOOST_TEST(!setup.service->invitation_for(shop, {}));
}

BOOST_AUTO_TEST_CASE(an_invitation_counts_down_to_the_deadline) {
  ServiceSetup setup;
  setup.start_task();
  setup.scheduler.run_due();
  setup.clock.advance(std::chrono::seconds{20});
  BOOST_TEST(setup.service->invitation_for(setup.shops[0].applicant.id(), {})->closes_in_ms ==
             40'000U);
  setup.clock.advance(std::chrono::minutes{5});
  BOOST_TEST(setup.service->invitation_for(setup.shops[0].applicant.id(), {})->closes_in_ms == 0U);
}

BOOST_AUTO_TEST_CASE(every_message_may_be_sent_again_even_after_the_round) {
  ServiceSetup setup;
  setup.start_task();
  setup.run();
  const auto sent = setup.shops[0].sent;
  BOOST_TEST(sent.size() == 5U);  // Check-in, shares, signature, unmasking, vote.
  for (const Event& event : sent) GS_REQUIRE_DONE(setup.service->submit(RoundId{1}, event));
  BOOST_TEST(setup.models_made().size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_content_in_the_place_of_a_message_is_refused) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("collecting-shares");
  auto changed = std::get<protocol::CheckIn>(setup.shops[0].sent.at(0));
  changed.counter += 1;
  BOOST_TEST(setup.service->submit(RoundId{1}, changed).has_error());
  setup.run();
  BOOST_TEST(setup.service->submit(RoundId{1}, changed).has_error());
}

BOOST_AUTO_TEST_CASE(a_check_in_that_does_not_follow_the_last_one_comes_from_an_old_copy) {
  ServiceSetup setup;
  setup.start_task();
  setup.run();
  const auto& signer = setup.shops[0].applicant.signer;
  auto old = std::get<protocol::CheckIn>(setup.shops[0].sent.at(0));
  setup.start_task();
  setup.scheduler.run_due();
  const auto open = setup.service->invitation_for(old.sender, {}).value();
  old.epoch = open.epoch;
  old.round = open.round;
  old.attempt = open.attempt;
  protocol::sign(old, setup.keys->federation(), signer);
  GS_CHECK_FAILS(ProtocolErrc::restored_backup, setup.service->submit(open.round, old));
  old.counter += 1;
  protocol::sign(old, setup.keys->federation(), signer);
  GS_REQUIRE_DONE(setup.service->submit(open.round, old));
  GS_REQUIRE_DONE(setup.service->submit(open.round, old));  // A repetition is none.
  const auto kept = read_from(*setup.ledger, [&](LedgerReader& rows) {
                      return rows.last_check_in(old.sender);
                    }).value();
  BOOST_TEST((kept == protocol::encode(old)));
}

BOOST_AUTO_TEST_CASE(rounds_that_never_were_and_rounds_that_are_over_are_told_apart) {
  ServiceSetup setup;
  setup.start_task();
  setup.run();
  setup.start_task();
  setup.run();
  const ParticipantId shop = setup.shops[0].applicant.id();
  const Event event = setup.shops[0].sent.at(0);
  GS_CHECK_FAILS(ProtocolErrc::round_over, setup.service->submit(RoundId{1}, event));
  GS_CHECK_FAILS(ProtocolErrc::wrong_round, setup.service->submit(RoundId{9}, event));
  GS_CHECK_FAILS(ProtocolErrc::round_over, setup.service->upload_status(RoundId{1}, shop));
  GS_CHECK_FAILS(ProtocolErrc::wrong_round, setup.service->upload_status(RoundId{9}, shop));
  GS_CHECK_FAILS(ProtocolErrc::round_over,
                 setup.service->put_chunk(RoundId{1}, shop, 0, as_bytes("x")));
  GS_CHECK_FAILS(ProtocolErrc::wrong_round, setup.service->begin_upload(RoundId{9}, {}));
}

BOOST_AUTO_TEST_CASE(the_outcome_of_an_old_round_can_still_be_fetched) {
  ServiceSetup setup;
  for (int i = 0; i < 3; ++i) {
    setup.start_task();
    setup.run();
  }
  const ParticipantId shop = setup.shops[0].applicant.id();
  const auto message = setup.service->message_for_shop(RoundId{1}, shop, 0).value();
  BOOST_REQUIRE(message.has_value());
  BOOST_TEST(message->number == 5U);
  BOOST_TEST(protocol::decode<protocol::RoundResult>(message->frame).has_value());
  GS_CHECK_FAILS(ProtocolErrc::round_over, setup.service->message_for_shop(RoundId{1}, shop, 5));
  GS_CHECK_FAILS(ProtocolErrc::wrong_round, setup.service->message_for_shop(RoundId{8}, shop, 0));
}

BOOST_AUTO_TEST_CASE(messages_are_the_same_bytes_after_a_restart) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("collecting-masked-inputs");
  const ParticipantId shop = setup.shops[1].applicant.id();
  for (const std::uint32_t after : {0U, 1U}) {
    const auto before = setup.service->message_for_shop(RoundId{1}, shop, after).value();
    setup.restart_service();
    const auto again = setup.service->message_for_shop(RoundId{1}, shop, after).value();
    BOOST_REQUIRE((before && again));
    BOOST_TEST((before->frame == again->frame));
  }
}

BOOST_AUTO_TEST_CASE(shares_do_not_outlive_the_round_after_theirs) {
  ServiceSetup setup;
  const auto kinds_of_first_round = [&] {
    std::set<std::uint32_t> kinds;
    const RoundKey key{RoundId{1}, protocol::Attempt{}};
    for (const auto& row :
         setup.read([&](LedgerReader& rows) { return rows.events(key); }).value()) {
      kinds.insert(row.kind);
    }
    return kinds;
  };
  setup.start_task();
  setup.run();
  for (const std::uint32_t kind : short_lived_event_kinds()) {
    BOOST_TEST(kinds_of_first_round().contains(kind));
  }
  setup.start_task();
  setup.run();
  BOOST_TEST(!kinds_of_first_round().empty());
  for (const std::uint32_t kind : short_lived_event_kinds()) {
    BOOST_TEST(!kinds_of_first_round().contains(kind));
  }
  // A restart does not need them either.
  setup.restart_service();
  setup.start_task();
  setup.run();
  BOOST_TEST(setup.models_made().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_shop_that_stays_silent_is_waited_for_until_the_deadline_and_no_longer) {
  ServiceSetup setup{6};
  setup.shops[5].silent = true;
  setup.start_task();
  const auto started = setup.clock.steady_now();
  setup.run();
  BOOST_TEST((setup.clock.steady_now() - started) >= std::chrono::seconds{60});
  BOOST_TEST((setup.clock.steady_now() - started) < std::chrono::seconds{120});
  BOOST_TEST(setup.models_made().at(0).survivors == 5U);
}

BOOST_AUTO_TEST_CASE(a_deadline_that_cannot_be_stored_is_not_dropped) {
  ServiceSetup setup;
  setup.terms.rounds.attempts_max = 1;
  setup.restart_service();
  for (auto& shop : setup.shops) shop.silent = true;
  setup.start_task();
  setup.scheduler.run_due();
  setup.faulty.change_that_fails = 1;
  setup.faulty.reads_that_fail = 5;
  setup.run();
  BOOST_TEST((setup.rounds().at(0).status == RoundStatus::aborted));
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  BOOST_TEST(setup.log.count("round.deadline_not_stored") >= 1U);
}

BOOST_AUTO_TEST_CASE(nothing_follows_from_an_event_that_is_not_written) {
  ServiceSetup setup;
  setup.start_task();
  setup.scheduler.run_due();
  for (std::size_t i = 0; i < 2; ++i) {
    while (setup.shops[i].poll(*setup.service, setup, *setup.blobs)) continue;
  }
  auto& last = setup.shops[2];
  BOOST_REQUIRE(last.poll(*setup.service, setup, *setup.blobs));  // Has its check-in ready.
  setup.faulty.change_that_fails = 1;
  setup.faulty.reads_that_fail = 100;
  GS_CHECK_FAILS(BaseErrc::io_failed, setup.service->submit(RoundId{1}, last.sent.at(0)));
  // With the third check-in the phase would be over and the description out.
  const auto asked = setup.service->message_for_shop(RoundId{1}, setup.shops[0].applicant.id(), 0);
  BOOST_TEST(asked.has_error());
  BOOST_TEST(!setup.service->invitation_for(last.applicant.id(), {}));
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
}

BOOST_AUTO_TEST_CASE(an_upload_goes_on_after_a_restart_in_the_middle) {
  ServiceSetup setup;
  setup.start_task();
  setup.run_until("collecting-masked-inputs");
  auto& shop = setup.shops[0];
  for (int i = 0; i < 20; ++i) {
    (void)shop.poll(*setup.service, setup, *setup.blobs);
    setup.restart_service();
  }
  const auto status = setup.service->upload_status(RoundId{1}, shop.applicant.id()).value();
  BOOST_TEST(status.complete);
  BOOST_TEST(status.missing_chunks.empty());
  setup.run();
  BOOST_TEST(setup.released_customers() == setup.customers(setup.everybody()));
}

BOOST_AUTO_TEST_SUITE_END()
