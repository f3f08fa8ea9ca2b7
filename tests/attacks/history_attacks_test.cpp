#include "tests/attacks/second_sum.hpp"

// Two sums of one step: whoever has both reads the difference. The coordinator tries to get a
// second one by hiding what became of the first.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

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

BOOST_AUTO_TEST_CASE(drop_between_two_sums) {
  // The first sum is opened and not shown; the second would lack one shop.
  Scene scene;
  const Opened first{scene};
  scene.victim.crash();
  scene.victim.serve();
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
  BOOST_TEST(asked_again(scene) == "certificate-withheld");
}

BOOST_AUTO_TEST_SUITE_END()
