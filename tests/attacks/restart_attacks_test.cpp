#include <fstream>

#include "protocol/digests.hpp"
#include "tests/attacks/scene.hpp"

// What a coordinator gains from crashes of the program, from withheld results and from floods.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

/// Peak resident memory of a process, in KiB.
std::size_t peak_kib(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/status"};
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6));
  }
  return 0;
}

/// A frame of this type whose header says `length` and whose body is `body`.
Bytes frame_of(protocol::MessageType type, std::uint32_t length, const Bytes& body) {
  Bytes frame = to_bytes("GSUM");
  frame.resize(protocol::kFrameHeaderBytes);
  store_le(static_cast<std::uint16_t>(type), MutableByteView{frame}.subspan(4, 2));
  store_le(protocol::kProtocolVersion, MutableByteView{frame}.subspan(6, 2));
  store_le(length, MutableByteView{frame}.subspan(8, 4));
  append(frame, body);
  return frame;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(restart_attacks_test)

BOOST_AUTO_TEST_CASE(mask_reuse_after_crash) {
  Scene scene;
  // Killed after the first byte of its upload: what comes later is the same, byte for byte.
  Play play = scene.play();
  play.check_in();
  play.describe();
  scene.wire.hold_uploads(true);
  scene.victim.tell(PhaseNumber::delivery,
                    protocol::encode(play.delivery(scene.victim.id(), play.u1())));
  const auto first = scene.wire.wait_for(play.round(), "masked-input", 0);
  BOOST_TEST_REQUIRE(first.has_value());
  scene.victim.crash();
  scene.wire.hold_uploads(false);
  scene.victim.serve();
  const auto second = scene.wire.wait_for(play.round(), "masked-input", 1);
  BOOST_TEST_REQUIRE(second.has_value());
  BOOST_TEST((*first == *second));
  // Another U1 after the restart does not get another masking, and 3b is never answered: the
  // shares are gone with the process.
  BOOST_TEST_REQUIRE(scene.wire.wait_for(play.round(), "chunk-0", 0).has_value());
  scene.victim.tell(
      PhaseNumber::delivery,
      protocol::encode(play.delivery(scene.victim.id(), without(play.u1(), scene.shops[0].id()))));
  BOOST_TEST(scene.victim.refusal() == "conflicting-message");
  BOOST_TEST(scene.wire.posted(play.round(), "masked-input").size() == 2U);
  BOOST_TEST(scene.wire.posted(play.round(), "chunk-0").size() == 1U);
  play.abort(scene.victim);
  BOOST_TEST(scene.victim.reaches("ended"));

  // Killed before the input was spooled: the attempt is abandoned, its keys are never used again.
  Play next = scene.play();
  next.check_in();
  next.describe();
  scene.victim.crash();
  scene.victim.serve();
  BOOST_TEST(scene.wire.wait_for(next.round(), "abandon").has_value());
  BOOST_TEST(scene.wire.posted(next.round(), "masked-input").empty());
  Play last = scene.play();
  last.check_in();
  const auto check_in = [&](const Play& of) {
    return *std::ranges::find(of.description.check_ins, scene.victim.id(),
                              &protocol::CheckIn::sender);
  };
  BOOST_TEST((check_in(next).mask_key != check_in(last).mask_key));
  BOOST_TEST((check_in(next).self_seed_digest != check_in(last).self_seed_digest));
  BOOST_TEST(check_in(last).counter > check_in(next).counter);
  last.abort(scene.victim);
}

BOOST_AUTO_TEST_CASE(resource_exhaustion) {
  Scene scene;
  Play warm = scene.play();
  warm.play_to_uploads();
  warm.abort(scene.victim);
  BOOST_TEST(scene.victim.reaches("ended"));
  const std::size_t before = peak_kib(scene.victim.pid());

  const auto refused = [&](PhaseNumber number, Bytes frame) {
    Play play = scene.play();
    play.check_in();
    scene.victim.tell(number, std::move(frame));
    const std::string code = scene.victim.refusal();
    play.abort(scene.victim);
    return code;
  };
  using protocol::MessageType;
  const Bytes huge(protocol::kMessageBytesMax - protocol::kFrameHeaderBytes, std::byte{0xff});
  // Counts that promise more than the message holds, lengths that lie, sizes beyond the limit.
  BOOST_TEST(refused(PhaseNumber::description, frame_of(MessageType::round_description, 64,
                                                        Bytes(64, std::byte{0xff}))) != "");
  BOOST_TEST(refused(PhaseNumber::delivery,
                     frame_of(MessageType::share_delivery, static_cast<std::uint32_t>(huge.size()),
                              huge)) != "");
  BOOST_TEST(refused(PhaseNumber::proposal, frame_of(MessageType::survivor_proposal, 0xffffffff,
                                                     Bytes(8))) == "too-large");
  BOOST_TEST(refused(PhaseNumber::certificate,
                     frame_of(MessageType::survivor_certificate, 1000, Bytes(8))) == "malformed");
  BOOST_TEST(refused(PhaseNumber::result, frame_of(MessageType::check_in, 8, Bytes(8))) ==
             "unknown-type");
  BOOST_TEST(refused(PhaseNumber::description, to_bytes("no frame at all")) == "malformed");
  // The same large message again and again costs what one costs.
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(refused(PhaseNumber::description,
                       frame_of(MessageType::round_description,
                                static_cast<std::uint32_t>(huge.size()), huge)) != "");
  }
  // Within 2x the largest message and what the HTTP layer holds of it.
  const std::size_t allowed_kib = 4 * protocol::kMessageBytesMax / 1024;
  BOOST_TEST(peak_kib(scene.victim.pid()) < before + allowed_kib);
  // And the shop still takes part in a round that is one.
  Play play = scene.play();
  play.play_to_uploads();
  BOOST_TEST(play.uploads.size() == kOtherShops + 1);
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_SUITE_END()
