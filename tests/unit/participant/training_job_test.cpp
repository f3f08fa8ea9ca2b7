#include "participant/training/training_job.hpp"

#include <array>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "participant/errors.hpp"
#include "protocol/intake.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/training_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::VoteReason;
using testing::TrainingSetup;

namespace {

struct Setup : TrainingSetup {
  explicit Setup(std::string_view kind = "popularity") : TrainingSetup{kind} {
    ShopData shop;
    shop.bought = TrainingSetup::data;
    shared = std::make_shared<const ShopData>(std::move(shop));
    job = std::make_unique<TrainingJob>(TrainingParts{
        .models = *models_kept,
        .remote = remote,
        .spool = spool,
        .kept = kept,
        .states = states,
        .log = log,
        .random = random,
        .pool = pool,
        .catalogue = protocol::content_digest(catalogue),
        .data = [this] { return shared; },
        .on_model = [this](const ModelRecord& record) { announced.push_back(record); },
        .histories = [this]() -> Result<models::Histories> { return histories(); },
        .plain_outbox = dir / "outbox"});
    GS_REQUIRE_DONE(make_private_directory(dir / "outbox"));
  }
  Result<VoteReason> check(const protocol::RoundDescription& round,
                           const protocol::RoundResult& result) {
    return job->check(round, survivors(), result);
  }

  void withdraw_first_customer() {
    ShopData shop;
    shop.bought = models::Interactions::build(
                      3, std::vector<std::vector<models::ItemIndex>>{{1, 2}, {0, 1, 2}, {0}})
                      .value();
    shared = std::make_shared<const ShopData>(std::move(shop));
  }
  /// What went into the sum of "ROUND.ATTEMPT".
  [[nodiscard]] std::vector<std::int64_t> plain(const std::string& attempt) const {
    const Bytes bytes = read_file(dir / "outbox" / (attempt + ".plain"), 1 << 20).value();
    std::vector<std::int64_t> values;
    for (ByteView rest{bytes}; !rest.empty(); rest = rest.subspan(8)) {
      values.push_back(load_le<std::int64_t>(rest.first(8)));
    }
    return values;
  }

