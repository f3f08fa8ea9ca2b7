#include <functional>

#include "tests/attacks/scene.hpp"

// Phase 0 again: the keys in the check-ins that the victim is shown are not those of its peers.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::CheckIn;
using protocol::RoundDescription;

/// Shows the victim check-ins after `bend` has worked on the honest ones.
std::string shown(Scene& scene, const std::function<void(RoundDescription&)>& bend) {
  Play play = scene.play();
  play.check_in();
  bend(play.description);
  complete(play.description, 1);
  sign(play.description, scene.adversary);
  scene.victim.tell(PhaseNumber::description, protocol::encode(play.description));
  const std::string code = scene.refusal(play);
  BOOST_TEST(scene.wire.posted(play.round(), "shares").empty());
  return code;
}

CheckIn& entry_of(RoundDescription& description, const ParticipantId& id) {
  return *std::ranges::find(description.check_ins, id, &CheckIn::sender);
}

/// Bends the check-in of `shop`, which colludes and signs it again.
std::string shown_by(Scene& scene, LocalShop& shop,
                     const std::function<void(CheckIn&, const RoundDescription&)>& bend) {
  return shown(scene, [&](RoundDescription& d) {
    CheckIn& entry = entry_of(d, shop.id());
    bend(entry, d);
    protocol::sign(entry, scene.adversary.federation(), shop.signer());
  });
}

/// The public half of a key pair whose secret the coordinator has.
crypto::X25519PublicKey key_of(Scene& scene) {
  return crypto::x25519_public_key(scene.adversary.random().secret<crypto::X25519SecretKey>());
}

/// The encodings of points of small order on Curve25519 and its twist (RFC 7748, section 6.1,
/// leaves it to the receiver to refuse their all-zero result), the last three not canonical.
const std::vector<std::string>& small_order_points() {
  static const std::vector<std::string> points{
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
  return points;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_attacks_test)

BOOST_AUTO_TEST_CASE(mitm_key_exchange) {
  Scene scene;
  LocalShop& peer = scene.shops[0];
  const auto own_key = key_of(scene);
  BOOST_TEST(shown(scene, [&](RoundDescription& d) {
               entry_of(d, peer.id()).mask_key = own_key;
             }) == "bad-signature");
  BOOST_TEST(shown(scene, [&](RoundDescription& d) {
               entry_of(d, peer.id()).share_key = own_key;
             }) == "bad-signature");
  BOOST_TEST(shown(scene, [&](RoundDescription& d) {
               CheckIn& entry = entry_of(d, peer.id());
               entry.mask_key = own_key;
               protocol::sign(entry, scene.adversary.federation(), scene.adversary.coordinator());
             }) == "bad-signature");
  // All peers at once, each by a key pair of the coordinator.
  BOOST_TEST(shown(scene, [&](RoundDescription& d) {
               for (CheckIn& entry : d.check_ins) {
                 if (entry.sender == scene.victim.id()) continue;
                 entry.mask_key = key_of(scene);
                 entry.share_key = key_of(scene);
               }
             }) == "bad-signature");
  // A check-in of an earlier round, whose secrets may be known by now.
  CheckIn earlier;
  Play before = scene.play();
  before.check_in();
  earlier = entry_of(before.description, peer.id());
  before.abort(scene.victim);
  BOOST_TEST(shown(scene, [&](RoundDescription& d) { entry_of(d, peer.id()) = earlier; }) ==
             "wrong-round");
}

BOOST_AUTO_TEST_CASE(small_order_key) {
  Scene scene;
  LocalShop& colluder = scene.shops[0];
  for (const std::string& point : small_order_points()) {
    const auto key = crypto::X25519PublicKey::from_hex(point).value();
    BOOST_TEST_CONTEXT(point) {
      BOOST_TEST(shown_by(scene, colluder, [&](CheckIn& entry, const RoundDescription&) {
                   entry.mask_key = key;
                 }) == "malformed");
      BOOST_TEST(shown_by(scene, colluder, [&](CheckIn& entry, const RoundDescription&) {
                   entry.share_key = key;
                 }) == "malformed");
    }
  }
}

BOOST_AUTO_TEST_CASE(repeated_keys) {
  Scene scene;
  LocalShop& colluder = scene.shops[0];
  LocalShop& peer = scene.shops[1];
  const auto copy = [&](auto member) {
    return shown_by(scene, colluder, [&](CheckIn& entry, const RoundDescription& d) {
      const auto found = std::ranges::find(d.check_ins, peer.id(), &CheckIn::sender);
      entry.*member = (*found).*member;
    });
  };
  BOOST_TEST(copy(&CheckIn::mask_key) == "duplicate");
  BOOST_TEST(copy(&CheckIn::share_key) == "duplicate");
  BOOST_TEST(copy(&CheckIn::self_seed_digest) == "duplicate");
  BOOST_TEST(shown_by(scene, colluder, [](CheckIn& entry, const RoundDescription&) {
               entry.share_key = entry.mask_key;
             }) == "duplicate");
  // The victim's own keys under the colluder's name: its shares would open with the victim's.
  BOOST_TEST(shown_by(scene, colluder, [&](CheckIn& entry, const RoundDescription& d) {
               entry.mask_key =
                   std::ranges::find(d.check_ins, scene.victim.id(), &CheckIn::sender)->share_key;
             }) == "duplicate");
}

BOOST_AUTO_TEST_CASE(own_entry_replaced) {
  Scene scene;
  const auto own = [&](RoundDescription& d) -> CheckIn& { return entry_of(d, scene.victim.id()); };
  BOOST_TEST(shown(scene, [&](RoundDescription& d) { own(d).mask_key = key_of(scene); }) ==
             "digest-mismatch");
  BOOST_TEST(shown(scene, [&](RoundDescription& d) { ++own(d).counter; }) == "digest-mismatch");
  BOOST_TEST(shown(scene, [&](RoundDescription& d) {
               std::erase_if(d.check_ins, [&](const CheckIn& entry) {
                 return entry.sender == scene.victim.id();
               });
             }) == "not-a-member");
  CheckIn earlier;
  Play before = scene.play();
  before.check_in();
  earlier = own(before.description);
  before.abort(scene.victim);
  BOOST_TEST(shown(scene, [&](RoundDescription& d) { own(d) = earlier; }) == "digest-mismatch");
}

BOOST_AUTO_TEST_SUITE_END()
