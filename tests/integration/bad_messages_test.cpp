#include <boost/test/unit_test.hpp>

#include "protocol/digests.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "tests/integration/standstill.hpp"

using namespace guildsum;
using namespace guildsum::test;
using net::Method;

namespace {

/// The played shop says what no agent would; the coordinator answers by name and goes on.
struct Villain {
  explicit Villain(Standstill& standstill) : round{standstill}, shop{standstill.played} {}

  void expect(Method method, const std::string& path, Bytes body, int status,
              std::string_view code) {
    const auto answer = shop.call(method, path, std::move(body));
    BOOST_REQUIRE_MESSAGE(answer.has_value(), path << ": " << answer.error().message());
    BOOST_CHECK_MESSAGE(answer->status == status && answer->problem_code() == code,
                        path << ": " << answer->status << " " << answer->problem_code()
                             << " instead of " << status << " " << code);
  }
  void post(const std::string& last, Bytes body, int status, std::string_view code) {
    expect(Method::post, shop.round_path() + last, std::move(body), status, code);
  }
  void put(const std::string& last, Bytes body, int status, std::string_view code) {
    expect(Method::put, shop.round_path() + "/masked-input" + last, std::move(body), status, code);
  }
  /// What is not this message at all.
  void spoil(const std::string& last, const Bytes& frame, std::size_t limit) {
    post(last, to_bytes("hello"), 400, "malformed");
    post(last, {}, 400, "malformed");
    post(last, Bytes(frame.begin(), frame.end() - 1), 400, "malformed");
    Bytes longer = frame;
    longer.push_back(std::byte{0});
    post(last, longer, 400, "trailing-bytes");
    Bytes newer = frame;
    newer[6] = std::byte{9};
    post(last, newer, 400, "unsupported-version");
    Bytes boastful = frame;
    boastful[11] = std::byte{0x7f};  // The length that the frame claims.
    post(last, boastful, 413, "too-large");
    Bytes flipped = frame;
    flipped.back() ^= std::byte{1};  // The signature is last.
    post(last, flipped, 422, "bad-signature");
    post(last, Bytes(limit + 1, std::byte{'x'}), 413, "payload_too_large");
  }
  template <class Message>
  [[nodiscard]] Bytes signed_again(Message message) const {
    protocol::sign(message, shop.membership().federation, shop.signer());
    return protocol::encode(message);
  }

