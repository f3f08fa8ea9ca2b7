#pragma once

#include "tests/attacks/opened.hpp"

/// What a coordinator says of an attempt to get a second sum of its step.
namespace guildsum::attacks {

inline protocol::RoundAborted ended(const Play& play, const Scene& scene,
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

inline void say_ended(const Play& play, Scene& scene,
                      std::vector<protocol::Abandon> certificate = {}) {
  scene.victim.tell(PhaseNumber::aborted,
                    protocol::encode(ended(play, scene, std::move(certificate))));
}

/// Asks for the same step once more, without one of the shops; the victim's refusal.
inline std::string asked_again(Scene& scene) {
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

/// Everything that shows how far a certified round came, and over whom.
inline protocol::UnopenedRound unopened(const Play& play) {
  protocol::UnopenedRound out;
  out.rd = play.view.rd;
  out.proposal = play.proposal(play.u1(), play.uploaders());
  out.certificate = play.certificate();
  return out;
}

/// Whether the victim joins the same step now.
inline bool takes_part(Scene& scene) {
  Play play = scene.play();
  play.check_in();
  scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
  const bool shares = scene.wire.wait_for(play.round(), "shares").has_value();
  play.abort(scene.victim);
  return shares;
}

}  // namespace guildsum::attacks
