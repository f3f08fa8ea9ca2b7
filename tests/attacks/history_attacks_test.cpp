#include "tests/attacks/opened.hpp"

// Two sums of one step: whoever has both reads the difference. The coordinator tries to get a
// second one by hiding what became of the first.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

protocol::RoundAborted ended(const Play& play, const Scene& scene,
                             std::vector<protocol::Abandon> certificate) {
  protocol::RoundAborted message;
  message.round = play.round();
  message.attempt = play.description.descriptor.attempt;
  message.rd = play.view.rd;
  message.reason = protocol::AbortReason::not_certified;
  message.certificate = std::move(certificate);
  protocol::sign(message, scene.adversary.federation(), scene.adversary.coordinator());
  return message;
}

void say_ended(const Play& play, Scene& scene, std::vector<protocol::Abandon> certificate = {}) {
  scene.victim.tell(PhaseNumber::aborted,
                    protocol::encode(ended(play, scene, std::move(certificate))));
}

/// Asks for the same step once more, without one of the shops; the victim's refusal.
std::string asked_again(Scene& scene) {
  Play play = scene.play();
  play.check_in();
  std::erase_if(play.description.check_ins, [&](const protocol::CheckIn& check_in) {
    return check_in.sender == scene.shops[0].id();
  });
  complete(play.description, 1);
  sign(play.description, scene.adversary);
  scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.wire.posted(play.round(), "shares").empty());
  return code;
}

/// Whether the victim joins the same step now.
bool takes_part(Scene& scene) {
  Play play = scene.play();
  play.check_in();
  scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
  const bool shares = scene.wire.wait_for(play.round(), "shares").has_value();
  play.abort(scene.victim);
  return shares;
}

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

BOOST_AUTO_TEST_CASE(unopened_certificate) {
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
