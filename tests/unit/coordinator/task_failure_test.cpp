#include "coordinator/task_failure.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::RoundId;
using testing::ServiceSetup;

namespace {

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A task whose first attempts nobody answers but with refusals.
struct RefusingShops : ServiceSetup {
  RefusingShops() {
    terms.rounds.attempts_max = 2;
    restart_service();
    for (auto& shop : shops) shop.silent = true;
    start_task();
    settle();
  }
  void refuse(std::size_t shop, const std::string& code, std::uint32_t attempt = 0) {
    protocol::Refusal refusal;
    refusal.sender = shops[shop].applicant.id();
    refusal.round = RoundId{1};
    refusal.attempt = protocol::Attempt{attempt};
    refusal.code = code;
    protocol::sign(refusal, terms.federation, shops[shop].applicant.signer);
    GS_REQUIRE_DONE(service->note_refusal(refusal));
  }
  /// The word in the document that the operator's commands read.
  [[nodiscard]] std::string failure() {
    const auto document = service->task_document(task().epoch);
    GS_REQUIRE_DONE(document);
    const auto parsed = boost::json::parse(*document);
    const auto& value = parsed.at("task").at("failure");
    return value.is_null() ? std::string{} : std::string{value.as_string()};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(task_failure_test)

BOOST_AUTO_TEST_CASE(who_all_refuse_for_good_are_not_asked_again_and_their_owners_are_named) {
  RefusingShops setup;
  BOOST_TEST(setup.failure().empty());
  for (std::size_t i = 0; i < 3; ++i) setup.refuse(i, "new-lineage");
  setup.run();
  BOOST_TEST(setup.rounds().size() == 1U);
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  const std::string reason = setup.task().reason;
  BOOST_TEST(holds(reason, "gave up after 1 attempt: "), reason);
  BOOST_TEST(holds(reason, "refused with new-lineage (training starts anew"), reason);
  BOOST_TEST(holds(reason, "by shop-0, shop-1, shop-2: "), reason);
  BOOST_TEST(holds(reason, "`guildsum-participant approve popularity`"), reason);
  BOOST_TEST(!holds(reason, "waited for"), reason);
  BOOST_TEST(setup.failure() == "refused");
}

BOOST_AUTO_TEST_CASE(what_may_pass_by_itself_is_asked_for_again) {
  RefusingShops setup;
  for (std::size_t i = 0; i < 3; ++i) setup.refuse(i, "roster-expired");
  setup.run();
  BOOST_TEST(setup.rounds().size() == 2U);
  // Nothing was refused in the second attempt.
  BOOST_TEST(holds(setup.task().reason, "gave up after 2 attempts: too few shops checked in"));
  BOOST_TEST(setup.failure() == "timed-out");
}

BOOST_AUTO_TEST_CASE(who_refused_is_told_apart_from_who_was_away) {
  RefusingShops setup;
  setup.run_until("collecting-check-ins");
  setup.refuse(1, "policy-refused");
  setup.run();
  // One of three refuses for good: the other two are too few.
  BOOST_TEST(setup.rounds().size() == 1U);
  const std::string reason = setup.task().reason;
  BOOST_TEST(holds(reason, "waited for shop-0, shop-2"), reason);
  BOOST_TEST(holds(reason, "refused with policy-refused"), reason);
  BOOST_TEST(holds(reason, "by shop-1: [policy]"), reason);
}

BOOST_AUTO_TEST_CASE(each_code_has_its_way_out_and_unknown_codes_are_shown_as_they_are) {
  RefusingShops setup;
  setup.run();
  RoundRow attempt = setup.rounds().back();
  const auto explained = [&](const std::string& code) {
    const RefusalRow row{setup.shops[0].applicant.id(), RoundId{1}, {}, code, 0};
    return explain_attempt(attempt, "ease", std::span{&row, 1}, *setup.membership);
  };
  BOOST_TEST(holds(explained("repeated-step"), "in such a sum already"));
  BOOST_TEST(holds(explained("delta-base-lost"), "--anew"));
  BOOST_TEST(holds(explained("roster-expired"), "the registrar has to sign"));
  BOOST_TEST(holds(explained("of-a-later-version"), "refused with of-a-later-version by shop-0"));
  BOOST_TEST(holds(explained("new-lineage"), "approve ease`"));
  attempt.step_kind = "ease.gram";
  attempt.step_number = 2;
  BOOST_TEST(holds(explained("new-lineage"), "approve ease-join`"));
  BOOST_TEST(explain_attempt(attempt, "ease", {}, *setup.membership) == attempt.reason);
}

BOOST_AUTO_TEST_CASE(other_failures_are_neither_refused_nor_timed_out) {
  ServiceSetup setup;
  setup.shops[0].rejects = setup.shops[1].rejects = true;
  setup.start_task();
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  BOOST_TEST((failure_of(setup.faulty, setup.task()).value() == TaskFailure::other));
  TaskRow never = setup.task();
  never.epoch = never.epoch.next();
  BOOST_TEST((failure_of(setup.faulty, never).value() == TaskFailure::other));
  BOOST_TEST(to_string(TaskFailure::other) == "other");
}

BOOST_AUTO_TEST_SUITE_END()
