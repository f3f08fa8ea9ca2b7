#include <functional>

#include "protocol/unopened_round.hpp"
#include "tests/attacks/misdealing.hpp"
#include "tests/attacks/second_sum.hpp"

// Certified, and not opened, the coordinator says. Whether that is true the victim cannot know: the
// sum may be open. So it helps to open exactly that sum, and no other one of its step.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::MessageType;

/// What the answers prove of one dealer in U2, or seem to.
protocol::DealerFault accusation(const Play& play, const ParticipantId& dealer) {
  protocol::DealerFault fault;
  const auto delivery = play.delivery(dealer, play.u1());
  for (const auto& share : delivery.shares) {
    if (share.ciphertext.empty()) fault.dealt = share;
  }
  for (const auto& [holder, answer] : play.answers) {
    if (fault.shares.size() == play.view.descriptor.t) break;
    for (const protocol::RevealedShare& revealed : answer.shares) {
      if (revealed.dealer != fault.dealt.dealer) continue;
      fault.shares.push_back(
          {*play.view.cohort.position_of(holder), revealed.share, revealed.salt});
    }
  }
  return fault;
}

/// A certified round of everybody, said not to have opened; its certificate is served.
struct Unopened {
  explicit Unopened(Scene& scene, bool misdealt = false) : play{scene.play()} {
    play.check_in();
    play.describe();
    if (misdealt) misdeal(scene, scene.shops[0]);
    play.deliver();
    if (misdealt) name_the_right_sharers(scene, scene.shops[0]);
    play.propose();
    play.certify();
    input = scene.victim.input();
    say_ended(play, scene);
    BOOST_TEST(scene.victim.reaches("awaiting-abandon-certificate"));
    scene.wire.serve_survivors(play.round(), unopened(play));
  }
  /// All others get shares of other secrets than the dealer announced; its own machine goes on with
  /// what it sent, and uploads.
  void misdeal(Scene& scene, LocalShop& dealer) {
    auto message = play.share_keys.at(dealer.id());
    deal_others(message, dealer, play.view, scene.adversary.random());
    protocol::sign(message, scene.adversary.federation(), dealer.signer());
    dealer.tell(PhaseNumber::delivery, protocol::encode(play.delivery(dealer.id(), play.u1())));
    play.share_keys.at(dealer.id()) = std::move(message);
  }
  void name_the_right_sharers(Scene& scene, LocalShop& dealer) {
    auto& header = play.uploads.at(dealer.id()).header.header;
    header.sharers = protocol::sharers_digest(play.sharers(play.u1()));
    protocol::sign(header, scene.adversary.federation(), dealer.signer());
  }

  Play play;
  std::vector<std::int64_t> input;
};

void restart(Scene& scene) {
  scene.victim.crash();
  scene.victim.serve();
}

/// An attempt among all but the shops that are left out, signed and not yet described to anybody.
Play attempt_without(Scene& scene, const Ids& left_out) {
  Play play = scene.play();
  play.check_in();
  for (const ParticipantId& id : left_out) {
    std::erase_if(play.description.check_ins,
                  [&](const protocol::CheckIn& check_in) { return check_in.sender == id; });
  }
  complete(play.description, 1);
  sign(play.description, scene.adversary);
  return play;
}

/// What the victim says to a U2 without one shop: the code of its refusal, or "signed".
std::string asked_for_less(Scene& scene, Play& play) {
  const Ids u2 = without(play.uploaders(), scene.shops[0].id());
  scene.victim.tell(PhaseNumber::proposal, protocol::encode(play.proposal(play.u1(), u2)));
  if (scene.wire.wait_for(play.round(), "survivor-signature")) return "signed";
  return scene.refusal(play);
}

