#include <functional>

#include "protocol/digests.hpp"
#include "tests/attacks/scene.hpp"

// Phase 1: the U1 and the shares that the victim is shown are not what the others sent, or not what
// the others were shown.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::ShareDelivery;

/// An honest start, then a delivery that `bend` has worked on. Nothing may be uploaded.
std::string shown(Scene& scene, const std::function<void(ShareDelivery&, Play&)>& bend) {
  Play play = scene.play();
  play.check_in();
  play.describe();
  ShareDelivery delivery = play.delivery(scene.victim.id(), play.u1());
  bend(delivery, play);
  scene.victim.tell(PhaseNumber::delivery, protocol::encode(delivery));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.victim.reaches("abandoned"));
  BOOST_TEST(scene.wire.posted(play.round(), "masked-input").empty());
  return code;
}

/// The entries of two dealers other than the victim.
std::pair<std::size_t, std::size_t> two_others(const ShareDelivery& delivery) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < delivery.shares.size(); ++i) {
    if (!delivery.shares[i].ciphertext.empty()) others.push_back(i);
  }
  return {others[0], others[1]};
}

/// U1 named after the entries as they stand, so that the dealers' signatures are what is left.
void rename_sharers(ShareDelivery& delivery) {
  for (std::size_t i = 0; i < delivery.shares.size(); ++i) {
    auto& sharer = delivery.sharers[i];
    sharer.message = protocol::message_digest(delivery.shares[i], delivery.rd, sharer.member);
  }
}

/// Victim and others were shown different rounds: what the others dealt for theirs is passed off as
/// dealt for the victim's.
std::string passed_off(Scene& scene, Play& play, const protocol::RoundDescription& others_see,
                       const Ids& dealers) {
  for (Party* member : play.members()) {
    const bool victim = member->id() == scene.victim.id();
    member->tell(PhaseNumber::description,
                 protocol::encode(victim ? play.description : others_see));
  }
  play.collect_shares();
  play.view = protocol::RoundView::of(play.description).value();
  Play bent = play;
  for (auto& [id, message] : bent.share_keys) message.rd = play.view.rd;
  ShareDelivery delivery = bent.delivery(scene.victim.id(), dealers);
  scene.victim.tell(PhaseNumber::delivery, protocol::encode(delivery));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.wire.posted(play.round(), "masked-input").empty());
  return code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sharing_attacks_test)

BOOST_AUTO_TEST_CASE(different_models) {
  Scene scene;
  Play play = scene.play();
  play.check_in();
  auto others_see = play.description;
  others_see.descriptor.state.model_root.mutable_view()[0] ^= std::byte{1};
  sign(others_see, scene.adversary);
  BOOST_TEST(passed_off(scene, play, others_see, play.everybody()) == "bad-signature");
}

BOOST_AUTO_TEST_CASE(different_cohorts) {
  Scene scene{"", kOtherShops + 1};
  Play play = scene.play();
  play.check_in();
  const auto all = play.description.check_ins;
  const auto leave_out = [&](const ParticipantId& id) {
    auto description = play.description;
    std::erase_if(description.check_ins,
                  [&](const protocol::CheckIn& entry) { return entry.sender == id; });
    complete(description, 1);
    sign(description, scene.adversary);
    return description;
  };
  const ParticipantId first = scene.shops[0].id();
  const ParticipantId second = scene.shops[1].id();
  const auto others_see = leave_out(first);
  play.description = leave_out(second);
  BOOST_TEST(passed_off(scene, play, others_see,
                        without(without(play.everybody(), first), second)) == "bad-signature");
}

