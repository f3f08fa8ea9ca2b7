#include <functional>

#include "base/file.hpp"
#include "tests/attacks/second_sum.hpp"

// Two sums of one step: whoever has both reads the difference. The coordinator tries to get a
// second one by hiding what became of the first.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

/// A sum whose result the victim saw and voted on; then the next step continues a past that the
/// adversary bent.
struct BentPast {
  BentPast() : first{scene} {
    scene.victim.tell(PhaseNumber::result, protocol::encode(first.result));
    BOOST_TEST_REQUIRE(scene.victim.sent(protocol::MessageType::vote).has_value());
    scene.adversary.chain_to(scene.wire.end_last_round());
  }
  void crash() {
    scene.victim.crash();
    scene.victim.serve();
  }
  void bend(const std::function<void(protocol::AttemptEnd&)>& change) {
    scene.adversary.chain_to(scene.wire.end_otherwise(change));
  }
  /// The next step; "shares" where the victim takes part in it.
  std::string next_step(const std::function<void(protocol::RoundDescriptor&)>& change = {}) {
    Play play = scene.play();
    play.check_in();
    protocol::RoundDescriptor& descriptor = play.description.descriptor;
    descriptor.state.step_number += 1 + steps++;
    if (change) change(descriptor);
    sign(play.description, scene.adversary);
    scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
    if (scene.wire.wait_for(play.round(), "shares")) {
      play.abort(scene.victim);
      return "shares";
    }
    return scene.refusal(play);
  }

