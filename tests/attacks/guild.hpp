#pragma once

#include "tests/attacks/honest_coordinator.hpp"
#include "tests/attacks/scene.hpp"

namespace guildsum::attacks {

/// Eight shops in this process, of which one cheats, and the production coordinator.
struct Guild {
  static constexpr std::size_t kSize = 8;

  Adversary keys;
  Shops shops{keys, kSize};
  HonestCoordinator coordinator{keys, all()};

  std::vector<LocalShop*> all() {
    std::vector<LocalShop*> out;
    for (std::size_t i = 0; i < shops.size(); ++i) out.push_back(&shops[i]);
    return out;
  }
  LocalShop& cheat() { return shops[3]; }

  /// Bends one type of message of the cheating shop, which signs it again.
  template <class Message, class Change>
  void bend(protocol::MessageType type, Change change) {
    coordinator.bend = [this, type, change](LocalShop& shop, protocol::MessageType sent,
                                            Bytes frame) -> std::optional<Bytes> {
      if (&shop != &cheat() || sent != type) return frame;
      auto message = protocol::decode<Message>(frame).value();
      change(message);
      protocol::sign(message, keys.federation(), shop.signer());
      return protocol::encode(message);
    };
  }
  /// The round came to its exact sum over everybody who is counted.
  void completed(bool with_cheat) {
    BOOST_TEST(coordinator.phase_name() == "completed");
    BOOST_TEST(coordinator.counted(cheat().id()) == with_cheat);
    BOOST_TEST_REQUIRE(coordinator.sum.has_value());
    BOOST_TEST(coordinator.sum->values == coordinator.plain_sum(),
               boost::test_tools::per_element());
  }
};

}  // namespace guildsum::attacks
