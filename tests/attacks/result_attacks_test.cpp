#include <functional>

#include "tests/attacks/honest_coordinator.hpp"
#include "tests/attacks/opened.hpp"

// Phase 4: results that do not follow from the round, and votes that do not agree.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::RoundResult;
using protocol::ShareKind;
using protocol::VoteReason;

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
