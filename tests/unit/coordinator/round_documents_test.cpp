// What the operator reads of tasks and rounds.
#include <boost/json.hpp>

#include "base/errors.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::Epoch;
using protocol::RoundId;
using testing::ServiceSetup;

namespace {

boost::json::object parse(const Result<std::string>& document) {
  GS_REQUIRE_DONE(document);
  return boost::json::parse(*document).as_object();
}

std::string text(const boost::json::value& value) { return std::string{value.as_string()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(round_documents_test)

BOOST_AUTO_TEST_CASE(without_tasks_and_rounds_the_lists_are_empty) {
  ServiceSetup setup;
  BOOST_TEST(parse(setup.service->tasks_document()).at("tasks").as_array().empty());
  BOOST_TEST(parse(setup.service->rounds_document()).at("rounds").as_array().empty());
  GS_CHECK_FAILS(BaseErrc::not_found, setup.service->task_document(Epoch{1}));
  GS_CHECK_FAILS(BaseErrc::not_found, setup.service->round_document(RoundId{1}));
}

BOOST_AUTO_TEST_CASE(a_running_round_shows_its_phase_its_shops_and_its_deadline) {
  ServiceSetup setup;
  setup.shops[2].silent = true;
  setup.start_task();
  setup.settle();
  setup.clock.advance(std::chrono::seconds{10});
  const auto round = parse(setup.service->round_document(RoundId{1}));
  BOOST_TEST(text(round.at("status")) == "running");
  BOOST_TEST(text(round.at("phase")) == "collecting-check-ins");
  BOOST_TEST(round.at("deadline_in_ms").to_number<std::int64_t>() == 50'000);
  BOOST_TEST(round.at("shops").as_array().size() == 3U);
  const auto& waiting = round.at("waiting_for").as_array();
  BOOST_REQUIRE(waiting.size() == 1U);
  BOOST_TEST(text(waiting[0]) == "shop-2");
  BOOST_TEST(round.at("attempts").as_array().empty());
  const auto task = parse(setup.service->task_document(Epoch{1}));
  BOOST_TEST(text(task.at("task").as_object().at("status")) == "running");
  BOOST_TEST(task.at("round").as_object().at("round").to_number<int>() == 1);
}

BOOST_AUTO_TEST_CASE(an_ended_round_shows_what_was_stored_also_after_a_restart) {
  ServiceSetup setup;
  setup.start_task();
  setup.run();
  const auto before = parse(setup.service->round_document(RoundId{1}));
  BOOST_TEST(text(before.at("status")) == "completed");
  BOOST_TEST(before.at("survivor_count").to_number<int>() == 3);
  BOOST_TEST(before.at("votes").as_object().at("accepted").to_number<int>() == 3);
  BOOST_TEST(text(before.at("transcript")) == setup.rounds()[0].transcript.hex());
  setup.restart_service();
  auto after = parse(setup.service->round_document(RoundId{1}));
  after["version"] = before.at("version");
  BOOST_TEST((after == before));
  const auto task = parse(setup.service->task_document(Epoch{1}));
  BOOST_TEST(task.at("round").is_null());
  BOOST_TEST(text(task.at("task").as_object().at("status")) == "completed");
}

BOOST_AUTO_TEST_CASE(attempts_are_shown_under_their_round_with_reasons) {
  ServiceSetup setup;
  setup.terms.rounds.attempts_max = 2;
  setup.restart_service();
  for (auto& shop : setup.shops) shop.silent = true;
  setup.start_task();
  setup.run();
  const auto round = parse(setup.service->round_document(RoundId{1}));
  BOOST_TEST(round.at("attempt").to_number<int>() == 1);
  BOOST_TEST(round.at("attempts").as_array().size() == 1U);
  const auto& reason = round.at("reason").as_object();
  BOOST_TEST(text(reason.at("code")) == "too-few-check-ins");
  BOOST_TEST(reason.at("missing").as_array().size() == 3U);
  const auto task = parse(setup.service->task_document(Epoch{1})).at("task").as_object();
  BOOST_TEST(text(task.at("status")) == "failed");
  BOOST_TEST(!text(task.at("reason")).empty());
  BOOST_TEST(parse(setup.service->rounds_document()).at("rounds").as_array().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_noted_once_however_often_it_comes) {
  ServiceSetup setup;
  setup.start_task();
  setup.settle();
  const testing::ShopAgent& shop = setup.shops[0];
  protocol::Refusal refusal;
  refusal.sender = shop.applicant.id();
  refusal.round = RoundId{1};
  refusal.code = "repeated-step";
  const auto note = [&] {
    protocol::sign(refusal, setup.terms.federation, shop.applicant.signer);
    return setup.service->note_refusal(refusal);
  };
  GS_REQUIRE_DONE(note());
  const auto changes = setup.faulty.changes;
  GS_REQUIRE_DONE(note());
  refusal.code = "new-lineage";
  GS_REQUIRE_DONE(note());
  BOOST_TEST(setup.faulty.changes == changes);
  BOOST_TEST(setup.log.count("round.refused_by") == 1U);
  refusal.round = RoundId{2};
  GS_CHECK_REFUSED(note(), protocol::ProtocolErrc::wrong_round);
}

BOOST_AUTO_TEST_CASE(lists_are_oldest_first) {
  ServiceSetup setup;
  for (int i = 0; i < 3; ++i) {
    setup.start_task();
    setup.run();
  }
  const auto tasks = parse(setup.service->tasks_document()).at("tasks").as_array();
  const auto rounds = parse(setup.service->rounds_document()).at("rounds").as_array();
  BOOST_REQUIRE((tasks.size() == 3U && rounds.size() == 3U));
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(tasks[i].as_object().at("task").to_number<std::size_t>() == i + 1);
    BOOST_TEST(rounds[i].as_object().at("round").to_number<std::size_t>() == i + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_summary_that_is_damaged_still_shows_that_there_was_a_round) {
  ServiceSetup setup;
  setup.start_task();
  setup.run();
  setup.execute("UPDATE round SET summary = 'damaged'");
  const auto round = parse(setup.service->round_document(RoundId{1}));
  BOOST_TEST(text(round.at("status")) == "completed");
}

BOOST_AUTO_TEST_CASE(an_unreadable_ledger_is_an_error_of_the_document) {
  ServiceSetup setup;
  setup.start_task();
  setup.faulty.change_that_fails = 1;
  setup.faulty.reads_that_fail = 6;
  GS_CHECK_FAILS(BaseErrc::io_failed,
                 setup.faulty.change([](LedgerWriter&) { return Result<>{}; }));
  BOOST_TEST(setup.service->tasks_document().has_error());
  BOOST_TEST(setup.service->rounds_document().has_error());
  BOOST_TEST(setup.service->task_document(Epoch{1}).has_error());
  BOOST_TEST(setup.service->round_document(RoundId{1}).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