  std::shared_ptr<const ShopData> shared;
  Spool spool = Spool::open(dir / "spool").value();
  KeptInputs kept = KeptInputs::open(dir / "kept", dir / "kept.key", random).value();
  CountedStates states = CountedStates::open(dir / "counted", dir / "counted.key", random).value();
  ThreadPool pool{1};
  std::vector<ModelRecord> announced;
  std::unique_ptr<TrainingJob> job;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(training_job_test)

BOOST_AUTO_TEST_CASE(an_input_is_spooled_complete_and_its_plain_values_stay_here) {
  Setup setup;
  const auto round = setup.description();
  const auto chunks = setup.job->mask(round, {}).value();
  BOOST_TEST(chunks.chunk_digests.size() == protocol::chunk_count(round.descriptor));
  BOOST_TEST((chunks.chunk_root == protocol::chunk_root(chunks.chunk_digests)));
  const auto spooled = setup.spool.read(protocol::round_digest(round.descriptor)).value();
  BOOST_TEST((spooled.digests() == chunks.chunk_digests));
  const Bytes plain = read_file(setup.dir / "outbox" / "1.0.plain", 1 << 20).value();
  BOOST_TEST(plain.size() == round.descriptor.codec.vector_length * 8);
  BOOST_TEST(load_le<std::int64_t>(ByteView{plain}.first(8)) == 3);  // Three customers of item 0.
}

BOOST_AUTO_TEST_CASE(masks_change_every_chunk) {
  Setup setup;
  const auto round = setup.description();
  const auto plain = setup.job->mask(round, {}).value();
  std::vector<MaskTerm> masks;
  masks.push_back({setup.random.secret<crypto::MaskSeed>(), false});
  const auto masked = setup.job->mask(round, MaskInput{std::move(masks)}).value();
  for (std::size_t i = 0; i < plain.chunk_digests.size(); ++i) {
    BOOST_TEST((plain.chunk_digests[i] != masked.chunk_digests[i]));
  }
}

BOOST_AUTO_TEST_CASE(a_repair_takes_the_kept_vector_whatever_the_data_says_by_then) {
  Setup setup;
  const auto round = setup.description();
  const auto rd = protocol::round_digest(round.descriptor);
  const auto first = setup.job->mask(round, {}).value();
  auto again = round;
  again.descriptor.attempt = again.descriptor.attempt.next();
  setup.shared = std::make_shared<const ShopData>();
  const auto repaired = setup.job->mask(again, MaskInput{{}, rd}).value();
  BOOST_TEST((repaired.chunk_root == first.chunk_root));
  // Its own vector is kept as well: a repair may need a repair.
  GS_REQUIRE_DONE(setup.kept.sweep(std::array{protocol::round_digest(again.descriptor)}));
  BOOST_TEST((setup.job->mask(again, MaskInput{{}, protocol::round_digest(again.descriptor)})
                  .value()
                  .chunk_root == first.chunk_root));
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.job->mask(again, MaskInput{{}, rd}));
}

BOOST_AUTO_TEST_CASE(a_later_sum_gets_what_changed_since_the_counted_one) {
  Setup setup{"ease"};
  const auto first = setup.description();
  const auto first_rd = protocol::round_digest(first.descriptor);
  GS_REQUIRE_DONE(setup.job->mask(first, {}));
  BOOST_TEST(setup.plain("1.0") == (std::vector<std::int64_t>{3, 2, 1, 3, 2, 2}));
  BOOST_TEST((setup.check(first, setup.step(setup.sum())).value() == VoteReason::none));
  GS_REQUIRE_DONE(setup.task->reopen());
  auto second = setup.description();
  second.descriptor.epoch = protocol::Epoch{3};  // A task of its own, in the same lineage.
  setup.withdraw_first_customer();
  const DeltaBase base{1, first_rd};
  GS_REQUIRE_DONE(setup.job->mask(second, MaskInput{{}, {}, base}));
  BOOST_TEST(setup.plain("2.0") == (std::vector<std::int64_t>{-1, -1, 0, -1, 0, 0}));
  BOOST_TEST(setup.log.count("round.delta") == 1U);
  // The same again: nothing moves before a certificate says so.
  GS_REQUIRE_DONE(setup.job->mask(second, MaskInput{{}, {}, base}));
  BOOST_TEST(setup.plain("2.0") == (std::vector<std::int64_t>{-1, -1, 0, -1, 0, 0}));
  // Who was in no sum of the lineage sends all it has.
  GS_REQUIRE_DONE(setup.job->mask(second, {}));
  BOOST_TEST(setup.plain("2.0") == (std::vector<std::int64_t>{2, 1, 1, 2, 2, 2}));
  // Its result is checked against the model that it goes on with.
  const auto result = setup.step({-3, -3, 0, -3, 0, 0});
  BOOST_TEST((setup.check(second, result).value() == VoteReason::none));
  GS_REQUIRE_DONE(setup.states.sweep({}));
  auto third = second;
  ++third.descriptor.state.step_number;
  third.descriptor.state.model_root = result.model_root;
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.job->mask(third, MaskInput{{}, {}, base}));
}

BOOST_AUTO_TEST_CASE(the_repair_of_a_delta_has_its_vector_and_its_state) {
  Setup setup{"ease"};
  const auto first = setup.description();
  const auto rd = protocol::round_digest(first.descriptor);
  GS_REQUIRE_DONE(setup.job->mask(first, {}));
  auto again = first;
  again.descriptor.attempt = again.descriptor.attempt.next();
  setup.withdraw_first_customer();
  GS_REQUIRE_DONE(setup.job->mask(again, MaskInput{{}, rd}));
  BOOST_TEST(setup.plain("1.1") == (std::vector<std::int64_t>{3, 2, 1, 3, 2, 2}));
  std::vector<std::int64_t> state{3, 2, 1, 3, 2, 2};
  BOOST_TEST(
      setup.states.subtract(protocol::round_digest(again.descriptor), first.descriptor, state)
          .value() == 0U);
}

BOOST_AUTO_TEST_CASE(transitions_are_counted_in_the_order_of_purchases) {
  Setup setup{"transitions"};
  const auto round = setup.description();
  GS_REQUIRE_DONE(setup.job->mask(round, {}));
  // 0 then 1, 1 then 2, and 0 then 1 then 2.
  BOOST_TEST(setup.plain("1.0") == (std::vector<std::int64_t>{0, 120, 30, 0, 0, 120, 0, 0, 0}));
  const auto result = setup.step(setup.sum());
  BOOST_TEST((setup.check(round, result).value() == VoteReason::none));
  BOOST_REQUIRE(setup.announced.size() == 1U);
  BOOST_TEST(setup.announced[0].kind == "transitions");
}

