#include "participant/vocabulary/vocabulary_keeper.hpp"

#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "base/file.hpp"
#include "models/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/errors.hpp"
#include "store_setup.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;
using testing::sample;

constexpr std::uint32_t kSlots = 256;

HeldKey key_of(std::uint64_t seed, std::uint64_t epoch) {
  SeededRandom random{seed};
  return {{protocol::Epoch{epoch}, protocol::Attempt{1}},
          random.secret<protocol::VocabularyKey>(),
          {sample<protocol::ParticipantId>(1), sample<protocol::ParticipantId>(2)}};
}

VerifiedRows rows_under(const protocol::Digest& key, std::uint32_t slot = 7) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::vocabulary;
  plan.items = kSlots;
  auto task = models::make_task(plan).value();
  std::vector<std::int64_t> sum(2 * std::size_t{kSlots}, 0);
  sum[slot] = 5;
  sum[kSlots + slot] = 5 * 33;
  task->apply(sum, {.survivors = 6}).value();
  return {key, protocol::RoundId{12}, plan.canonical_bytes(), task->checkpoint()};
}

struct Setup {
  guildsum::test::TempDir dir;
  AgentPaths paths{dir / "agent"};
  std::unique_ptr<VocabularyKeeper> keeper = open();

  [[nodiscard]] std::unique_ptr<VocabularyKeeper> open() const {
    if (make_private_directory(paths.dir).has_error()) std::abort();
    return VocabularyKeeper::open(paths).value();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_keeper_test)

BOOST_AUTO_TEST_CASE(at_first_there_is_nothing) {
  Setup setup;
  BOOST_TEST(setup.keeper->view().key.is_zero());
  BOOST_TEST(!setup.keeper->newest().has_value());
  BOOST_TEST(!setup.keeper->shared().has_value());
  const std::vector<std::string> ids{"tea"};
  GS_CHECK_REFUSED(setup.keeper->places_of(ids, kSlots), ProtocolErrc::vocabulary_key_equivocation);
}

BOOST_AUTO_TEST_CASE(a_key_survives_a_restart_and_stays_with_its_owner) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  const auto digest = protocol::vocabulary_key_digest(key_of(1, 4).key);
  setup.keeper = setup.open();
  BOOST_TEST((setup.keeper->view().key == digest));
  BOOST_TEST((setup.keeper->view().members == key_of(1, 4).members));
  BOOST_TEST((setup.keeper->newest() == key_of(1, 4).id));
  const auto mode = std::filesystem::status(setup.paths.vocabulary_key()).permissions();
  BOOST_TEST((mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(a_new_key_replaces_the_old_one_and_its_rows) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  GS_REQUIRE_OK(setup.keeper->keep_rows(rows_under(setup.keeper->view().key)));
  BOOST_TEST(setup.keeper->view().shared.has_value());
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(2, 5)));
  BOOST_TEST(!setup.keeper->view().shared.has_value());
  setup.keeper = setup.open();
  BOOST_TEST((setup.keeper->view().key == protocol::vocabulary_key_digest(key_of(2, 5).key)));
  BOOST_TEST(!setup.keeper->view().shared.has_value());
}

BOOST_AUTO_TEST_CASE(rows_survive_a_restart) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  const VerifiedRows rows = rows_under(setup.keeper->view().key);
  GS_REQUIRE_OK(setup.keeper->keep_rows(rows));
  setup.keeper = setup.open();
  const auto shared = setup.keeper->view().shared;
  BOOST_REQUIRE(shared.has_value());
  BOOST_TEST((shared->root == protocol::blob_id(rows.checkpoint)));
  BOOST_TEST(shared->rows == 1u);
  BOOST_TEST(shared->holders_min == 4u);
  BOOST_TEST((setup.keeper->shared_since() == protocol::RoundId{12}));
  BOOST_TEST(setup.keeper->shared()->rows[0].tag == 33u);
}

BOOST_AUTO_TEST_CASE(rows_under_another_key_are_refused) {
  Setup setup;
  GS_CHECK_REFUSED(setup.keeper->keep_rows(rows_under({})),
                   ProtocolErrc::vocabulary_key_equivocation);
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  GS_CHECK_REFUSED(setup.keeper->keep_rows(rows_under(sample<protocol::Digest>(9))),
                   ProtocolErrc::vocabulary_key_equivocation);
}

BOOST_AUTO_TEST_CASE(a_plan_of_another_task_makes_no_rows) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  VerifiedRows rows = rows_under(setup.keeper->view().key);
  models::TaskPlan plan;
  plan.items = 3;
  rows.plan = plan.canonical_bytes();
  const auto kept = setup.keeper->keep_rows(rows);
  BOOST_TEST((kept.has_error() && kept.error() == models::ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(a_key_without_its_record_is_not_used) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  // The record of another key: what a crash between the two writes leaves behind.
  const auto record = read_text_file(setup.paths.vocabulary(), 1 << 20).value();
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(2, 5)));
  GS_REQUIRE_OK(write_file_atomically(setup.paths.vocabulary(), as_bytes(record)));
  BOOST_TEST(setup.open()->view().key.is_zero());
}

BOOST_AUTO_TEST_CASE(rows_that_the_record_does_not_mean_are_not_used) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  GS_REQUIRE_OK(setup.keeper->keep_rows(rows_under(setup.keeper->view().key)));
  const Bytes others = rows_under(setup.keeper->view().key, 9).checkpoint;
  GS_REQUIRE_OK(write_file_atomically(setup.paths.vocabulary_rows(), others));
  setup.keeper = setup.open();
  BOOST_TEST(!setup.keeper->view().key.is_zero());
  BOOST_TEST(!setup.keeper->view().shared.has_value());
}

BOOST_AUTO_TEST_CASE(a_key_that_others_can_read_is_refused) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  std::filesystem::permissions(setup.paths.vocabulary_key(), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  BOOST_TEST(VocabularyKeeper::open(setup.paths).has_error());
}

BOOST_AUTO_TEST_CASE(places_are_those_of_the_key) {
  Setup setup;
  GS_REQUIRE_OK(setup.keeper->keep_key(key_of(1, 4)));
  protocol::ItemSlots slots{key_of(1, 4).key, 8};
  const std::vector<std::string> ids{"tea", "cup"};
  const auto places = setup.keeper->places_of(ids, kSlots).value();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    BOOST_TEST(places[i].slot == slots.of(ids[i]).slot);
    BOOST_TEST(places[i].tag == slots.of(ids[i]).tag);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::participant
