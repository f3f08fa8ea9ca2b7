#include <functional>

#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/packed_sum.hpp"
#include "tests/attacks/honest_coordinator.hpp"
#include "tests/attacks/scene.hpp"

// Phase 4: results that do not follow from the round, and votes that do not agree.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::RoundResult;
using protocol::ShareKind;
using protocol::VoteReason;

/// A round that everybody has answered, and its true result.
struct Opened {
  explicit Opened(Scene& scene) : play{scene.play()} {
    play.play_to_uploads();
    play.propose();
    play.certify();
    Knowledge knowledge{play.view};
    std::vector<Knowledge::Masked> inputs;
    for (const auto& [id, answer] : play.answers) knowledge.learn(answer);
    for (const auto& [id, upload] : play.uploads) {
      inputs.push_back({&upload, play.sharers(play.u1())});
    }
    sum = knowledge.open(inputs).value();
    const auto plan = models::TaskPlan::parse(play.description.training_plan).value();
    const auto task = models::make_task(plan).value();
    const auto count = static_cast<std::uint32_t>(play.uploads.size());
    task->apply(sum, {.survivors = count}).value();
    packed = protocol::pack_sum(play.view.descriptor.codec, sum);
    scene.wire.publish(protocol::blob_id(packed), packed);
    const auto u2 = Play::survivors(play.proposal(play.u1(), play.uploaders()));
    result.rd = play.view.rd;
    result.sharers = protocol::sharers_digest(play.sharers(play.u1()));
    result.survivors = u2.digest;
    result.survivor_count = u2.count();
    result.sum = protocol::blob_id(packed);
    result.model_root = protocol::blob_id(task->checkpoint());
    for (const ParticipantId& id : play.u1()) {
      result.secrets.push_back({*play.view.cohort.position_of(id), ShareKind::self_seed,
                                *knowledge.secret(id, ShareKind::self_seed)});
    }
    seal(scene);
  }
  void seal(Scene& scene) {
    result.transcript =
        protocol::result_transcript(play.view.descriptor.previous_transcript, result);
    protocol::sign(result, scene.adversary.federation(), scene.adversary.coordinator());
  }

  Play play;
  RoundResult result;
  std::vector<std::int64_t> sum;
  Bytes packed;
};

protocol::Vote vote_on(Scene& scene, Opened& round) {
  scene.victim.tell(PhaseNumber::result, protocol::encode(round.result));
  return protocol::decode<protocol::Vote>(*scene.victim.sent(protocol::MessageType::vote)).value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(result_attacks_test)

BOOST_AUTO_TEST_CASE(false_result) {
  struct Row {
    const char* what;
    VoteReason reason;
    std::function<void(Scene&, Opened&)> bend;
  };
  const std::vector<Row> rows{
      {"another model", VoteReason::model_not_reproduced,
       [](Scene&, Opened& o) { o.result.model_root.mutable_view()[0] ^= std::byte{1}; }},
      {"another sum under its own address", VoteReason::model_not_reproduced,
       [](Scene& scene, Opened& o) {
         ++o.sum[0];
         const Bytes packed = protocol::pack_sum(o.play.view.descriptor.codec, o.sum);
         scene.wire.publish(protocol::blob_id(packed), packed);
         o.result.sum = protocol::blob_id(packed);
       }},
      {"another sum under the true address", VoteReason::sum_not_as_addressed,
       [](Scene& scene, Opened& o) {
         ++o.sum[0];
         scene.wire.publish(o.result.sum, protocol::pack_sum(o.play.view.descriptor.codec, o.sum));
       }},
      {"a seed that nobody announced", VoteReason::chain_broken,
       [](Scene&, Opened& o) { o.result.secrets[0].secret[0] ^= std::byte{1}; }},
      {"a mask key where a seed is due", VoteReason::chain_broken,
       [](Scene&, Opened& o) { o.result.secrets[0].kind = ShareKind::mask_key; }},
      {"one secret missing", VoteReason::chain_broken,
       [](Scene&, Opened& o) { o.result.secrets.pop_back(); }},
      {"another U2", VoteReason::chain_broken,
       [](Scene&, Opened& o) { o.result.survivors.mutable_view()[0] ^= std::byte{1}; }},
      {"another U1", VoteReason::chain_broken,
       [](Scene&, Opened& o) { o.result.sharers.mutable_view()[0] ^= std::byte{1}; }},
  };
  for (const Row& row : rows) {
    Scene scene;
    Opened round{scene};
    row.bend(scene, round);
    round.seal(scene);
    const auto vote = vote_on(scene, round);
    BOOST_TEST_CONTEXT(row.what) {
      BOOST_TEST(!vote.accept);
      BOOST_TEST((vote.reason == row.reason));
    }
  }
}

BOOST_AUTO_TEST_CASE(split_vote) {
  {
    // The true result is accepted; one who was shown another one rejects it. Both votes are signed
    // over what each was shown, so the two results stand side by side.
    Scene scene;
    Opened round{scene};
    const auto vote = vote_on(scene, round);
    BOOST_TEST(vote.accept);
    BOOST_TEST((vote.result == protocol::message_digest(round.result)));
    auto other = round.result;
    other.model_root.mutable_view()[0] ^= std::byte{1};
    round.result = other;
    round.seal(scene);
    scene.shops[0].tell(PhaseNumber::result, protocol::encode(round.result));
    const auto on_other =
        protocol::decode<protocol::Vote>(*scene.shops[0].sent(protocol::MessageType::vote));
    BOOST_TEST((on_other->result != vote.result));
  }
  // Votes that do not agree, or do not come, hold no round up.
  for (const bool silent : {false, true}) {
    Adversary keys;
    Shops shops{keys, 8};
    std::vector<LocalShop*> members;
    for (std::size_t i = 0; i < shops.size(); ++i) members.push_back(&shops[i]);
    HonestCoordinator coordinator{keys, members};
    std::size_t rejected = 0;
    coordinator.bend = [&](LocalShop& shop, protocol::MessageType type,
                           Bytes frame) -> std::optional<Bytes> {
      if (type != protocol::MessageType::vote || rejected == 4) return frame;
      ++rejected;
      if (silent) return std::nullopt;
      auto vote = protocol::decode<protocol::Vote>(frame).value();
      vote.accept = false;
      vote.reason = VoteReason::holdout_worse;
      protocol::sign(vote, keys.federation(), shop.signer());
      return protocol::encode(vote);
    };
    coordinator.run();
    BOOST_TEST(coordinator.phase_name() == "completed");
    BOOST_TEST(rejected == 4U);
    const auto& done = std::get<coordinator::Completed>(coordinator.phase());
    BOOST_TEST(done.votes.size() == (silent ? 4U : 8U));
  }
}

BOOST_AUTO_TEST_SUITE_END()
