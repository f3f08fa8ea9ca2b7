#include <functional>

#include "protocol/digests.hpp"
#include "tests/attacks/scene.hpp"

// Phases 3a and 3b: the coordinator asks for more than the one sum that was certified.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::ShareKind;
using protocol::SurvivorCertificate;
using protocol::SurvivorProposal;

/// Everybody has uploaded; U2 is everybody, and all have signed it.
Play certifying(Scene& scene) {
  Play play = scene.play();
  play.play_to_uploads();
  play.propose();
  BOOST_TEST_REQUIRE(play.signatures.size() == kOtherShops + 1);
  return play;
}

std::string refused_certificate(Scene& scene,
                                const std::function<void(SurvivorCertificate&, Play&)>& bend) {
  Play play = certifying(scene);
  SurvivorCertificate certificate = play.certificate();
  bend(certificate, play);
  scene.victim.tell(PhaseNumber::certificate, protocol::encode(certificate));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.wire.wait_for(play.round(), "abandon").has_value());
  play.abort(scene.victim);
  return code;
}

std::string refused_proposal(Scene& scene,
                             const std::function<void(SurvivorProposal&, Play&)>& bend) {
  Play play = scene.play();
  play.play_to_uploads();
  SurvivorProposal proposal = play.proposal(play.u1(), play.uploaders());
  bend(proposal, play);
  scene.victim.tell(PhaseNumber::proposal, protocol::encode(proposal));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").empty());
  play.abort(scene.victim);
  return code;
}

/// A signature that a colluding shop gives for any U2.
protocol::SurvivorSignature signature_of(Scene& scene, LocalShop& colluder, const Play& play,
                                         const protocol::Survivors& survivors) {
  protocol::SurvivorSignature message;
  message.sender = colluder.id();
  message.rd = play.view.rd;
  message.sharers = protocol::sharers_digest(play.sharers(play.u1()));
  message.survivors = survivors.digest;
  message.survivor_count = survivors.count();
  protocol::sign(message, scene.adversary.federation(), colluder.signer());
  return message;
}

/// A second header of a colluding shop, over other chunks.
protocol::MaskedInput other_header(Scene& scene, LocalShop& colluder, const Play& play) {
  protocol::MaskedInput header = play.uploads.at(colluder.id()).header.header;
  header.chunk_root.mutable_view()[0] ^= std::byte{1};
  protocol::sign(header, scene.adversary.federation(), colluder.signer());
  return header;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unmasking_attacks_test)

