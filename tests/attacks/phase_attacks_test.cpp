#include "protocol/digests.hpp"
#include "tests/attacks/scene.hpp"

// The order of the phases, and messages that were made for another round.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

/// A whole honest round whose messages the coordinator keeps for later.
struct Kept {
  explicit Kept(Scene& scene) : play{scene.play()} {
    play.play_to_uploads();
    play.propose();
    play.certify();
    play.abort(scene.victim);
  }
  Play play;
};

/// Serves the victim a message of the round before in this phase of a new one.
template <class Start>
std::string replayed(Scene& scene, PhaseNumber number, const Bytes& frame, const Start& start) {
  Play play = scene.play();
  play.check_in();
  start(play);
  scene.victim.tell(number, frame);
  const std::string code = scene.victim.refusal();
  play.abort(scene.victim);
  return code;
}

void nothing(Play&) {}
void to_shares(Play& play) { play.describe(); }
void to_uploads(Play& play) {
  play.describe();
  play.deliver();
}
void to_signatures(Play& play) {
  to_uploads(play);
  play.propose();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(phase_attacks_test)

BOOST_AUTO_TEST_CASE(replayed_message) {
  Scene scene;
  const Kept kept{scene};
  const Play& old = kept.play;
  BOOST_TEST(replayed(scene, PhaseNumber::description, protocol::encode(old.description),
                      nothing) == "wrong-round");
  BOOST_TEST(replayed(scene, PhaseNumber::delivery,
                      protocol::encode(old.delivery(scene.victim.id(), old.u1())),
                      to_shares) == "wrong-round");
  BOOST_TEST(replayed(scene, PhaseNumber::proposal,
                      protocol::encode(old.proposal(old.u1(), old.uploaders())),
                      to_uploads) == "wrong-round");
  BOOST_TEST(replayed(scene, PhaseNumber::certificate, protocol::encode(old.certificate()),
                      to_signatures) == "wrong-round");
  BOOST_TEST(scene.wire.posted(protocol::RoundId{5}, "unmask").empty());
  // The very messages of this round, each twice: one answer to each.
  Play play = scene.play();
  play.check_in();
  const auto again = [&](PhaseNumber number, const Bytes& frame) {
    scene.victim.tell(number, frame);
  };
  play.describe();
  again(PhaseNumber::description, protocol::encode(play.description));
  play.deliver();
  again(PhaseNumber::delivery, protocol::encode(play.delivery(scene.victim.id(), play.u1())));
  play.propose();
  again(PhaseNumber::proposal, protocol::encode(play.proposal(play.u1(), play.uploaders())));
  play.certify();
  again(PhaseNumber::certificate, protocol::encode(play.certificate()));
  play.abort(scene.victim);
  BOOST_TEST(scene.victim.reaches("ended"));
  for (const char* kind : {"check-in", "shares", "masked-input", "survivor-signature", "unmask"}) {
    BOOST_TEST(scene.wire.posted(play.round(), kind).size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(cross_round_message) {
  Scene scene;
  const Kept kept{scene};
  const Play& old = kept.play;
  // What the others signed for the round before, renamed to this one.
  {
    Play play = scene.play();
    play.check_in();
    play.describe();
    Play bent = play;
    for (auto& [id, message] : bent.share_keys) {
      if (id == scene.victim.id()) continue;
      message = old.share_keys.at(id);
      message.rd = play.view.rd;
    }
    scene.victim.tell(PhaseNumber::delivery,
                      protocol::encode(bent.delivery(scene.victim.id(), bent.u1())));
    BOOST_TEST(scene.refusal(play) == "bad-signature");
  }
  {
    Play play = scene.play();
    play.play_to_uploads();
    auto proposal = play.proposal(play.u1(), play.uploaders());
    for (auto& header : proposal.headers) {
      if (header.sender == scene.victim.id()) continue;
      header = old.uploads.at(header.sender).header.header;
      header.rd = play.view.rd;
      header.sharers = protocol::sharers_digest(proposal.sharers);
    }
    scene.victim.tell(PhaseNumber::proposal, protocol::encode(proposal));
    BOOST_TEST(scene.refusal(play) == "bad-signature");
    play.abort(scene.victim);
  }
  Play play = scene.play();
  play.play_to_uploads();
  play.propose();
  const auto own = Play::survivors(play.proposal(play.u1(), play.uploaders()));
  auto certificate = old.certificate();
  certificate.rd = play.view.rd;
  for (auto& signature : certificate.signatures) {
    signature.rd = play.view.rd;
    signature.sharers = protocol::sharers_digest(play.sharers(play.u1()));
    signature.survivors = own.digest;
  }
  scene.victim.tell(PhaseNumber::certificate, protocol::encode(certificate));
  BOOST_TEST(scene.refusal(play) == "bad-signature");
}

BOOST_AUTO_TEST_CASE(repeated_invitation) {
  Scene scene;
  Play play = scene.play();
  play.check_in();
  play.abort(scene.victim);
  BOOST_TEST(scene.victim.reaches("ended"));
  // Offered again, it would make the shop sign a second check-in for one attempt.
  scene.wire.insist(true);
  BOOST_TEST(scene.victim.refusal() == "wrong-round");
  // An older one, and the same after a restart.
  Play next = scene.play();
  next.check_in();
  next.abort(scene.victim);
  BOOST_TEST(scene.victim.refusal(next.round()) == "wrong-round");
  scene.victim.crash();
  scene.wire.invite(play.invitation());
  scene.victim.serve();
  BOOST_TEST(scene.victim.logs("an invitation to a spent attempt", 3));
  scene.wire.insist(false);
  BOOST_TEST(scene.wire.posted(play.round(), "check-in").size() == 1U);
  BOOST_TEST(scene.wire.posted(next.round(), "check-in").size() == 1U);
}

BOOST_AUTO_TEST_CASE(skipped_phase) {
  Scene scene;
  const Kept kept{scene};
  const Play& old = kept.play;
  const auto proposal = protocol::encode(old.proposal(old.u1(), old.uploaders()));
  const auto delivery = protocol::encode(old.delivery(scene.victim.id(), old.u1()));
  const auto certificate = protocol::encode(old.certificate());
  BOOST_TEST(replayed(scene, PhaseNumber::delivery, delivery, nothing) == "wrong-phase");
  BOOST_TEST(replayed(scene, PhaseNumber::proposal, proposal, nothing) == "wrong-phase");
  BOOST_TEST(replayed(scene, PhaseNumber::proposal, proposal, to_shares) == "wrong-phase");
  BOOST_TEST(replayed(scene, PhaseNumber::certificate, certificate, nothing) == "wrong-phase");
  BOOST_TEST(replayed(scene, PhaseNumber::certificate, certificate, to_shares) == "wrong-phase");
  // A certificate with no U2 to it: the answer would be about a list that nobody showed.
  Play play = scene.play();
  play.play_to_uploads();
  auto made_up = old.certificate();
  made_up.rd = play.view.rd;
  scene.victim.tell(PhaseNumber::certificate, protocol::encode(made_up));
  BOOST_TEST(scene.refusal(play) == "wrong-phase");
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_CASE(repeated_phase) {
  Scene scene;
  Play play = scene.play();
  play.play_to_uploads();
  // Another U1 after the first was frozen and masked for.
  const Ids fewer = without(play.u1(), scene.shops[0].id());
  scene.victim.tell(PhaseNumber::delivery,
                    protocol::encode(play.delivery(scene.victim.id(), fewer)));
  BOOST_TEST(scene.victim.refusal() == "conflicting-message");
  BOOST_TEST(scene.wire.posted(play.round(), "masked-input").size() == 1U);
  // The first still holds.
  play.propose();
  BOOST_TEST(play.signatures.contains(scene.victim.id()));
  // Another U2 after the first was signed.
  scene.victim.tell(PhaseNumber::proposal, protocol::encode(play.proposal(play.u1(), fewer)));
  play.certify();
  BOOST_TEST(play.answers.contains(scene.victim.id()));
  play.abort(scene.victim);
  BOOST_TEST(scene.victim.reaches("ended"));
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").size() == 1U);
  BOOST_TEST(scene.wire.posted(play.round(), "unmask").size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
