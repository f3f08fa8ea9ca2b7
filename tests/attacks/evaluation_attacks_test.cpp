#include "tests/attacks/second_sum.hpp"

// The figures of an evaluation are in its second sum; of how many shops they would be was decided
// by the first one. Zeros of a shop without held-out purchases look like any masked input: whoever
// drops the others in between would read the figures of one shop among such shops.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::MessageType;

constexpr std::uint32_t kItems = 12;

models::TaskPlan evaluation_of(const protocol::BlobId& root) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::evaluation;
  plan.items = kItems;
  plan.customers_max = 1000;
  plan.evaluation.shops_min = 5;
  plan.evaluation.band_ends = {5};
  models::ReleasedVersion version{1, {}};
  std::ranges::copy(root.view(), version.root.begin());
  plan.evaluation.candidates = {{version, 0, {}, 0}};
  return plan;
}

/// All have released and verified a model, and are asked how good it is.
struct EvaluationScene : Scene {
  EvaluationScene() : Scene{"[policy]\ntask_kinds = [\"popularity\", \"evaluation\"]\n"} {
    Opened model{*this};
    model.result.model_version = protocol::ModelVersion{1};
    model.seal(*this);
    accept(model);
    adversary.ask_for(evaluation_of(model.result.model_root));
    for (std::size_t i = 0; i < shops.size(); ++i)
      shops[i].policy().task_kinds.insert("evaluation");
  }
  void accept(const Opened& opened) {
    victim.tell(PhaseNumber::result, protocol::encode(opened.result));
    const auto vote = victim.sent(MessageType::vote);
    BOOST_TEST_REQUIRE(vote.has_value());
    BOOST_TEST(protocol::decode<protocol::Vote>(*vote)->accept);
  }
  /// Asks for the second sum from here on.
  void go_on(std::span<const std::int64_t> sum, const Ids& survivors) {
    adversary.go_on(sum, static_cast<std::uint32_t>(survivors.size()));
    const Bytes checkpoint = adversary.task()->checkpoint();
    wire.publish(protocol::blob_id(checkpoint), checkpoint);
    const auto length = adversary.task()->next_request()->layout.total_length();
    for (std::size_t i = 0; i < shops.size(); ++i) {
      shops[i].set_values(std::vector<std::int64_t>(length, 0));
      shops[i].remember({survivors, static_cast<std::uint32_t>(sum.back()), 5});
    }
  }
};

/// The first sum is open: this many of the eight shops have held-out purchases, the victim none.
struct AfterFirst : EvaluationScene {
  explicit AfterFirst(std::size_t measurable) {
    for (std::size_t i = 0; i < shops.size(); ++i) {
      const bool measures = i < measurable;
      shops[i].set_values({measures ? 30 : 0, measures ? 20 : 0, 60, measures ? 1 : 0});
    }
    const Opened first{*this};
    BOOST_TEST(first.sum.back() == static_cast<std::int64_t>(measurable));
    accept(first);
    go_on(first.sum, first.play.uploaders());
  }
  /// The second sum up to the masked inputs of all eight.
  Play uploaded() {
    Play second = play();
    second.play_to_uploads();
    BOOST_TEST(second.uploads.size() == kOtherShops + 1);
    return second;
  }
  /// Proposes U2 without the first `dropped` shops.
  void propose_without(Play& second, std::size_t dropped) {
    Ids u2 = second.uploaders();
    for (std::size_t i = 0; i < dropped; ++i) u2 = without(std::move(u2), shops[i].id());
    second.propose(u2);
  }
  void gets_nothing(const Play& second) {
    BOOST_TEST(second.signatures.empty());
    BOOST_TEST(refusal(second) == "too-few");
    BOOST_TEST(wire.posted(second.round(), "survivor-signature").empty());
    BOOST_TEST(victim.log_text().find("of the evaluation's first sum are not in its second one") !=
               std::string::npos);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_attacks_test)
BOOST_AUTO_TEST_SUITE(shrunk_evaluation)

BOOST_AUTO_TEST_CASE(a_U2_without_shops_that_may_have_the_data_gets_no_signature) {
  AfterFirst scene{7};
  Play second = scene.uploaded();
  scene.propose_without(second, 3);  // Five are left, of which four have held-out purchases.
  scene.gets_nothing(second);
}

BOOST_AUTO_TEST_CASE(as_long_as_enough_must_be_left_the_sum_is_signed) {
  AfterFirst scene{7};
  Play second = scene.uploaded();
  scene.propose_without(second, 2);
  BOOST_TEST(second.signatures.size() == 6U);
  BOOST_TEST(second.signatures.contains(scene.victim.id()));
}

BOOST_AUTO_TEST_CASE(a_restart_between_upload_and_proposal_forgets_nothing) {
  AfterFirst scene{5};
  Play second = scene.uploaded();
  scene.victim.crash();
  scene.victim.serve();
  scene.propose_without(second, 1);
  scene.gets_nothing(second);
}

BOOST_AUTO_TEST_CASE(a_cohort_without_them_gets_no_shares) {
  AfterFirst scene{5};
  BOOST_TEST(asked_again(scene) == "too-few");  // Without one shop.
}

BOOST_AUTO_TEST_CASE(who_did_not_see_the_first_sum_takes_no_part_in_the_second) {
  EvaluationScene scene;
  Ids others;
  for (std::size_t i = 0; i < scene.shops.size(); ++i) others.push_back(scene.shops[i].id());
  scene.go_on(std::vector<std::int64_t>{210, 140, 420, 7}, others);
  Play second = scene.play();
  second.check_in();
  scene.victim.tell(PhaseNumber::description, protocol::encode(second.description));
  BOOST_TEST(scene.refusal(second) == "policy-refused");
  BOOST_TEST(scene.wire.posted(second.round(), "shares").empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