/// The coordinator goes on without the step: nothing of it is left to be had, not even by the
/// repair that the victim would have helped with before.
void goes_on(Scene& scene, const std::function<void(protocol::StateRoot&)>& to) {
  const Unopened first{scene};
  Play next = scene.play();
  next.check_in();
  BOOST_TEST(scene.victim.kept_inputs() == 1U);
  to(next.description.descriptor.state);
  complete(next.description, 1);
  sign(next.description, scene.adversary);
  next.describe();
  BOOST_TEST(scene.wire.wait_for(next.round(), "shares").has_value());
  next.abort(scene.victim);
  Play late = attempt_without(scene, {});
  scene.victim.tell(PhaseNumber::description, protocol::encode(late.description));
  BOOST_TEST(scene.refusal(late) == "repeated-step");
  BOOST_TEST(scene.victim.kept_inputs() == 0U);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(repair_attacks_test)
BOOST_AUTO_TEST_SUITE(unopened_certificate)

BOOST_AUTO_TEST_CASE(only_an_abandon_certificate_frees_the_step) {
  // Certified and answered, and then, the coordinator says, it did not open.
  Scene scene;
  Play play = scene.play();
  play.play_to_uploads();
  play.propose();
  play.certify();
  say_ended(play, scene);
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  BOOST_TEST(scene.wire.posted(play.round(), "abandon").empty());  // it answered 3b
  // Nothing but q signatures of this very round changes that, also after a restart.
  auto short_one = play.abandon_certificate();
  short_one.pop_back();
  scene.wire.serve_outcome(protocol::encode(ended(play, scene, short_one)));
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  auto repeated = short_one;
  repeated.push_back(short_one.front());
  scene.wire.serve_outcome(protocol::encode(ended(play, scene, repeated)));
  scene.victim.crash();
  scene.victim.serve();
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  scene.wire.serve_outcome(protocol::encode(ended(play, scene, play.abandon_certificate())));
  BOOST_TEST(takes_part(scene));
}

BOOST_AUTO_TEST_CASE(a_repair_of_the_same_sum_succeeds_after_crashes_and_with_other_data) {
  Scene scene;
  const Unopened first{scene};
  scene.victim.crash();
  scene.victim.sell_more();
  scene.victim.serve();
  Opened repaired{scene};
  BOOST_TEST(scene.victim.input() == first.input, boost::test_tools::per_element());
  scene.victim.tell(PhaseNumber::result, protocol::encode(repaired.result));
  const auto vote = scene.victim.sent(MessageType::vote);
  BOOST_TEST_REQUIRE(vote.has_value());
  BOOST_TEST(protocol::decode<protocol::Vote>(*vote)->accept);
  BOOST_TEST(asked_again(scene) == "repeated-step");
}

BOOST_AUTO_TEST_CASE(a_crash_in_the_repair_sends_the_same_bytes_again) {
  Scene scene;
  const Unopened first{scene};
  Play play = scene.play();
  play.play_to_uploads();
  BOOST_TEST(scene.victim.input() == first.input, boost::test_tools::per_element());
  restart(scene);
  const auto again = scene.wire.wait_for(play.round(), "masked-input", 1);
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST((*again == protocol::encode(play.uploads.at(scene.victim.id()).header)));
  // It still knows which sum it repairs. The dead process's last call may swallow one copy.
  const Ids u2 = without(play.uploaders(), scene.shops[0].id());
  scene.victim.tell(PhaseNumber::proposal, protocol::encode(play.proposal(play.u1(), u2)));
  BOOST_TEST(asked_for_less(scene, play) == "repair-mismatch");
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").empty());
}

BOOST_AUTO_TEST_CASE(another_sum_is_no_repair) {
  Scene scene;
  const Unopened first{scene};
  // One honest shop less, in the cohort or only in U2.
  BOOST_TEST(asked_again(scene) == "repair-mismatch");
  Play smaller = scene.play();
  smaller.play_to_uploads();
  BOOST_TEST(asked_for_less(scene, smaller) == "repair-mismatch");
  BOOST_TEST(scene.wire.posted(smaller.round(), "survivor-signature").empty());
  say_ended(smaller, scene);
  // Another vector: the same step, asked in another way.
  const auto asked_otherwise = [&](const std::function<void(protocol::RoundDescription&)>& change) {
    Play play = attempt_without(scene, {});
    change(play.description);
    complete(play.description, 1);
    sign(play.description, scene.adversary);
    scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
    const std::string code = scene.refusal(play);
    BOOST_TEST(scene.wire.posted(play.round(), "shares").empty());
    return code;
  };
  BOOST_TEST(asked_otherwise([](auto& d) { ++d.descriptor.codec.ring_bits; }) == "repair-mismatch");
  BOOST_TEST(asked_otherwise([](auto& d) { d.training_plan.push_back(std::byte{0}); }) ==
             "repair-mismatch");
  BOOST_TEST(asked_otherwise([](auto& d) { d.descriptor.codec.chunk_values = 128; }) ==
             "repair-mismatch");
}

BOOST_AUTO_TEST_CASE(it_bites_without_a_first_sum_the_smaller_one_is_signed) {
  Scene scene;
  Play play = scene.play();
  play.play_to_uploads();
  BOOST_TEST(asked_for_less(scene, play) == "signed");
}

BOOST_AUTO_TEST_CASE(only_a_proven_dealer_may_be_left_out) {
  {
    Scene scene;
    Unopened first{scene, true};
    const ParticipantId dealer = scene.shops[0].id();
    auto proven = unopened(first.play);
    proven.faults.push_back(accusation(first.play, dealer));
    scene.wire.serve_survivors(first.play.round(), proven);
    Play repair = attempt_without(scene, {dealer});
    repair.describe();
    repair.share_keys.erase(dealer);
    repair.deliver();
    repair.propose();
    BOOST_TEST(repair.signatures.contains(scene.victim.id()));
    BOOST_TEST(scene.victim.input() == first.input, boost::test_tools::per_element());
  }
  // Whoever dealt honestly cannot be accused: the same words about an honest shop are no proof, and
  // then nothing else in the message is believed either.
  Scene scene;
  const Unopened first{scene};
  auto framed = unopened(first.play);
  framed.faults.push_back(accusation(first.play, scene.shops[0].id()));
  scene.wire.serve_survivors(first.play.round(), framed);
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
}

BOOST_AUTO_TEST_CASE(a_step_that_the_task_went_on_without_stays_closed) {
  Scene scene;
  goes_on(scene, [](protocol::StateRoot& state) { ++state.step_number; });
}

BOOST_AUTO_TEST_CASE(a_step_of_a_task_that_another_one_followed_stays_closed) {
  Scene scene{"[policy]\naccept_new_lineages = true\n"};
  goes_on(scene,
          [](protocol::StateRoot& state) { state.lineage.mutable_view()[0] ^= std::byte{1}; });
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