BOOST_AUTO_TEST_CASE(swapped_ciphertexts) {
  Scene scene;
  const auto swap = [](ShareDelivery& delivery) {
    const auto [one, other] = two_others(delivery);
    std::swap(delivery.shares[one].ciphertext, delivery.shares[other].ciphertext);
  };
  BOOST_TEST(shown(scene, [&](ShareDelivery& d, Play&) { swap(d); }) == "digest-mismatch");
  // With the lists of digests moved along, and U1 named after them.
  BOOST_TEST(shown(scene, [&](ShareDelivery& d, Play&) {
               const auto [one, other] = two_others(d);
               swap(d);
               std::swap(d.shares[one].ciphertext_digests, d.shares[other].ciphertext_digests);
               std::swap(d.shares[one].commitments, d.shares[other].commitments);
             }) == "digest-mismatch");
  BOOST_TEST(shown(scene, [&](ShareDelivery& d, Play&) {
               const auto [one, other] = two_others(d);
               swap(d);
               std::swap(d.shares[one].ciphertext_digests, d.shares[other].ciphertext_digests);
               std::swap(d.shares[one].commitments, d.shares[other].commitments);
               rename_sharers(d);
             }) == "bad-signature");
  // A dealer that colludes signs for the victim what it sealed for somebody else.
  Play play = scene.play();
  play.check_in();
  play.describe();
  LocalShop& colluder = scene.shops[0];
  auto& message = play.share_keys.at(colluder.id());
  std::vector<Bytes> sealed;
  for (const auto& share : message.shares) sealed.push_back(share.ciphertext);
  std::rotate(sealed.begin(), sealed.begin() + 1, sealed.end());
  for (std::size_t i = 0; i < sealed.size(); ++i) message.shares[i].ciphertext = sealed[i];
  protocol::sign(message, scene.adversary.federation(), colluder.signer());
  scene.victim.tell(PhaseNumber::delivery,
                    protocol::encode(play.delivery(scene.victim.id(), play.u1())));
  BOOST_TEST(scene.refusal(play) == "bad-share");
  BOOST_TEST(scene.wire.posted(play.round(), "complaint").size() == 1U);
  BOOST_TEST(scene.wire.posted(play.round(), "masked-input").empty());
}

BOOST_AUTO_TEST_CASE(cross_shop_message) {
  Scene scene;
  // Everything but its own entry is what another holder is to get.
  BOOST_TEST(shown(scene, [&](ShareDelivery& delivery, Play& play) {
               const auto other = play.delivery(scene.shops[0].id(), play.u1());
               for (std::size_t i = 0; i < delivery.shares.size(); ++i) {
                 const bool own = delivery.shares[i].ciphertext.empty();
                 const bool others_own = other.shares[i].ciphertext.empty();
                 if (!own && !others_own)
                   delivery.shares[i].ciphertext = other.shares[i].ciphertext;
               }
             }) == "digest-mismatch");
  // A share message of one shop under the name of another.
  BOOST_TEST(shown(scene, [&](ShareDelivery& delivery, Play&) {
               const auto [one, other] = two_others(delivery);
               const auto dealer = delivery.shares[other].dealer;
               delivery.shares[other] = delivery.shares[one];
               delivery.shares[other].dealer = dealer;
               rename_sharers(delivery);
             }) == "bad-signature");
  // The victim's own share message replaced by one that it did not send.
  BOOST_TEST(shown(scene, [&](ShareDelivery& delivery, Play&) {
               const auto [one, other] = two_others(delivery);
               for (auto& sharer : delivery.sharers) {
                 if (sharer.member == scene.victim.id()) {
                   sharer.message = delivery.sharers[one].message;
                 }
               }
             }) == "digest-mismatch");
}

BOOST_AUTO_TEST_CASE(victim_isolation) {
  Scene scene;
  const auto with = [&](std::size_t others) {
    return [&scene, others](ShareDelivery& delivery, Play& play) {
      Ids dealers{scene.victim.id()};
      for (std::size_t i = 0; i < others; ++i) dealers.push_back(scene.shops[i].id());
      delivery = play.delivery(scene.victim.id(), dealers);
    };
  };
  for (const std::size_t others : {0U, 1U, 3U}) {
    BOOST_TEST(shown(scene, with(others)) == "too-few");
  }
  BOOST_TEST(shown(scene, [&](ShareDelivery& delivery, Play& play) {
               delivery = play.delivery(scene.victim.id(), without(play.u1(), scene.victim.id()));
             }) == "not-a-member");
  // Few members, and one of them again and again.
  BOOST_TEST(shown(scene, [&](ShareDelivery& delivery, Play& play) {
               with(3)(delivery, play);
               while (delivery.sharers.size() < 6) {
                 delivery.sharers.push_back(delivery.sharers.back());
                 delivery.shares.push_back(delivery.shares.back());
               }
             }) == "duplicate");
  // U2 of the victim, and the fewest others that the coordinator can do with.
  Play play = scene.play();
  play.play_to_uploads();
  Ids few{scene.victim.id()};
  for (std::size_t i = 0; i < 3; ++i) few.push_back(scene.shops[i].id());
  scene.victim.tell(PhaseNumber::proposal, protocol::encode(play.proposal(play.u1(), few)));
  BOOST_TEST(scene.refusal(play) == "too-few");
  BOOST_TEST(scene.wire.posted(play.round(), "survivor-signature").empty());
}

BOOST_AUTO_TEST_SUITE_END()
