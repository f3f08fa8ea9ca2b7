#include "coordinator/round_views.hpp"

#include <set>

#include <boost/json.hpp>

#include "protocol/digests.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::AbortReason;
using testing::Applicant;
using testing::FederationSetup;

namespace {

const std::vector<AbortReason> kReasons{AbortReason::too_few_check_ins,
                                        AbortReason::too_few_shares,
                                        AbortReason::too_few_masked_inputs,
                                        AbortReason::not_certified,
                                        AbortReason::too_few_unmask_answers,
                                        AbortReason::dealer_fault,
                                        AbortReason::abandoned,
                                        AbortReason::operator_abort,
                                        AbortReason::model_step_failed,
                                        AbortReason::storage_failed};

std::string text(const boost::json::value& value) { return std::string{value.as_string()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(round_views_test)

BOOST_AUTO_TEST_CASE(every_reason_of_an_abort_has_a_code_and_a_sentence_of_its_own) {
  FederationSetup setup;
  std::set<std::string> codes;
  std::set<std::string> sentences;
  for (const AbortReason reason : kReasons) {
    codes.emplace(code_of(reason));
    protocol::RoundAborted message;
    message.reason = reason;
    sentences.insert(explain_abort(message, *setup.membership));
  }
  BOOST_TEST(codes.size() == kReasons.size());
  BOOST_TEST(sentences.size() == kReasons.size());
  BOOST_TEST(!codes.contains("unknown"));
}

BOOST_AUTO_TEST_CASE(an_abort_names_the_shops_it_waited_for_or_that_are_at_fault) {
  FederationSetup setup;
  setup.join(Applicant{1}, "corner");
  protocol::RoundAborted message;
  message.reason = AbortReason::too_few_masked_inputs;
  message.missing = {Applicant{1}.id(), Applicant{2}.id()};
  BOOST_TEST(explain_abort(message, *setup.membership) ==
             "too few masked inputs arrived; waited for corner, " +
                 Applicant{2}.id().hex().substr(0, 16));
  message.reason = AbortReason::dealer_fault;
  message.missing.pop_back();
  BOOST_TEST(explain_abort(message, *setup.membership).ends_with("; at fault: corner"));
}

BOOST_AUTO_TEST_CASE(statuses_and_progress_have_words) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(ShopProgress::abandoned); ++i) {
    words.insert(to_string(static_cast<ShopProgress>(i)));
  }
  BOOST_TEST(words.size() == static_cast<std::size_t>(ShopProgress::abandoned) + 1);
  BOOST_TEST(to_string(RoundStatus::lost) == "lost");
  BOOST_TEST(to_string(TaskStatus::failed) == "failed");
  BOOST_TEST(to_string(ShopStatus::revoked) == "revoked");
}

BOOST_AUTO_TEST_CASE(times_are_rfc_3339_or_null) {
  BOOST_TEST(time_or_null(0).is_null());
  BOOST_TEST(text(time_or_null(1'767'225'600'000)) == "2026-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(a_shop_is_online_for_a_minute_unless_it_is_revoked) {
  const ManualClock clock;
  ShopRow row = testing::sample_shop(1);
  const auto now = clock.wall_now().time_since_epoch().count();
  const auto online = [&] { return describe_shop(row, clock.wall_now()).at("online").as_bool(); };
  row.last_seen_unix_ms = now - 59'999;
  BOOST_TEST(online());
  row.last_seen_unix_ms = now - 60'000;
  BOOST_TEST(!online());
  row.last_seen_unix_ms = now;
  row.status = ShopStatus::revoked;
  BOOST_TEST(!online());
  const auto document = describe_shop(row, clock.wall_now());
  BOOST_TEST(text(document.at("identity")) == row.identity.hex());
  // The certificate itself is nobody's business here.
  BOOST_TEST(boost::json::serialize(document).find("certificate of") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(tasks_and_models_are_described_with_their_addresses) {
  TaskRow task = testing::sample_task(4);
  BOOST_TEST(describe_task(task).at("reason").is_null());
  BOOST_TEST(describe_task(task).at("ended_at").is_null());
  task.status = TaskStatus::failed;
  task.reason = "because";
  const auto document = describe_task(task);
  BOOST_TEST(text(document.at("reason")) == "because");
  BOOST_TEST(text(document.at("checkpoint")) == task.checkpoint.hex());
  BOOST_TEST(text(document.at("lineage")) ==
             protocol::lineage_of(task.epoch, task.first_root).hex());
  const ModelRow model = testing::sample_model(3);
  const auto described = describe_model(model);
  BOOST_TEST(described.at("version").to_number<int>() == 3);
  BOOST_TEST(text(described.at("blob")) == model.checkpoint.hex());
  BOOST_TEST(text(described.at("training_plan")) == to_hex(model.plan));
}

BOOST_AUTO_TEST_SUITE_END()
