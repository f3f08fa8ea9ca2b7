#include "participant/training/task_cursor.hpp"

#include "participant/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "tests/support/training_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::TrainingSetup;

namespace {

struct Setup : TrainingSetup {
  using TrainingSetup::TrainingSetup;
  Result<OpenedTask> open() {
    return open_task(plan, description().descriptor, *models_kept, remote, log);
  }
  /// This shop has verified the step that led to where the task is now.
  void verify() {
    TaskStateRecord state;
    state.lineage = lineage();
    state.step_number = task->next_request().value().step_number - 1;
    state.root = root();
    state.plan = plan.canonical_bytes();
    state.survivors = {testing::sample<protocol::ParticipantId>(1)};
    GS_REQUIRE_DONE(models_kept->keep_checkpoint(state.root, task->checkpoint()));
    GS_REQUIRE_DONE(models_kept->keep_task_state(state));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(task_cursor_test)

BOOST_AUTO_TEST_CASE(the_first_step_starts_from_the_plan_alone) {
  Setup setup;
  const auto opened = setup.open().value();
  BOOST_TEST((opened.checkpoint == setup.task->checkpoint()));
  BOOST_TEST(!opened.survivors_before.has_value());
  BOOST_TEST(setup.remote.asked == 0);
}

BOOST_AUTO_TEST_CASE(a_first_step_from_anywhere_else_is_refused) {
  Setup setup;
  auto asked = setup.description().descriptor;
  asked.state.model_root = testing::sample<protocol::BlobId>(1);
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log));
  asked = setup.description().descriptor;
  asked.state.lineage = testing::sample<protocol::Digest>(1);
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log));
  asked = setup.description().descriptor;
  asked.state.step_number = 0;
  GS_REQUIRE_DONE(open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log));
}

BOOST_AUTO_TEST_CASE(a_step_after_a_verified_one_starts_from_its_result) {
  Setup setup;
  setup.step(setup.sum());
  setup.verify();
  const auto opened = setup.open().value();
  BOOST_TEST((opened.checkpoint == setup.task->checkpoint()));
  BOOST_TEST(opened.survivors_before.value().size() == 1U);
  BOOST_TEST(setup.remote.asked == 0);
  auto asked = setup.description().descriptor;
  asked.state.model_root = testing::sample<protocol::BlobId>(1);
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log));
  BOOST_TEST(setup.remote.asked == 0);  // A false root is not even looked at.
}

BOOST_AUTO_TEST_CASE(a_step_that_was_verified_already_is_not_gone_back_to) {
  Setup setup;
  setup.step(setup.sum());
  const auto before = setup.description().descriptor;
  setup.step(setup.sum());
  setup.verify();
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, before, *setup.models_kept, setup.remote, setup.log));
}

BOOST_AUTO_TEST_CASE(a_sum_that_was_lost_for_good_is_stepped_over_in_the_same_way) {
  Setup setup;
  setup.step(setup.sum());
  setup.verify();
  const auto lost = setup.task->apply_lost();
  GS_REQUIRE_DONE(lost);
  const auto opened = setup.open().value();
  BOOST_TEST((opened.checkpoint == setup.task->checkpoint()));
  BOOST_TEST(setup.remote.asked == 0);
}

BOOST_AUTO_TEST_CASE(after_missed_steps_the_checkpoint_is_taken_by_its_address_and_logged) {
  Setup setup;
  setup.step(setup.sum());
  setup.verify();
  setup.step(setup.sum());
  setup.step(setup.sum());
  const auto opened = setup.open().value();
  BOOST_TEST((opened.checkpoint == setup.task->checkpoint()));
  BOOST_TEST(!opened.survivors_before.has_value());
  BOOST_TEST(setup.log.count("model.adopted") == 1U);
  setup.remote.blobs.clear();
  BOOST_TEST(setup.open().has_error());
}

