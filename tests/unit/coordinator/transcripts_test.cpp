#include "coordinator/transcripts.hpp"

#include <boost/json.hpp>

#include "base/json.hpp"

#include "protocol/errors.hpp"
#include "tests/support/service_setup.hpp"
#include "tests/unit/protocol/message_samples.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ProtocolErrc;
using testing::ServiceSetup;

namespace {

struct Setup : ServiceSetup {
  [[nodiscard]] protocol::AuditKeys audit_keys() const {
    return {keys->federation(), keys->coordinator.verify_key(), keys->registrar.verify_key()};
  }
  protocol::AuditFile file() {
    const Bytes bytes =
        export_audit(faulty, *blobs, membership->roster(), keys->federation()).value();
    return protocol::parse_audit_file(bytes).value();
  }
  /// The file with one attempt changed.
  template <class Change>
  protocol::AuditFile changed(std::size_t which, Change change) {
    auto audit = file();
    auto attempt = protocol::parse_attempt(audit.attempts.at(which)).value();
    change(attempt);
    audit.attempts[which] = protocol::print_attempt(attempt);
    return audit;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(transcripts_test)

BOOST_AUTO_TEST_CASE(attempts_with_and_without_a_sum_are_replayed) {
  Setup setup;
  setup.start_task();
  setup.run();
  const auto report = protocol::verify_audit_file(setup.file(), setup.audit_keys());
  GS_REQUIRE_DONE(report);
  BOOST_TEST(report->attempts == 1U);
  BOOST_TEST(report->opened == 1U);
  BOOST_TEST(report->aborted == 0U);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_ended_without_a_sum_shows_whom_it_was_about) {
  Setup setup;
  setup.start_task();
  setup.run_until("collecting-shares");
  for (auto& shop : setup.shops) shop.silent = true;
  setup.run();
  const auto described = setup.file();
  const auto report = protocol::verify_audit_file(described, setup.audit_keys());
  GS_REQUIRE_DONE(report);
  BOOST_TEST(report->opened == 0U);
  BOOST_TEST(report->aborted == described.attempts.size());
  const auto first = protocol::parse_attempt(described.attempts.front()).value();
  BOOST_TEST(first.description.value().check_ins.size() == setup.shops.size());

  const auto is_refused = [&](const auto& change) {
    return protocol::verify_audit_file(setup.changed(0, change), setup.audit_keys()).has_error();
  };
  BOOST_TEST(!is_refused([](auto&) {}));
  BOOST_TEST(is_refused([](auto& attempt) { attempt.description.reset(); }));
  BOOST_TEST(is_refused([](auto& attempt) { attempt.description->check_ins.pop_back(); }));
  BOOST_TEST(is_refused([](auto& attempt) { attempt.description->descriptor.s_min += 1; }));
  BOOST_TEST(is_refused([](auto& attempt) { attempt.description->purpose += "!"; }));
}

BOOST_AUTO_TEST_CASE(shops_can_follow_the_chain_from_any_attempt_to_the_next_descriptor) {
  Setup setup;
  for (auto& shop : setup.shops) shop.silent = true;
  setup.start_task();
  setup.run();
  for (auto& shop : setup.shops) shop.silent = false;
  while (setup.rounds().size() <= protocol::kAttemptEndsMax) {
    setup.start_task();
    setup.run();
  }
  setup.start_task();
  setup.run_until("collecting-check-ins");
  const auto rows = setup.rounds();
  const auto ends_from = [&](const RoundKey& from) {
    return attempt_ends(setup.faulty, *setup.blobs, from).value().ends;
  };
  Digest head;
  RoundKey from = rows.front().key;
  std::size_t followed = 0;
  for (auto ends = ends_from(from); !ends.empty(); ends = ends_from(from)) {
    BOOST_TEST(ends.size() <= protocol::kAttemptEndsMax);
    for (const protocol::AttemptEnd& end : ends) {
      const RoundRow& row = rows.at(followed++);
      BOOST_TEST((RoundKey{end.round, end.attempt} == row.key));
      BOOST_TEST((decode_plan(row.plan)->descriptor.previous_transcript == head));
      const auto ended = protocol::read_attempt_end(end, head, setup.keys->federation(),
                                                    setup.keys->coordinator.verify_key());
      GS_REQUIRE_DONE(ended);
      BOOST_TEST((ended->transcript == row.transcript));
      head = ended->transcript;
      from = {end.round, end.attempt.next()};
    }
  }
  BOOST_TEST(followed == rows.size() - 1);
  BOOST_TEST((rows.back().status == RoundStatus::running));
  BOOST_TEST((decode_plan(rows.back().plan)->descriptor.previous_transcript == head));
  BOOST_TEST(ends_from(rows.back().key).empty());
}

BOOST_AUTO_TEST_CASE(following_the_chain_reads_no_transcript) {
  // A shop's request for the ends of many attempts must not cost megabytes for each.
  Setup setup;
  setup.start_task();
  setup.run();
  const RoundRow row = setup.rounds().front();
  const auto summary = json::parse_object(row.summary).value();
  const auto blob = [&](std::string_view key) {
    return BlobId::from_hex(json::text(summary, key).value()).value();
  };
  GS_REQUIRE_DONE(setup.blobs->remove(blob(kTranscriptBlob)));
  BOOST_TEST(attempt_ends(setup.faulty, *setup.blobs, row.key).value().ends.size() == 1U);
  GS_REQUIRE_DONE(setup.blobs->remove(blob(kEndBlob)));
  BOOST_TEST(attempt_ends(setup.faulty, *setup.blobs, row.key).has_error());
}

BOOST_AUTO_TEST_CASE(an_attempt_that_was_never_described_holds_none) {
  Setup setup;
  setup.start_task();
  for (auto& shop : setup.shops) shop.silent = true;
  setup.run();
  GS_REQUIRE_DONE(protocol::verify_audit_file(setup.file(), setup.audit_keys()));
  const auto described = protocol::test::sample_message<protocol::RoundDescription>();
  GS_CHECK_FAILS(ProtocolErrc::malformed,
                 protocol::verify_audit_file(
                     setup.changed(0,
                                   [&](auto& attempt) {
                                     attempt.description = described;
                                   }),
                     setup.audit_keys()));
}

BOOST_AUTO_TEST_SUITE_END()