BOOST_AUTO_TEST_CASE(nothing_is_contributed_to_another_item_list_or_request) {
  Setup setup;
  auto list = setup.description();
  list.descriptor.vocabulary = testing::sample<protocol::Digest>(1);
  GS_CHECK_FAILS(ParticipantErrc::catalogue_mismatch, setup.job->mask(list, {}));
  auto request = setup.description();
  request.descriptor.state.step_kind = "ease.gram";
  GS_CHECK_FAILS(ParticipantErrc::request_mismatch, setup.job->mask(request, {}));
  auto root = setup.description();
  root.descriptor.state.model_root = testing::sample<protocol::BlobId>(1);
  GS_CHECK_FAILS(ParticipantErrc::model_not_reproduced, setup.job->mask(root, {}));
  auto plan = setup.description();
  plan.training_plan = to_bytes("no plan");
  BOOST_TEST(setup.job->mask(plan, {}).has_error());
  BOOST_TEST(std::filesystem::is_empty(setup.dir / "spool"));
}

BOOST_AUTO_TEST_CASE(a_full_disk_fails_the_masking_and_leaves_no_input) {
  Setup setup{"ease"};
  const auto round = setup.description();
  {
    const test::FileSizeLimit full{2};
    BOOST_TEST(setup.job->mask(round, {}).has_error());
  }
  BOOST_TEST(setup.spool.read(protocol::round_digest(round.descriptor)).has_error());
  GS_REQUIRE_DONE(setup.job->mask(round, {}));
}

BOOST_AUTO_TEST_CASE(a_reproduced_result_is_accepted_kept_and_announced) {
  Setup setup;
  const auto round = setup.description();
  const auto result = setup.step(setup.sum());
  BOOST_TEST((setup.check(round, result).value() == VoteReason::none));
  BOOST_REQUIRE(setup.announced.size() == 1U);
  BOOST_TEST((setup.announced[0].root == result.model_root));
  BOOST_TEST(
      (setup.models_kept->checkpoint(result.model_root).value() == setup.task->checkpoint()));
  BOOST_TEST(setup.models_kept->models().value().size() == 1U);
  const auto state = setup.models_kept->task_state().value().value();
  BOOST_TEST(state.survivors.size() == 3U);
  BOOST_TEST(state.step_number == 1U);
  // Asked again after a restart: answered from what was kept.
  setup.remote.blobs.clear();
  BOOST_TEST((setup.check(round, result).value() == VoteReason::none));
}

BOOST_AUTO_TEST_CASE(a_model_that_the_sum_does_not_lead_to_is_voted_against) {
  Setup setup;
  const auto round = setup.description();
  auto result = setup.step(setup.sum());
  result.model_root = testing::sample<protocol::BlobId>(1);
  BOOST_TEST((setup.check(round, result).value() == VoteReason::model_not_reproduced));
  BOOST_TEST(setup.announced.empty());
  BOOST_TEST(!setup.models_kept->task_state().value().has_value());
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_the_addressed_sum_are_voted_against) {
  Setup setup;
  const auto round = setup.description();
  auto result = setup.step(setup.sum());
  setup.remote.failure = Error{BaseErrc::corrupt, "another address"};
  BOOST_TEST((setup.check(round, result).value() == VoteReason::sum_not_as_addressed));
  setup.remote.failure.reset();
  setup.remote.blobs[result.sum].pop_back();
  BOOST_TEST((setup.check(round, result).value() == VoteReason::sum_not_as_addressed));
  // Where nothing could be fetched there is no verdict.
  setup.remote.failure = Error{BaseErrc::unreachable, "away"};
  GS_CHECK_FAILS(BaseErrc::unreachable, setup.check(round, result));
}

BOOST_AUTO_TEST_CASE(every_step_of_a_longer_task_is_followed) {
  Setup setup{"ials"};
  while (!setup.task->finished()) {
    const auto round = setup.description();
    GS_REQUIRE_DONE(setup.job->mask(round, {}));
    const auto result = setup.step(setup.sum());
    BOOST_TEST((setup.check(round, result).value() == VoteReason::none));
  }
  BOOST_TEST(setup.announced.size() == 1U);
  BOOST_TEST(setup.log.count("model.adopted") == 0U);
  // Only what is referred to stays on the disk.
  BOOST_TEST(std::distance(std::filesystem::directory_iterator{setup.dir / "models"},
                           std::filesystem::directory_iterator{}) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
