#include "participant/store/model_store.hpp"

#include "base/errors.hpp"
#include "base/file.hpp"
#include "protocol/blob_id.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/unit/participant/store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace fs = std::filesystem;

namespace {

struct Setup : testing::StoreSetup {
  std::unique_ptr<ModelStore> models = ModelStore::open(*store, dir / "checkpoints").value();

  [[nodiscard]] static Bytes content(std::uint64_t seed) {
    return testing::sample_bytes(seed, 500);
  }
  [[nodiscard]] static protocol::BlobId root(std::uint64_t seed) {
    return protocol::blob_id(content(seed));
  }
  [[nodiscard]] fs::path file(std::uint64_t seed) const {
    return dir / "checkpoints" / (root(seed).hex() + ".checkpoint");
  }
  Result<> keep(std::uint64_t seed) { return models->keep_checkpoint(root(seed), content(seed)); }
  static ModelRecord model(std::string kind, std::uint64_t version, std::uint64_t seed) {
    ModelRecord record;
    record.kind = std::move(kind);
    record.version = protocol::ModelVersion{version};
    record.root = root(seed);
    record.plan = testing::sample_bytes(seed, 40);
    record.round = protocol::RoundId{version + 10};
    return record;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(model_store_test)

BOOST_AUTO_TEST_CASE(a_checkpoint_is_read_back_verified) {
  Setup setup;
  GS_REQUIRE_DONE(setup.keep(1));
  BOOST_TEST((setup.models->checkpoint(Setup::root(1)).value() == Setup::content(1)));
  GS_CHECK_FAILS(BaseErrc::not_found, setup.models->checkpoint(Setup::root(2)));
}

BOOST_AUTO_TEST_CASE(content_of_another_address_is_not_kept) {
  Setup setup;
  GS_CHECK_FAILS(BaseErrc::corrupt,
                 setup.models->keep_checkpoint(Setup::root(1), Setup::content(2)));
  BOOST_TEST(!fs::exists(setup.file(1)));
}

BOOST_AUTO_TEST_CASE(a_damaged_checkpoint_is_noticed_and_can_be_kept_anew) {
  Setup setup;
  GS_REQUIRE_DONE(setup.keep(1));
  fs::resize_file(setup.file(1), 499);
  GS_CHECK_FAILS(BaseErrc::corrupt, setup.models->checkpoint(Setup::root(1)));
  GS_REQUIRE_DONE(setup.keep(1));
  BOOST_TEST((setup.models->checkpoint(Setup::root(1)).value() == Setup::content(1)));
}

BOOST_AUTO_TEST_CASE(the_newest_model_of_each_kind_is_kept) {
  Setup setup;
  GS_REQUIRE_DONE(setup.models->keep_model(Setup::model("ease", 1, 1)));
  GS_REQUIRE_DONE(setup.models->keep_model(Setup::model("popularity", 2, 2)));
  GS_REQUIRE_DONE(setup.models->keep_model(Setup::model("ease", 3, 3)));
  const auto models = setup.models->models().value();
  BOOST_REQUIRE(models.size() == 2U);
  BOOST_TEST(models[0].kind == "ease");
  BOOST_TEST(models[0].version.value() == 3U);
  BOOST_TEST((models[0].root == Setup::root(3)));
  BOOST_TEST((models[0].plan == testing::sample_bytes(3, 40)));
  BOOST_TEST(models[0].round.value() == 13U);
  BOOST_TEST(models[0].received_ms == setup.clock.wall_now().time_since_epoch().count());
  BOOST_TEST(models[1].kind == "popularity");
}

BOOST_AUTO_TEST_CASE(the_state_of_the_running_task_is_replaced) {
  Setup setup;
  BOOST_TEST(!setup.models->task_state().value().has_value());
  TaskStateRecord state;
  state.lineage = testing::sample<protocol::Digest>(1);
  state.root = Setup::root(1);
  state.plan = testing::sample_bytes(1, 20);
  GS_REQUIRE_DONE(setup.models->keep_task_state(state));
  BOOST_TEST(setup.models->task_state().value()->survivors.empty());
  state.step_number = 4;
  state.survivors = {testing::sample<protocol::ParticipantId>(1),
                     testing::sample<protocol::ParticipantId>(2)};
  GS_REQUIRE_DONE(setup.models->keep_task_state(state));
  const auto kept = setup.models->task_state().value().value();
  BOOST_TEST(kept.step_number == 4U);
  BOOST_TEST((kept.survivors == state.survivors));
  BOOST_TEST((kept.lineage == state.lineage && kept.root == state.root && kept.plan == state.plan));
}

BOOST_AUTO_TEST_CASE(rows_that_do_not_hold_what_they_should_are_refused) {
  Setup setup;
  TaskStateRecord state;
  GS_REQUIRE_DONE(setup.models->keep_task_state(state));
  GS_REQUIRE_DONE(setup.store->session()->execute("UPDATE task_state SET survivors = x'010203'"));
  BOOST_TEST(setup.models->task_state().has_error());
  GS_REQUIRE_DONE(setup.models->keep_model(Setup::model("ease", 1, 1)));
  GS_REQUIRE_DONE(setup.store->session()->execute("UPDATE model SET root = x'00'"));
  BOOST_TEST(setup.models->models().has_error());
  BOOST_TEST(setup.models->sweep().has_error());  // Nothing is deleted on a guess.
}

BOOST_AUTO_TEST_CASE(checkpoints_that_nothing_refers_to_are_swept) {
  Setup setup;
  for (const std::uint64_t seed : {1, 2, 3}) GS_REQUIRE_DONE(setup.keep(seed));
  GS_REQUIRE_DONE(setup.models->keep_model(Setup::model("ease", 1, 1)));
  TaskStateRecord state;
  state.root = Setup::root(2);
  GS_REQUIRE_DONE(setup.models->keep_task_state(state));
  GS_REQUIRE_DONE(setup.models->sweep());
  BOOST_TEST(fs::exists(setup.file(1)));
  BOOST_TEST(fs::exists(setup.file(2)));
  BOOST_TEST(!fs::exists(setup.file(3)));
}

BOOST_AUTO_TEST_CASE(a_full_disk_keeps_no_half_checkpoint) {
  Setup setup;
  {
    const test::FileSizeLimit full{100};
    BOOST_TEST(setup.keep(1).has_error());
  }
  GS_CHECK_FAILS(BaseErrc::not_found, setup.models->checkpoint(Setup::root(1)));
  GS_REQUIRE_DONE(setup.keep(1));
}

BOOST_AUTO_TEST_CASE(qualities_are_kept_per_role_and_kind) {
  Setup setup;
  EvaluationRecord record;
  record.role = "federated";
  record.kind = "ease";
  record.version = protocol::ModelVersion{2};
  record.quality.customers = 12;
  record.quality.ndcg_at_20 = 0.25;
  record.quality.recall_at_20 = 0.5;
  record.quality.coverage_at_20 = 0.75;
  record.data = testing::sample<crypto::Digest>(5);
  GS_REQUIRE_DONE(setup.models->keep_evaluation(record));
  record.quality.ndcg_at_20 = 0.3;
  GS_REQUIRE_DONE(setup.models->keep_evaluation(record));
  record.role = "alone";
  GS_REQUIRE_DONE(setup.models->keep_evaluation(record));
  const auto kept = setup.models->evaluations().value();
  BOOST_REQUIRE(kept.size() == 2U);
  const auto& federated = kept[0].role == "federated" ? kept[0] : kept[1];
  BOOST_TEST(federated.quality.ndcg_at_20 == 0.3);
  BOOST_TEST(federated.quality.customers == 12U);
  BOOST_TEST((federated.data == testing::sample<crypto::Digest>(5)));
}

BOOST_AUTO_TEST_SUITE_END()
