#include <set>

#include "models/presence.hpp"
#include "protocol/blob_id.hpp"
#include "tests/attacks/opened.hpp"
#include "tests/attacks/private_scene.hpp"

// A coordinator that wants to know what is in a private vocabulary: by another key, or by rows that
// too few shops hold (docs/protocol.md section 15). The same scripts run against a machine without
// the check of phase 0 (GUILDSUM_ATTACKS_UNCHECKED): there the shops share their keys.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

#ifdef GUILDSUM_ATTACKS_UNCHECKED
constexpr bool kChecked = false;
#else
constexpr bool kChecked = true;
#endif

/// What a refusal must be: the code, or none where nothing is checked.
std::string expected(const std::string& code) { return kChecked ? code : std::string{}; }

/// Describes the round to the one under attack and ends it for everybody.
std::string described(PrivateScene& scene, const models::TaskPlan& plan,
                      const Adversary::PrivateItems& items, std::uint32_t c = 1) {
  scene.adversary.ask_for(plan, items);
  Play play = scene.play(c);
  play.check_in();
  std::string code = scene.refusal(play);
  if (code.empty()) play.view = protocol::RoundView::of(play.description).value();
  play.abort(scene.target());
  if (scene.victim) {
    const bool over = scene.victim->reaches(code.empty() ? "ended" : "abandoned");
    BOOST_TEST(over);
  }
  return code;
}

models::TaskPlan popularity_over(std::uint32_t rows) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::popularity;
  plan.items = rows;
  plan.customers_max = 1000;
  return plan;
}

/// Agrees until no two of the items that the test names share a slot: what follows counts rows.
protocol::Digest agree_without_collisions(PrivateScene& scene) {
  while (true) {
    const protocol::Digest key = scene.agree().at(scene.target().id());
    std::set<std::uint32_t> slots{scene.place_of("the only one").slot};
    for (int item = 0; item < 9; ++item) {
      slots.insert(scene.place_of("item-" + std::to_string(item)).slot);
    }
    if (slots.size() == 10) return key;
  }
}

/// The shops 0 to 2 hold the items 0 to 3, which the program holds as well; shop 3 holds one that
/// nobody else has.
void stock(PrivateScene& scene, const models::TaskPlan& plan) {
  const auto request = models::make_task(plan).value()->next_request().value();
  for (std::size_t i = 0; i < scene.shops->size(); ++i) {
    std::vector<models::HeldItem> held;
    for (int item = 0; i < (scene.victim ? 3U : 4U) && item < 4; ++item) {
      held.push_back(scene.place_of("item-" + std::to_string(item)));
    }
    if (i == 4) held.push_back(scene.place_of("the only one"));
    (*scene.shops)[i].set_values(models::contribute_presence(plan, request, held).value().values);
  }
}

/// The model with one more row: of a slot that a single shop is in.
models::VocabularyModel with_sparse_row(const PrivateScene& scene, models::VocabularyModel model) {
  const models::HeldItem place = scene.place_of("the only one");
  model.rows.push_back({place.slot, place.tag, 4});
  std::ranges::sort(model.rows, {}, &models::SharedRow::slot);
  return model;
}

/// The checkpoint of a finished vocabulary task that would have led to `model`.
Bytes checkpoint_of(const models::VocabularyModel& model, const models::TaskPlan& plan) {
  std::vector<std::int64_t> sum(2 * std::size_t{plan.items}, 0);
  for (const models::SharedRow& row : model.rows) {
    sum[row.slot] = row.holders;
    sum[plan.items + row.slot] = std::int64_t{row.tag} * row.holders;
  }
  auto task = models::make_task(plan).value();
  task->apply(sum, {.survivors = 8}).value();
  return task->checkpoint();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_attacks_test)

