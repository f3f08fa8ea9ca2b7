#include "coordinator/task_run.hpp"

#include "base/errors.hpp"
#include "coordinator/store/directory_blobs.hpp"
#include "coordinator/task_settings.hpp"
#include "models/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/limits.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::FaultyBlobs;

namespace {

struct Setup : testing::LedgerSetup {
  FaultyBlobs blobs{open_directory_blobs(dir / "blobs").value()};
  models::TaskPlan plan =
      make_task_plan("ials", 6, 100, {{"factors", "2"}, {"epochs", "2"}}).value();

  Result<TaskRun> create(std::uint64_t epoch = 1) {
    return create_task(*ledger, blobs, plan, protocol::Epoch{epoch}, 77);
  }
  [[nodiscard]] static OpenSum job(const std::vector<std::uint64_t>& members) {
    OpenSum out;
    for (const std::uint64_t member : members) {
      protocol::MaskedInput header;
      header.sender = testing::sample<ParticipantId>(member);
      out.inputs.push_back(header);
    }
    return out;
  }
  [[nodiscard]] static std::vector<std::int64_t> sum_for(const TaskRun& run) {
    return std::vector<std::int64_t>(run.sums->next_request().value().layout.total_length(), 1);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(task_run_test)

BOOST_AUTO_TEST_CASE(a_new_task_is_in_the_ledger_with_its_first_checkpoint) {
  Setup setup;
  const TaskRun run = setup.create().value();
  const auto row =
      setup.read([](LedgerReader& rows) { return rows.task(protocol::Epoch{1}); }).value().value();
  BOOST_TEST(row.kind == "ials");
  BOOST_TEST((row.status == TaskStatus::running));
  BOOST_TEST((row.first_root == row.checkpoint));
  BOOST_TEST(row.created_unix_ms == 77);
  BOOST_TEST(row.sums_total == run.sums->progress().sums_total);
  BOOST_TEST(row.survivors.is_zero());
  const Bytes checkpoint = setup.blobs.load(row.checkpoint, protocol::kBlobBytesMax).value();
  BOOST_TEST((checkpoint == run.sums->checkpoint()));
  BOOST_TEST(
      setup.read([&](LedgerReader& rows) { return rows.is_published(row.checkpoint); }).value());
}

BOOST_AUTO_TEST_CASE(a_task_that_cannot_be_stored_is_not_there) {
  Setup setup;
  setup.blobs.puts_that_fail = 1;
  GS_CHECK_FAILS(BaseErrc::no_space, setup.create());
  setup.plan.items = 0;
  BOOST_TEST(setup.create().has_error());
  BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.recent_tasks(5); }).value().empty());
}

BOOST_AUTO_TEST_CASE(an_epoch_is_used_once) {
  Setup setup;
  GS_REQUIRE_DONE(setup.create());
  GS_CHECK_FAILS(BaseErrc::already_exists, setup.create());
  GS_REQUIRE_DONE(setup.create(2));
}

BOOST_AUTO_TEST_CASE(a_resumed_task_wants_the_same_sum) {
  Setup setup;
  const TaskRun run = setup.create().value();
  const TaskRun again = resume_task(setup.blobs, run.row).value();
  BOOST_TEST((again.sums->checkpoint() == run.sums->checkpoint()));
  BOOST_TEST(again.sums->next_request().value().step_number ==
             run.sums->next_request().value().step_number);
  BOOST_TEST((again.plan == run.plan));
}

BOOST_AUTO_TEST_CASE(a_task_without_its_checkpoint_or_plan_is_refused) {
  Setup setup;
  const TaskRun run = setup.create().value();
  TaskRow row = run.row;
  row.plan.pop_back();
  GS_CHECK_FAILS(models::ModelsErrc::malformed, resume_task(setup.blobs, row));
  row = run.row;
  row.checkpoint = setup.blobs.put(as_bytes("something else")).value();
  BOOST_TEST(resume_task(setup.blobs, row).has_error());
  GS_REQUIRE_DONE(setup.blobs.remove(run.row.checkpoint));
  GS_CHECK_FAILS(BaseErrc::not_found, resume_task(setup.blobs, run.row));
}

BOOST_AUTO_TEST_CASE(a_step_publishes_sum_and_checkpoint_and_leaves_the_row_to_the_ledger) {
  Setup setup;
  TaskRun run = setup.create().value();
  const Bytes packed = testing::sample_bytes(1, 64);
  const SteppedSum stepped =
      step_task(run, setup.blobs, Setup::sum_for(run), packed, Setup::job({1, 2, 3})).value();
  BOOST_TEST((stepped.sum == protocol::blob_id(packed)));
  BOOST_TEST(stepped.row.sums_done == 1U);
  BOOST_TEST(run.row.sums_done == 0U);
  BOOST_TEST((stepped.row.checkpoint != run.row.checkpoint));
  const TaskRun resumed = resume_task(setup.blobs, stepped.row).value();
  BOOST_TEST((resumed.sums->checkpoint() == run.sums->checkpoint()));
  // The row of before leads back to before.
  BOOST_TEST(resume_task(setup.blobs, run.row).value().sums->progress().sums_done == 0U);
}

BOOST_AUTO_TEST_CASE(a_sum_of_the_wrong_length_changes_nothing) {
  Setup setup;
  TaskRun run = setup.create().value();
  auto values = Setup::sum_for(run);
  values.pop_back();
  GS_CHECK_FAILS(models::ModelsErrc::wrong_shape,
                 step_task(run, setup.blobs, values, {}, Setup::job({1, 2, 3})));
  BOOST_TEST(run.sums->progress().sums_done == 0U);
}

BOOST_AUTO_TEST_CASE(members_of_a_sum_are_told_apart_by_a_digest) {
  BOOST_TEST((survivor_set_digest(Setup::job({1, 2})) == survivor_set_digest(Setup::job({1, 2}))));
  BOOST_TEST((survivor_set_digest(Setup::job({1, 2})) != survivor_set_digest(Setup::job({1, 3}))));
  BOOST_TEST((survivor_set_digest(Setup::job({1})) != survivor_set_digest(Setup::job({1, 2}))));
}

BOOST_AUTO_TEST_SUITE_END()
