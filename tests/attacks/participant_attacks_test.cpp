#include "models/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/key_schedule.hpp"
#include "protocol/unopened_round.hpp"
#include "tests/attacks/guild.hpp"
#include "tests/attacks/misdealing.hpp"

// Shops that cheat, against the production coordinator: the round completes without them, or ends
// with a cause that names them.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;
using protocol::AbortReason;
using protocol::MessageType;

const protocol::RoundView& view_of(const coordinator::Phase& phase) {
  return std::get<coordinator::CollectingShares>(phase).round.view;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(participant_attacks_test)

BOOST_AUTO_TEST_CASE(bad_shares) {
  Guild guild;
  guild.bend<protocol::Unmask>(MessageType::unmask, [](protocol::Unmask& message) {
    message.shares.front().salt[0] ^= std::byte{1};
  });
  guild.coordinator.run();
  guild.completed(true);
  BOOST_TEST(guild.coordinator.refused.at(guild.cheat().id()) == "bad-share");
  BOOST_TEST_REQUIRE(guild.coordinator.faults.size() == 1U);
  BOOST_TEST((guild.coordinator.faults.front().participant == guild.cheat().id()));
}

BOOST_AUTO_TEST_CASE(framed_holder) {
  {
    // A dealer commits to another share for one holder than it seals: the holder says so at once
    // and signs the dealer's own bytes, instead of being blamed for a bad share later.
    Guild guild;
    LocalShop& holder = guild.shops[5];
    guild.coordinator.bend = [&](LocalShop& shop, MessageType type,
                                 Bytes frame) -> std::optional<Bytes> {
      if (&shop != &guild.cheat() || type != MessageType::share_keys) return frame;
      auto message = protocol::decode<protocol::ShareKeys>(frame).value();
      const auto& view = view_of(guild.coordinator.phase());
      auto& commitment = message.commitments[view.cohort.position_of(holder.id())->value()];
      commitment.self_seed_share.mutable_view()[0] ^= std::byte{1};
      protocol::sign(message, guild.keys.federation(), shop.signer());
      return protocol::encode(message);
    };
    guild.coordinator.run();
    guild.completed(false);
    BOOST_TEST(!guild.coordinator.counted(holder.id()));
    BOOST_TEST(holder.refusal() == "bad-share");
    BOOST_TEST_REQUIRE(holder.sent(MessageType::complaint).has_value());
    const auto complaint =
        protocol::decode<protocol::Complaint>(*holder.sent(MessageType::complaint));
    BOOST_TEST((complaint->dealer == guild.cheat().id()));
    BOOST_TEST(guild.coordinator.faults.empty());
  }
  // Shares that somebody else changed under a holder's name are not the holder's fault.
  Guild guild;
  guild.coordinator.bend = [&](LocalShop& shop, MessageType type,
                               Bytes frame) -> std::optional<Bytes> {
    if (&shop != &guild.cheat() || type != MessageType::unmask) return frame;
    auto message = protocol::decode<protocol::Unmask>(frame).value();
    message.shares.front().salt[0] ^= std::byte{1};
    return protocol::encode(message);
  };
  guild.coordinator.run();
  guild.completed(true);
  BOOST_TEST(guild.coordinator.refused.at(guild.cheat().id()) == "bad-signature");
  BOOST_TEST(guild.coordinator.faults.empty());
}

BOOST_AUTO_TEST_CASE(bad_dealer) {
  Guild guild;
  protocol::RoundView view;
  guild.bend<protocol::ShareKeys>(MessageType::share_keys, [&](protocol::ShareKeys& message) {
    view = view_of(guild.coordinator.phase());
    deal_others(message, guild.cheat(), view, guild.keys.random());
  });
  guild.coordinator.run();
  BOOST_TEST((guild.coordinator.aborted() == AbortReason::dealer_fault));
  BOOST_TEST((guild.coordinator.named() == std::vector{guild.cheat().id()}));
  BOOST_TEST_REQUIRE(guild.coordinator.faults.size() == 1U);
  BOOST_TEST((guild.coordinator.faults.front().participant == guild.cheat().id()));
  BOOST_TEST(!guild.coordinator.sum.has_value());
  // Every member can see it: the certified sum may be repaired without the dealer, by nobody's
  // word.
  const auto& unopened = std::get<coordinator::Aborted>(guild.coordinator.phase()).unopened;
  BOOST_TEST_REQUIRE(unopened.has_value());
  const auto set = protocol::check_unopened_round(*unopened, view);
  BOOST_TEST_REQUIRE(set.has_value());
  BOOST_TEST((set->faulty == std::vector{guild.cheat().id()}));
  BOOST_TEST(set->survivors.size() == Guild::kSize - 1);
}

BOOST_AUTO_TEST_CASE(garbage_upload) {
  {
    // Bytes that are not the ones announced never arrive.
    Guild guild;
    guild.coordinator.bend_upload = [&](LocalShop& shop, Upload upload) -> std::optional<Upload> {
      if (&shop == &guild.cheat()) upload.chunks.front()[0] ^= std::byte{1};
      return upload;
    };
    guild.coordinator.run();
    guild.completed(false);
    BOOST_TEST(guild.coordinator.refused.at(guild.cheat().id()) == "chunk-mismatch");
  }
  // Well announced noise is masked like data: it shows when the sum cannot come from honest shops.
  Guild guild;
  guild.coordinator.bend_upload = [&](LocalShop& shop, Upload upload) -> std::optional<Upload> {
    if (&shop != &guild.cheat()) return upload;
    guild.keys.random().fill(upload.chunks.front());
    upload.chunks.front().back() = std::byte{0};  // unused bits of a packed chunk are zero
    upload.header.chunk_digests = {protocol::chunk_digest(upload.chunks.front())};
    upload.header.header.chunk_root = protocol::chunk_root(upload.header.chunk_digests);
    protocol::sign(upload.header.header, guild.keys.federation(), shop.signer());
    return upload;
  };
  guild.coordinator.run();
  BOOST_TEST((guild.coordinator.aborted() == AbortReason::model_step_failed));
}

BOOST_AUTO_TEST_CASE(oversized_upload) {
  const auto refused = [](const std::function<void(Upload&)>& change) {
    Guild guild;
    guild.coordinator.bend_upload = [&](LocalShop& shop, Upload upload) -> std::optional<Upload> {
      if (&shop != &guild.cheat()) return upload;
      change(upload);
      upload.header.header.chunk_root = protocol::chunk_root(upload.header.chunk_digests);
      protocol::sign(upload.header.header, guild.keys.federation(), shop.signer());
      return upload;
    };
    guild.coordinator.run();
    guild.completed(false);
    return guild.coordinator.refused.at(guild.cheat().id());
  };
  BOOST_TEST(refused([](Upload& upload) {
               upload.chunks.front().push_back(std::byte{0});
               upload.header.chunk_digests = {protocol::chunk_digest(upload.chunks.front())};
             }) == "chunk-mismatch");
  BOOST_TEST(refused([](Upload& upload) {
               upload.chunks.front().resize(std::size_t{64} << 20);
               upload.header.chunk_digests = {protocol::chunk_digest(upload.chunks.front())};
             }) == "chunk-mismatch");
  BOOST_TEST(refused([](Upload& upload) {
               upload.header.chunk_digests.resize(1000, upload.header.chunk_digests.front());
               upload.header.header.chunk_count = 1000;
             }) == "chunk-mismatch");
  BOOST_TEST(refused([](Upload& upload) {
               upload.chunks.front().pop_back();
               upload.header.chunk_digests = {protocol::chunk_digest(upload.chunks.front())};
             }) == "chunk-mismatch");
}

BOOST_AUTO_TEST_CASE(two_uploads) {
  Guild guild;
  std::vector<std::string> codes;
  guild.coordinator.bend_upload = [&](LocalShop& shop, Upload upload) -> std::optional<Upload> {
    if (&shop != &guild.cheat()) return upload;
    codes.push_back(guild.coordinator.begin_upload(upload.header));
    codes.push_back(guild.coordinator.put_chunk(shop.id(), 0, upload.chunks.front()));
    // Other bytes for the same chunk, then another input under another header.
    Bytes other = upload.chunks.front();
    other[0] ^= std::byte{1};
    codes.push_back(guild.coordinator.put_chunk(shop.id(), 0, other));
    upload.header.chunk_digests = {protocol::chunk_digest(other)};
    upload.header.header.chunk_root = protocol::chunk_root(upload.header.chunk_digests);
    protocol::sign(upload.header.header, guild.keys.federation(), shop.signer());
    codes.push_back(guild.coordinator.begin_upload(upload.header));
    return std::nullopt;
  };
  guild.coordinator.run();
  const std::vector<std::string> expected{"", "", "conflicting-message", "conflicting-message"};
  BOOST_TEST(codes == expected, boost::test_tools::per_element());
  guild.completed(true);
}

BOOST_AUTO_TEST_CASE(late_unmask) {
  Guild guild;
  Bytes answer;
  guild.coordinator.bend = [&](LocalShop& shop, MessageType type,
                               Bytes frame) -> std::optional<Bytes> {
    if (&shop != &guild.cheat() || type != MessageType::unmask) return frame;
    answer = std::move(frame);
    return std::nullopt;
  };
  guild.coordinator.run();
  guild.completed(true);
  BOOST_TEST(guild.coordinator.submit(MessageType::unmask, answer) == "round-over");
  // The same bytes in a round that is not so far yet, and in one that is another.
  HonestCoordinator next{guild.keys, guild.all(), protocol::RoundId{2}};
  BOOST_TEST(next.submit(MessageType::unmask, answer) == "wrong-phase");
  next.run("unmasking");
  BOOST_TEST(next.submit(MessageType::unmask, answer) == "wrong-round");
  next.run();
  BOOST_TEST(next.phase_name() == "completed");
}

BOOST_AUTO_TEST_CASE(equivocation) {
  Guild guild;
  std::vector<std::string> codes;
  // Of every message of the cheating shop a second version arrives right behind the first.
  guild.coordinator.bend = [&](LocalShop& shop, MessageType type,
                               Bytes frame) -> std::optional<Bytes> {
    if (&shop != &guild.cheat()) return frame;
    BOOST_TEST(guild.coordinator.submit(type, frame) == "");
    BOOST_TEST_CONTEXT(static_cast<int>(type)) {
      const auto again = [&]<class Message>(Message, auto change) {
        auto message = protocol::decode<Message>(frame).value();
        change(message);
        protocol::sign(message, guild.keys.federation(), shop.signer());
        codes.push_back(guild.coordinator.submit(type, protocol::encode(message)));
      };
      if (type == MessageType::check_in) {
        again(protocol::CheckIn{}, [](auto& m) { ++m.counter; });
      } else if (type == MessageType::share_keys) {
        again(protocol::ShareKeys{}, [](auto& m) { m.shares[0].ciphertext[0] ^= std::byte{1}; });
      } else if (type == MessageType::survivor_signature) {
        again(protocol::SurvivorSignature{}, [](auto& m) { --m.survivor_count; });
      } else if (type == MessageType::unmask) {
        again(protocol::Unmask{}, [](auto& m) { m.shares[0].salt[0] ^= std::byte{1}; });
      } else if (type == MessageType::vote) {
        again(protocol::Vote{}, [](auto& m) {
          m.accept = false;
          m.reason = protocol::VoteReason::holdout_worse;
        });
      }
    }
    return std::nullopt;
  };
  guild.coordinator.run();
  guild.completed(true);
  BOOST_TEST(codes.size() == 5U);
  for (const std::string& code : codes) BOOST_TEST(code == "conflicting-message");
}

BOOST_AUTO_TEST_SUITE_END()