BOOST_AUTO_TEST_CASE(vocabulary_key_equivocation) {
  PrivateScene scene{kChecked};
  auto confirmed = scene.agree();
  BOOST_REQUIRE(confirmed.contains(scene.target().id()));
  const protocol::Digest key = confirmed.at(scene.target().id());
  for (const auto& [member, digest] : confirmed) BOOST_TEST((digest == key));
  // Under the key that all agreed to the round goes on.
  BOOST_TEST(described(scene, vocabulary_plan(4), {key, {}}) == "");
  // Another key, and none.
  protocol::Digest other = key;
  other.mutable_view()[0] ^= std::byte{1};
  const std::string code = expected("vocabulary-key-equivocation");
  BOOST_TEST(described(scene, vocabulary_plan(4), {other, {}}) == code);
  BOOST_TEST(described(scene, vocabulary_plan(4), {}) == code);

  // A colluder contributes one thing to the one under attack and another to everybody else: the
  // keys differ, and so does what a round can name.
  confirmed = scene.agree([&](const ParticipantId& shown_to, auto& contributions) {
    if (shown_to != scene.target().id()) return;
    const auto replaced = scene.another_contribution(1);
    for (auto& message : contributions) {
      if (message.sender == replaced.sender) message = replaced;
    }
  });
  const protocol::Digest of_target = confirmed.at(scene.target().id());
  const protocol::Digest of_others = confirmed.at((*scene.shops)[2].id());
  BOOST_TEST((of_target != of_others));
  BOOST_TEST(described(scene, vocabulary_plan(4), {of_others, {}}) == code);
  BOOST_TEST(described(scene, vocabulary_plan(4), {key, {}}) == code);  // The key before.
  BOOST_TEST(described(scene, vocabulary_plan(4), {of_target, {}}) == "");
}

BOOST_AUTO_TEST_CASE(replaced_key_message) {
  PrivateScene scene{true};
  const auto confirmed = scene.agree([&](const ParticipantId& shown_to, auto& contributions) {
    if (shown_to != scene.victim->id()) return;
    // A colluder's envelope for the program holds something else than what it commits to.
    for (auto& message : contributions) {
      if (message.sender != (*scene.shops)[1].id()) continue;
      message.commitment.mutable_view()[0] ^= std::byte{1};
      protocol::sign(message, scene.adversary.federation(), (*scene.shops)[1].signer());
    }
  });
  BOOST_TEST(!confirmed.contains(scene.victim->id()));
  BOOST_TEST(scene.victim->logs("bad-share", 1));
  // Without a key it takes no part in what the others agreed to.
  const protocol::Digest key = confirmed.begin()->second;
  BOOST_TEST(described(scene, vocabulary_plan(4), {key, {}}) == "vocabulary-key-equivocation");
}

BOOST_AUTO_TEST_CASE(sparse_row) {
  PrivateScene scene{kChecked};
  const protocol::Digest key = agree_without_collisions(scene);
  const std::string code = expected("sparse-row");
  // Four holders are not enough where two of them may be corrupt.
  BOOST_TEST(described(scene, vocabulary_plan(4), {key, {}}, 2) == code);
  // Rows before any histogram.
  const protocol::Digest invented{protocol::blob_id(as_bytes("rows")).view()};
  BOOST_TEST(described(scene, popularity_over(4), {key, invented}) == code);

  const models::TaskPlan plan = vocabulary_plan(4);
  scene.adversary.ask_for(plan, {key, {}});
  stock(scene, plan);
  Opened histogram{scene};
  histogram.result.model_version = protocol::ModelVersion{1};
  histogram.seal(scene);
  const auto model =
      std::get<models::VocabularyModel>(models::release(plan, histogram.checkpoint).value());
  BOOST_TEST(model.rows.size() == 4u);
  for (Party* member : histogram.play.members()) {
    member->tell(PhaseNumber::result, protocol::encode(histogram.result));
  }
  if (scene.victim) {
    BOOST_REQUIRE(scene.victim->logs("vocabulary.shared", 1));
    BOOST_REQUIRE(scene.victim->sent(protocol::MessageType::vote).has_value());
  }
  scene.share(model, histogram.result.model_root);

  // The rows that the histogram leads to are fine.
  const protocol::Digest true_rows{histogram.result.model_root.view()};
  BOOST_TEST(described(scene, popularity_over(4), {key, true_rows}) == "");
  // One row more than it leads to.
  BOOST_TEST(described(scene, popularity_over(5), {key, true_rows}) == code);
  // A histogram of the coordinator's own, with the slot of one shop's item lifted over the gate.
  const Bytes forged = checkpoint_of(with_sparse_row(scene, model), plan);
  const protocol::BlobId root = protocol::blob_id(forged);
  scene.wire.publish(root, forged);
  BOOST_TEST(described(scene, popularity_over(5), {key, protocol::Digest{root.view()}}) == code);
  // The true rows, for a federation in which more shops may be corrupt.
  BOOST_TEST(described(scene, popularity_over(4), {key, true_rows}, 2) == code);
  // No rows named at all.
  BOOST_TEST(described(scene, popularity_over(4), {key, {}}) == code);
}

BOOST_AUTO_TEST_SUITE_END()
