#include "participant/round/vocabulary_rules.hpp"

#include <boost/test/unit_test.hpp>

#include "models/task_plan.hpp"
#include "protocol/errors.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;
using protocol::test::sample;

/// A shop that has verified six rows of at least four holders, and a round over them.
struct Scene {
  Scene() {
    view.key = sample<protocol::Digest>(70);
    for (const auto& shop : setup.shops) view.members.push_back(shop.id());
    view.shared = SharedRows{sample<protocol::BlobId>(71), view.key, 6, 4};
    plan.items = 6;
    auto& descriptor = setup.description.descriptor;
    descriptor.vocabulary_key = view.key;
    descriptor.vocabulary = protocol::Digest{view.shared->root.view()};
    descriptor.c = 1;
  }
  /// Asks for the histogram instead.
  void count_presence() {
    plan.kind = models::TaskKind::vocabulary;
    plan.items = 4096;
    setup.description.descriptor.vocabulary = {};
  }
  [[nodiscard]] Result<> check() {
    setup.description.training_plan = plan.canonical_bytes();
    const RoundContext context{setup.federation,
                               setup.shops[0].id(),
                               setup.shops[0].signer,
                               setup.coordinator.verify_key(),
                               setup.roster,
                               policy,
                               history,
                               published ? nullptr : &view};
    return check_vocabulary(setup.description, context);
  }

  protocol::test::RoundSetup setup;
  VocabularyView view;
  models::TaskPlan plan;
  ParticipantPolicy policy;
  ContributionHistory history;
  bool published = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_rules_test)

BOOST_AUTO_TEST_CASE(a_round_over_the_verified_rows_is_fine) {
  Scene scene;
  GS_REQUIRE_OK(scene.check());
}

BOOST_AUTO_TEST_CASE(nothing_is_demanded_where_the_list_is_published) {
  Scene scene;
  scene.published = true;
  scene.view.key = {};
  GS_REQUIRE_OK(scene.check());
}

BOOST_AUTO_TEST_CASE(another_key_is_an_equivocation) {
  Scene scene;
  scene.setup.description.descriptor.vocabulary_key = sample<protocol::Digest>(72);
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::vocabulary_key_equivocation);
  scene.setup.description.descriptor.vocabulary_key = {};
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::vocabulary_key_equivocation);
}

BOOST_AUTO_TEST_CASE(a_shop_without_a_key_takes_no_part) {
  Scene scene;
  scene.view.key = {};
  scene.setup.description.descriptor.vocabulary_key = {};
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::vocabulary_key_equivocation);
}

BOOST_AUTO_TEST_CASE(a_key_that_somebody_took_along_is_not_used_any_more) {
  Scene scene;
  const auto left = protocol::sign_roster_entry(
      scene.setup.roster, scene.setup.federation, protocol::RosterChange::leave,
      scene.setup.shops[3].id(), "shop-3", protocol::Epoch{4}, scene.setup.registrar);
  GS_REQUIRE_OK(scene.setup.roster.append(left));
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::vocabulary_key_equivocation);
}

BOOST_AUTO_TEST_CASE(rows_of_another_histogram_are_refused) {
  Scene scene;
  scene.setup.description.descriptor.vocabulary = sample<protocol::Digest>(73);
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
  scene.setup.description.descriptor.vocabulary = {};
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
}

BOOST_AUTO_TEST_CASE(rows_before_or_under_another_key_are_refused) {
  Scene scene;
  scene.view.shared->key = sample<protocol::Digest>(74);
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
  scene.view.shared.reset();
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
}

BOOST_AUTO_TEST_CASE(more_or_fewer_rows_than_the_histogram_shows_are_refused) {
  for (const std::uint32_t rows : {5U, 7U}) {
    Scene scene;
    scene.plan.items = rows;
    GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
  }
}

BOOST_AUTO_TEST_CASE(the_gate_follows_the_number_of_corrupt_shops_that_the_round_states) {
  Scene scene;
  scene.setup.description.descriptor.c = 2;
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
  scene.view.shared->holders_min = 5;
  GS_REQUIRE_OK(scene.check());
}

BOOST_AUTO_TEST_CASE(a_histogram_has_the_gate_in_its_plan) {
  Scene scene;
  scene.count_presence();
  scene.view.shared.reset();
  GS_REQUIRE_OK(scene.check());
  scene.setup.description.descriptor.c = 2;
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
  scene.plan.vocabulary.holders_min = 5;
  GS_REQUIRE_OK(scene.check());
}

BOOST_AUTO_TEST_CASE(a_histogram_is_about_no_rows) {
  Scene scene;
  scene.count_presence();
  scene.setup.description.descriptor.vocabulary = protocol::Digest{scene.view.shared->root.view()};
  GS_CHECK_REFUSED(scene.check(), ProtocolErrc::sparse_row);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::participant