BOOST_AUTO_TEST_CASE(a_shop_that_joins_in_the_middle_adopts_too) {
  Setup setup;
  setup.step(setup.sum());
  const auto opened = setup.open().value();
  BOOST_TEST((opened.checkpoint == setup.task->checkpoint()));
  BOOST_TEST(setup.log.count("model.adopted") == 1U);
  setup.remote.blobs[setup.root()] = testing::sample_bytes(1, 50);
  BOOST_TEST(setup.open().has_error());  // No checkpoint at all.
}

BOOST_AUTO_TEST_CASE(another_plan_or_lineage_is_another_task) {
  Setup setup;
  setup.step(setup.sum());
  setup.verify();
  auto asked = setup.description().descriptor;
  const auto start = protocol::blob_id(models::make_task(setup.plan).value()->checkpoint());
  asked.epoch = asked.epoch.next();
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log));
  asked.state.lineage = protocol::lineage_of(asked.epoch, start);
  GS_REQUIRE_DONE(open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log));
  BOOST_TEST(setup.log.count("model.adopted") == 1U);
}

BOOST_AUTO_TEST_CASE(a_delta_goes_on_with_the_model_that_this_shop_verified) {
  Setup setup{"ease"};
  setup.step(setup.sum());
  ModelRecord model;
  model.kind = "ease";
  model.version = protocol::ModelVersion{1};
  model.root = setup.root();
  model.plan = setup.plan.canonical_bytes();
  model.lineage = setup.lineage();
  model.step_number = 1;
  GS_REQUIRE_DONE(setup.models_kept->keep_checkpoint(model.root, setup.task->checkpoint()));
  GS_REQUIRE_DONE(setup.models_kept->keep_model(model));
  GS_REQUIRE_DONE(setup.task->reopen());
  // Tasks of other kinds have run since.
  TaskStateRecord other;
  other.lineage = testing::sample<protocol::Digest>(9);
  GS_REQUIRE_DONE(setup.models_kept->keep_task_state(other));
  auto asked = setup.description().descriptor;
  for (const std::uint64_t epoch : {1U, 2U, 40U}) {
    asked.epoch = protocol::Epoch{epoch};
    const auto opened =
        open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log).value();
    BOOST_TEST((opened.checkpoint == setup.task->checkpoint()));
    BOOST_TEST(opened.task->next_request().value().step_number == 2U);
  }
  BOOST_TEST(setup.remote.asked == 0);
  auto elsewhere = asked;
  elsewhere.state.model_root = testing::sample<protocol::BlobId>(1);
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, elsewhere, *setup.models_kept, setup.remote, setup.log));
  // A lineage begins at the task's own epoch, and none begins later than the delta's.
  auto first = asked;
  first.state.step_number = 1;
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, first, *setup.models_kept, setup.remote, setup.log));
  asked.epoch = protocol::Epoch{0};
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced,
                 open_task(setup.plan, asked, *setup.models_kept, setup.remote, setup.log));
}

BOOST_AUTO_TEST_CASE(a_round_must_ask_for_what_its_plan_leads_to) {
  Setup setup;
  const auto honest = setup.description();
  GS_REQUIRE_DONE(matching_request(*setup.task, honest));
  using Change = void (*)(protocol::RoundDescription&);
  const std::vector<Change> changes{
      [](auto& d) { d.descriptor.state.step_kind = "ease.gram"; },
      [](auto& d) { d.descriptor.state.step_number += 1; },
      [](auto& d) { d.layout.push_back(std::byte{0}); },
      [](auto& d) { d.descriptor.codec.vector_length += 1; },
      [](auto& d) { d.descriptor.state.public_inputs = testing::sample<protocol::BlobId>(1); }};
  for (const Change change : changes) {
    auto round = honest;
    change(round);
    GS_CHECK_FAILS(ParticipantErrc::request_mismatch, matching_request(*setup.task, round));
  }
}

BOOST_AUTO_TEST_SUITE_END()