BOOST_AUTO_TEST_CASE(both_share_kinds) {
  Scene scene;
  Play play = certifying(scene);
  play.certify();
  BOOST_TEST_REQUIRE(play.answers.contains(scene.victim.id()));
  for (const auto& share : play.answers.at(scene.victim.id()).shares) {
    BOOST_TEST((share.kind == ShareKind::self_seed));
  }
  // The same shares' other halves: one member is said to have dropped after all.
  LocalShop& target = scene.shops[0];
  const Ids rest = without(play.uploaders(), target.id());
  const auto frame = protocol::encode(play.proposal(play.u1(), rest));
  for (Party* member : play.members()) member->tell(PhaseNumber::proposal, frame);
  BOOST_TEST(scene.victim.refusal() == "conflicting-message");
  for (std::size_t i = 0; i < scene.shops.size(); ++i) {
    BOOST_TEST(scene.shops[i].refusal() == "conflicting-message");
    BOOST_TEST(scene.shops[i].all_sent(protocol::MessageType::unmask).size() == 1U);
  }
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").size() == 1U);
  BOOST_TEST(scene.wire.posted(play.round(), "unmask").size() == 1U);
  Knowledge knowledge{play.view};
  for (const auto& answer : play.answers) knowledge.learn(answer.second);
  BOOST_TEST(knowledge.shares_of(target.id(), ShareKind::mask_key) == 0U);
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_CASE(second_unmask_request) {
  Scene scene;
  Play play = certifying(scene);
  play.certify();
  BOOST_TEST_REQUIRE(play.answers.contains(scene.victim.id()));
  // A certificate over another U2, which colluders would sign.
  const auto other =
      Play::survivors(play.proposal(play.u1(), without(play.uploaders(), scene.shops[6].id())));
  SurvivorCertificate certificate;
  certificate.rd = play.view.rd;
  for (std::size_t i = 0; i < 6; ++i) {
    certificate.signatures.push_back(signature_of(scene, scene.shops[i], play, other));
  }
  scene.victim.tell(PhaseNumber::certificate, protocol::encode(certificate));
  BOOST_TEST(scene.victim.refusal() == "conflicting-message");
  BOOST_TEST(scene.wire.posted(play.round(), "unmask").size() == 1U);
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_CASE(forged_certificate) {
  Scene scene;
  const std::size_t q = 5;
  BOOST_TEST(refused_certificate(scene, [](SurvivorCertificate& certificate, Play&) {
               certificate.signatures.resize(q - 1);
             }) == "below-threshold");
  BOOST_TEST(refused_certificate(scene, [](SurvivorCertificate& certificate, Play&) {
               certificate.signatures.clear();
             }) == "below-threshold");
  BOOST_TEST(refused_certificate(scene, [](SurvivorCertificate& certificate, Play&) {
               certificate.signatures.resize(q - 1);
               certificate.signatures.push_back(certificate.signatures.front());
             }) == "duplicate");
  BOOST_TEST(refused_certificate(scene, [&](SurvivorCertificate& certificate, Play&) {
               // Signed by somebody who is no member, under his own name.
               const crypto::Signer stranger{
                   crypto::generate_signing_key(scene.adversary.random())};
               auto& last = certificate.signatures.back();
               last.sender = protocol::identity_of(stranger.verify_key());
               protocol::sign(last, scene.adversary.federation(), stranger);
             }) == "not-a-member");
  BOOST_TEST(refused_certificate(scene, [&](SurvivorCertificate& certificate, Play&) {
               protocol::sign(certificate.signatures.back(), scene.adversary.federation(),
                              scene.adversary.coordinator());
             }) == "bad-signature");
  BOOST_TEST(refused_certificate(scene, [&](SurvivorCertificate& certificate, Play& play) {
               // Of a cohort member that is not in the U2 of the others' signatures.
               const auto other = Play::survivors(
                   play.proposal(play.u1(), without(play.uploaders(), scene.shops[1].id())));
               certificate.signatures.clear();
               for (std::size_t i = 2; i < 7; ++i) {
                 certificate.signatures.push_back(signature_of(scene, scene.shops[i], play, other));
               }
             }) == "certificate-mismatch");
}

BOOST_AUTO_TEST_CASE(list_under_threshold) {
  Scene scene;
  for (const std::size_t count : {1U, 2U, 4U}) {
    BOOST_TEST(refused_proposal(scene, [&](SurvivorProposal& proposal, Play& play) {
                 Ids few{scene.victim.id()};
                 for (std::size_t i = 0; i + 1 < count; ++i) few.push_back(scene.shops[i].id());
                 proposal = play.proposal(play.u1(), few);
               }) == "too-few");
  }
  // As many as it takes, but one of them several times, or out of order.
  BOOST_TEST(refused_proposal(scene, [](SurvivorProposal& proposal, Play&) {
               proposal.headers.resize(4);
               proposal.headers.insert(proposal.headers.begin() + 1, proposal.headers[0]);
             }) == "duplicate");
  BOOST_TEST(refused_proposal(scene, [](SurvivorProposal& proposal, Play&) {
               std::swap(proposal.headers[0], proposal.headers[1]);
             }) == "malformed");
  // Another U1 than the one that was frozen.
  BOOST_TEST(refused_proposal(scene, [&](SurvivorProposal& proposal, Play& play) {
               proposal.sharers = play.sharers(without(play.u1(), scene.shops[0].id()));
             }) == "digest-mismatch");
}

BOOST_AUTO_TEST_CASE(header_swapped_after_sum) {
  Scene scene;
  // The victim's own header, with the chunks of somebody else.
  BOOST_TEST(refused_proposal(scene, [&](SurvivorProposal& proposal, Play& play) {
               for (auto& header : proposal.headers) {
                 if (header.sender == scene.victim.id()) {
                   header.chunk_root =
                       play.uploads.at(scene.shops[0].id()).header.header.chunk_root;
                 }
               }
             }) == "bad-signature");
  // A colluder has signed two inputs: one stands in the U2 that the victim signs, the other in the
  // U2 that the certificate is about.
  LocalShop& colluder = scene.shops[0];
  Play play = certifying(scene);
  SurvivorProposal swapped = play.proposal(play.u1(), play.uploaders());
  for (auto& header : swapped.headers) {
    if (header.sender == colluder.id()) header = other_header(scene, colluder, play);
  }
  const auto other = Play::survivors(swapped);
  SurvivorCertificate certificate;
  certificate.rd = play.view.rd;
  for (std::size_t i = 0; i < 5; ++i) {
    certificate.signatures.push_back(signature_of(scene, scene.shops[i], play, other));
  }
  scene.victim.tell(PhaseNumber::certificate, protocol::encode(certificate));
  BOOST_TEST(scene.refusal(play) == "certificate-mismatch");
  play.abort(scene.victim);
  // After the answer the other header is a second U2.
  Play answered = certifying(scene);
  answered.certify();
  SurvivorProposal late = answered.proposal(answered.u1(), answered.uploaders());
  for (auto& header : late.headers) {
    if (header.sender == colluder.id()) header = other_header(scene, colluder, answered);
  }
  scene.victim.tell(PhaseNumber::proposal, protocol::encode(late));
  BOOST_TEST(scene.victim.refusal() == "conflicting-message");
  BOOST_TEST(scene.wire.posted(answered.round(), "unmask").size() == 1U);
  answered.abort(scene.victim);
}

BOOST_AUTO_TEST_CASE(late_upload_after_dropped) {
  Scene scene;
  Play play = scene.play();
  play.play_to_uploads();
  // The victim has uploaded, and the coordinator says that it has not.
  const Ids others = without(play.uploaders(), scene.victim.id());
  play.propose(others);
  BOOST_TEST_REQUIRE(play.signatures.size() == kOtherShops);
  play.certify();
  // Its e is open now. Its b must not be.
  Knowledge knowledge{play.view};
  for (const auto& answer : play.answers) knowledge.learn(answer.second);
  BOOST_TEST(knowledge.secret(scene.victim.id(), ShareKind::mask_key).has_value());
  const auto late = protocol::encode(play.proposal(play.u1(), play.uploaders()));
  for (Party* member : play.members()) member->tell(PhaseNumber::proposal, late);
  BOOST_TEST(scene.victim.refusal() == "conflicting-message");
  for (std::size_t i = 0; i < scene.shops.size(); ++i) {
    BOOST_TEST(scene.shops[i].refusal() == "conflicting-message");
    for (const Bytes& answer : scene.shops[i].all_sent(protocol::MessageType::unmask)) {
      knowledge.learn(protocol::decode<protocol::Unmask>(answer).value());
    }
  }
  BOOST_TEST(knowledge.shares_of(scene.victim.id(), ShareKind::self_seed) == 0U);
  const auto sharers = play.sharers(play.u1());
  BOOST_TEST(!knowledge.open({{&play.uploads.at(scene.victim.id()), sharers}}).has_value());
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").empty());
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_SUITE_END()