  Scene scene;
  Opened first;
  std::uint64_t steps = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(history_attacks_test)

BOOST_AUTO_TEST_CASE(abandon_and_survive) {
  // The victim is told that its upload came to nothing, and certified with the others all the same.
  Scene scene;
  Play play = scene.play();
  play.play_to_uploads();
  say_ended(play, scene);
  BOOST_TEST(scene.wire.wait_for(play.round(), "abandon").has_value());
  scene.victim.tell(PhaseNumber::proposal,
                    protocol::encode(play.proposal(play.u1(), play.uploaders())));
  BOOST_TEST(scene.victim.reaches("awaiting-abandon-certificate"));
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").empty());
  BOOST_TEST(scene.wire.posted(play.round(), "unmask").empty());
}

BOOST_AUTO_TEST_CASE(repeated_round_differencing) {
  Scene scene;
  Opened first{scene};
  scene.victim.tell(PhaseNumber::result, protocol::encode(first.result));
  BOOST_TEST_REQUIRE(scene.victim.sent(protocol::MessageType::vote).has_value());
  BOOST_TEST(asked_again(scene) == "repeated-step");
  scene.victim.crash();
  scene.victim.serve();
  BOOST_TEST(asked_again(scene) == "repeated-step");
  // An abandon certificate cannot undo a sum that was seen.
  scene.wire.serve_outcome(
      protocol::encode(ended(first.play, scene, first.play.abandon_certificate())));
  BOOST_TEST(asked_again(scene) == "repeated-step");
}

BOOST_AUTO_TEST_CASE(forked_chain) {
  BentPast past;
  const auto other = [](protocol::RoundDescriptor& descriptor) {
    descriptor.previous_transcript.mutable_view()[0] ^= std::byte{1};
  };
  // The descriptor continues something else than what the victim is shown, or nothing is shown.
  BOOST_TEST(past.next_step(other) == "forked-chain");
  past.scene.wire.withhold_ends(true);
  BOOST_TEST(past.next_step() == "forked-chain");
  past.scene.wire.withhold_ends(false);
  past.crash();
  BOOST_TEST(past.next_step(other) == "forked-chain");
  const auto status = past.scene.victim.status();
  BOOST_TEST(!status.at("refusals").at(0).at("remedy").as_string().empty());
  // The one that continues what others saw as well is joined, and what it led to is held on to.
  BOOST_TEST(past.next_step() == "shares");
  BOOST_TEST(past.next_step(other) == "forked-chain");
  BOOST_TEST(past.next_step() == "shares");
}

BOOST_AUTO_TEST_CASE(forked_past) {
  {
    // A consistent past without the victim's vote, which was acknowledged.
    BentPast past;
    past.bend([](protocol::AttemptEnd& end) { end.votes.clear(); });
    BOOST_TEST(past.next_step() == "forked-chain");
    past.crash();
    BOOST_TEST(past.next_step() == "forked-chain");
  }
  {
    // Another result of the same round, as other shops may have been told it.
    BentPast past;
    past.bend([&](protocol::AttemptEnd& end) {
      auto result = past.first.result;
      result.model_root.mutable_view()[0] ^= std::byte{1};
      result.transcript = protocol::result_transcript(
          past.first.play.view.descriptor.previous_transcript, result);
      protocol::sign(result, past.scene.adversary.federation(),
                     past.scene.adversary.coordinator());
      end.outcome = protocol::encode(result);
      end.votes.clear();
    });
    BOOST_TEST(past.next_step() == "forked-chain");
    BOOST_TEST(std::filesystem::exists(past.scene.victim.evidence("2.0-attempt-ends.gsum")));
    // Only the owner can tell that a coordinator was restored from an old copy.
    BOOST_TEST(past.scene.victim.run({"approve", "past"}) == 0);
    BOOST_TEST(past.next_step() == "shares");
  }
  {
    // The round that opened is said to have ended without a sum.
    BentPast past;
    past.bend([&](protocol::AttemptEnd& end) {
      end = {end.round, end.attempt, protocol::encode(ended(past.first.play, past.scene, {})),
             {},        {},          {}};
    });
    BOOST_TEST(past.next_step() == "forked-chain");
  }
}

BOOST_AUTO_TEST_CASE(drop_between_two_sums) {
  // The first sum is opened and not shown; the second would lack one shop.
  Scene scene;
  const Opened first{scene};
  scene.victim.crash();
  scene.victim.serve();
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
}

BOOST_AUTO_TEST_CASE(restored_backup) {
  // The owner restores a copy of the agent's directory from before the round, whose sum is opened.
  Scene scene;
  scene.victim.crash();
  const Bytes backup = read_file(scene.victim.journal(), 1U << 20).value();
  scene.victim.serve();
  Opened first{scene};
  scene.victim.tell(PhaseNumber::result, protocol::encode(first.result));
  BOOST_TEST_REQUIRE(scene.victim.sent(protocol::MessageType::vote).has_value());
  scene.victim.crash();
  write_file_atomically(scene.victim.journal(), backup).value();
  scene.victim.serve();
  for (int i = 0; i < 2; ++i) {
    const Play play = scene.play();
    scene.victim.invite(play.invitation());
    BOOST_TEST(scene.refusal(play) == "restored-backup");
    BOOST_TEST(scene.wire.posted(play.round(), "check-in").empty());
  }
  BOOST_TEST(std::filesystem::exists(scene.victim.evidence("2.0-own-check-in.gsum")));
  // It bites: the old journal has forgotten the sum. A coordinator that keeps quiet about it is
  // not found out, which is why nobody may restore a journal (docs/threat_model.md).
  scene.wire.withhold_check_ins(true);
  BOOST_TEST(takes_part(scene));
}

BOOST_AUTO_TEST_CASE(second_state_root) {
  // The step of an opened sum, asked for again at another model.
  Scene scene;
  Opened first{scene};
  scene.victim.tell(PhaseNumber::result, protocol::encode(first.result));
  BOOST_TEST_REQUIRE(scene.victim.sent(protocol::MessageType::vote).has_value());
  Play second = scene.play();
  second.check_in();
  second.description.descriptor.state.model_root.mutable_view()[0] ^= std::byte{1};
  sign(second.description, scene.adversary);
  scene.victim.tell(PhaseNumber::description, protocol::encode(second.description));
  BOOST_TEST(scene.refusal(second) == "repeated-step");
  BOOST_TEST(scene.wire.posted(second.round(), "shares").empty());
  // Both descriptions are kept, and a third party is convinced by them.
  const auto one = scene.victim.evidence("1.0-description.gsum");
  const auto other = scene.victim.evidence("2.0-message-1-repeated-step.gsum");
  BOOST_TEST_REQUIRE(std::filesystem::exists(one));
  BOOST_TEST_REQUIRE(std::filesystem::exists(other));
  BOOST_TEST(scene.victim.run({"evidence", "verify", one.string(), other.string()}) == 0);
  // The owner is shown what was refused, what may be done, and where the evidence lies.
  const auto status = scene.victim.status();
  BOOST_TEST(!status.at("refusals").at(0).at("remedy").as_string().empty());
  BOOST_TEST(status.at("evidence").at("count").to_number<int>() == 2);
  // A repetition at the same model proves nothing: the first may have been abandoned.
  Play same = scene.play();
  same.check_in();
  scene.victim.tell(PhaseNumber::description, protocol::encode(same.description));
  BOOST_TEST(scene.refusal(same) == "repeated-step");
  const auto third = scene.victim.evidence("3.0-message-1-repeated-step.gsum");
  BOOST_TEST_REQUIRE(std::filesystem::exists(third));
  BOOST_TEST(scene.victim.run({"evidence", "verify", one.string(), third.string()}) != 0);
}

BOOST_AUTO_TEST_SUITE_END()
