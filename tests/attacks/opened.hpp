#pragma once

#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/packed_sum.hpp"
#include "tests/attacks/scene.hpp"

namespace guildsum::attacks {

/// A round that everybody has answered, and its true result.
struct Opened {
  template <class AnyScene>
  explicit Opened(AnyScene& scene) : play{scene.play()} {
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
    const auto task = scene.adversary.task();
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
    checkpoint = task->checkpoint();
    result.model_root = protocol::blob_id(checkpoint);
    for (const ParticipantId& id : play.u1()) {
      result.secrets.push_back({*play.view.cohort.position_of(id), protocol::ShareKind::self_seed,
                                *knowledge.secret(id, protocol::ShareKind::self_seed)});
    }
    seal(scene);
  }
  template <class AnyScene>
  void seal(AnyScene& scene) {
    result.transcript =
        protocol::result_transcript(play.view.descriptor.previous_transcript, result);
    protocol::sign(result, scene.adversary.federation(), scene.adversary.coordinator());
  }

  Play play;
  protocol::RoundResult result;
  std::vector<std::int64_t> sum;
  Bytes packed;
  Bytes checkpoint;
};

}  // namespace guildsum::attacks