  Standstill& round;
  ScriptedShop& shop;
};

protocol::RoundDigest another(protocol::RoundDigest rd) {
  rd.mutable_view()[0] ^= std::byte{1};
  return rd;
}

void misbehave_in_check_ins(Villain villain) {
  const Bytes& frame = villain.round.owed();
  villain.spoil("/check-in", frame, protocol::frame_limit_bytes<protocol::CheckIn>());
  villain.post("/vote", frame, 400, "unknown-type");
  villain.expect(Method::post, "/v1/rounds/99/check-in", frame, 409, "wrong-round");
  const auto own = protocol::decode<protocol::CheckIn>(frame).value();
  auto other = own;
  other.round = protocol::RoundId{own.round.value() + 1};
  villain.post("/check-in", villain.signed_again(other), 409, "wrong-round");
  other = own;
  other.federation.mutable_view()[0] ^= std::byte{1};
  villain.post("/check-in", villain.signed_again(other), 403, "wrong-federation");
  other = own;
  other.sender.mutable_view()[0] ^= std::byte{1};  // Of another shop.
  villain.post("/check-in", villain.signed_again(other), 403, "unknown-sender");
  other = own;
  other.share_key = own.mask_key;
  villain.post("/check-in", villain.signed_again(other), 422, "duplicate");
}

void misbehave_in_shares(Villain villain, const Bytes& check_in) {
  villain.post("/check-in", check_in, 202, "");  // A repeat is no fault.
  auto second = protocol::decode<protocol::CheckIn>(check_in).value();
  ++second.counter;
  villain.post("/check-in", villain.signed_again(second), 409, "conflicting-message");

  const Bytes& frame = villain.round.owed();
  villain.spoil("/shares", frame, protocol::frame_limit_bytes<protocol::ShareKeys>());
  auto other = protocol::decode<protocol::ShareKeys>(frame).value();
  const auto rd = other.rd;
  other.rd = another(rd);
  villain.post("/shares", villain.signed_again(other), 409, "wrong-round");
  other.rd = rd;
  other.shares.pop_back();
  villain.post("/shares", villain.signed_again(other), 400, "malformed");
  villain.put("/chunks/0", Bytes(8, std::byte{1}), 409, "wrong-phase");
}

void misbehave_in_inputs(Villain villain, const Bytes& shares) {
  villain.post("/shares", shares, 202, "");
  auto second = protocol::decode<protocol::ShareKeys>(shares).value();
  second.commitments.front().mask_key_share.mutable_view()[0] ^= std::byte{1};
  villain.post("/shares", villain.signed_again(second), 409, "conflicting-message");

  const protocol::MaskedInputUpload own = villain.shop.header();
  auto other = own;
  other.header.rd = another(own.header.rd);
  protocol::sign(other.header, villain.shop.membership().federation, villain.shop.signer());
  villain.put("", protocol::encode(other), 409, "wrong-round");
  other = own;
  other.chunk_digests.front().mutable_view()[0] ^= std::byte{1};
  villain.put("", protocol::encode(other), 422, "chunk-mismatch");
  other = own;
  other.chunk_digests.push_back(own.chunk_digests.front());
  villain.put("", protocol::encode(other), 422, "chunk-mismatch");
  villain.put("/chunks/0", villain.shop.chunks().front(), 409, "wrong-phase");  // No header yet.

  villain.put("", villain.round.owed(), 200, "");
  Bytes chunk = villain.shop.chunks().front();
  chunk.front() ^= std::byte{1};
  villain.put("/chunks/0", chunk, 422, "chunk-mismatch");
  villain.put("/chunks/0", Bytes(chunk.begin(), chunk.end() - 1), 422, "chunk-mismatch");
  villain.put("/chunks/7", villain.shop.chunks().front(), 422, "chunk-mismatch");
  villain.put("/chunks/-1", villain.shop.chunks().front(), 400, "malformed");
  villain.put("/chunks/0", Bytes(protocol::kChunkBytesMax + 1), 413, "payload_too_large");

  // Another input under the same name, well formed and signed.
  auto replaced = own;
  replaced.chunk_digests.front() = protocol::content_digest(chunk);
  replaced.header.chunk_root = protocol::BlobId{};
  protocol::sign(replaced.header, villain.shop.membership().federation, villain.shop.signer());
  villain.put("", protocol::encode(replaced), 409, "conflicting-message");
}

void misbehave_in_certifying(Villain villain) {
  Bytes chunk = villain.shop.chunks().front();
  chunk.front() ^= std::byte{1};
  villain.put("/chunks/0", chunk, 409, "conflicting-message");
  const Bytes& frame = villain.round.owed();
  villain.spoil("/survivor-signature", frame,
                protocol::frame_limit_bytes<protocol::SurvivorSignature>());
  auto other = protocol::decode<protocol::SurvivorSignature>(frame).value();
  other.survivor_count -= 1;
  villain.post("/survivor-signature", villain.signed_again(other), 422, "certificate-mismatch");
}

void misbehave_in_unmasking(Villain villain) {
  const Bytes& frame = villain.round.owed();
  villain.spoil("/unmask", frame, protocol::frame_limit_bytes<protocol::Unmask>());
  const auto own = protocol::decode<protocol::Unmask>(frame).value();
  auto other = own;
  other.shares.front().salt[0] ^= std::byte{1};
  villain.post("/unmask", villain.signed_again(other), 422, "bad-share");
  other = own;
  other.shares.pop_back();
  villain.post("/unmask", villain.signed_again(other), 400, "malformed");
}

void misbehave_in_votes(Villain villain) {
  const Bytes& frame = villain.round.owed();
  villain.spoil("/vote", frame, protocol::frame_limit_bytes<protocol::Vote>());
  auto other = protocol::decode<protocol::Vote>(frame).value();
  other.result.mutable_view()[0] ^= std::byte{1};
  villain.post("/vote", villain.signed_again(other), 422, "digest-mismatch");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_messages_test)

BOOST_AUTO_TEST_CASE(whatever_a_shop_sends_is_refused_by_name_and_the_round_completes_exactly) {
  Standstill round;
  const Villain villain{round};
  for (const Hold at : kAllHolds) {
    BOOST_TEST_CONTEXT("in " << name_of(at)) {
      round.hold(at);
      if (at == Hold::check_ins) misbehave_in_check_ins(villain);
      if (at == Hold::shares) misbehave_in_shares(villain, round.sent_before());
      if (at == Hold::inputs) misbehave_in_inputs(villain, round.sent_before());
      if (at == Hold::certifying) misbehave_in_certifying(villain);
      if (at == Hold::unmasking) misbehave_in_unmasking(villain);
      if (at == Hold::votes) misbehave_in_votes(villain);
      round.release();
      BOOST_TEST(round.check_sum().size() == 7U);
    }
  }
  round.federation.stop();
}

BOOST_AUTO_TEST_CASE(a_shop_whose_upload_never_fits_is_left_out_and_its_masks_are_recovered) {
  Standstill round;
  round.hold(Hold::inputs);
  Villain villain{round};
  villain.put("", round.owed(), 200, "");
  Bytes chunk = round.played.chunks().front();
  chunk.back() ^= std::byte{1};
  villain.put("/chunks/0", chunk, 422, "chunk-mismatch");
  protocol::Abandon leaving;
  leaving.sender = round.played.id();
  leaving.rd = round.played.header().header.rd;
  villain.post("/abandon", villain.signed_again(leaving), 202, "");

  round.finish();
  BOOST_TEST(round.check_sum().size() == 6U);
  const auto document = round.coordinator().get("/v1/rounds/" + std::to_string(round.round()));
  BOOST_TEST(names_at(document, "recovered") == std::vector<std::string>{"played"});
  villain.post("/abandon", villain.signed_again(leaving), 410, "round-over");
  round.federation.stop();
}

BOOST_AUTO_TEST_CASE(an_old_round_and_a_round_that_never_was_are_told_apart) {
  Standstill round;
  round.hold(Hold::votes);
  const Bytes vote = round.owed();
  const std::string first = round.played.round_path();
  round.release();
  Villain villain{round};
  villain.expect(Method::post, first + "/vote", vote, 202, "");  // The same answer as before.
  villain.expect(Method::get, first + "/masked-input", {}, 410, "round-over");
  villain.expect(Method::get, "/v1/rounds/77/phase?after=0", {}, 409, "wrong-round");
  villain.expect(Method::get, "/v1/attempt-ends?from=7", {}, 400, "malformed");
  villain.expect(Method::get, "/v1/blobs/" + std::string(64, '0'), {}, 404, "not-published");
  villain.expect(Method::get, "/v1/blobs/zz", {}, 400, "malformed");

  round.hold(Hold::check_ins);
  round.release();
  villain.expect(Method::post, first + "/vote", vote, 410, "round-over");
  round.federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
