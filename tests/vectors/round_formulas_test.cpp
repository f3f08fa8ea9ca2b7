#include "tests/vectors/round_formulas.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "crypto/aead.hpp"
#include "tests/vectors/vector_file.hpp"

// The recorded rounds against the formulas of docs/protocol.md, up to the uploads: no round
// machine, no codec and no check of the product, only its primitives.
namespace guildsum::vectors {
namespace {

Bytes one(std::uint8_t value) { return {std::byte{value}}; }

/// What a dealer signs: the digests of its ciphertexts and all commitments.
Bytes share_body(const std::vector<Bytes>& digests, const std::vector<Record>& commitments) {
  Bytes body = le32(static_cast<std::uint32_t>(digests.size()));
  for (const Bytes& digest : digests) append(body, digest);
  append(body, le32(static_cast<std::uint32_t>(commitments.size())));
  for (const Record& pair : commitments) {
    append(body, joined(pair.bytes.at("mask_key_share"), pair.bytes.at("self_seed_share")));
  }
  return body;
}

Bytes commitment(const Bytes& rd, std::uint32_t dealer, std::uint32_t holder, std::uint8_t kind,
                 const Bytes& salt, const Bytes& share) {
  return sha(joined(as_bytes("share"), rd, le32(dealer), le32(holder), one(kind), salt, share));
}

/// What `from` sealed for `to`: share of e, share of b, salt of e, salt of b.
Bytes opened_share(const RecordedRound& round, std::uint32_t from, std::uint32_t to,
                   const Bytes& s_to, const Bytes& ciphertext) {
  const End dealer = share_end(round, from);
  const End holder = share_end(round, to);
  const Bytes keys = derived(agreed(s_to, dealer.key), round.rd, "share",
                             joined(dealer.id, holder.id, dealer.key, holder.key), 44);
  const std::span<const std::byte> view{keys};
  const crypto::AeadKey key{view.first<32>()};
  const crypto::Nonce nonce{view.subspan<32, 12>()};
  const auto text = crypto::open(
      key, nonce, joined(as_bytes("share"), round.rd, le32(from), le32(to)), ciphertext);
  BOOST_REQUIRE(text.has_value());
  return *text;
}

Bytes part(const Bytes& bytes, std::size_t first, std::size_t size) {
  BOOST_REQUIRE(first + size <= bytes.size());
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

std::vector<Bytes> chunks_of(const std::vector<std::uint64_t>& values, const RecordedRound& round) {
  const auto ring = static_cast<unsigned>(round.descriptor.numbers.at("R"));
  const std::size_t size = round.descriptor.numbers.at("chunk_values");
  std::vector<Bytes> chunks;
  for (std::size_t first = 0; first < values.size(); first += size) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    const auto count = static_cast<std::ptrdiff_t>(std::min(size, values.size() - first));
    chunks.push_back(packed({begin, begin + count}, ring));
  }
  return chunks;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_formulas_test)

BOOST_AUTO_TEST_CASE(keys_and_check_ins_follow_from_the_secrets) {
  for (const RecordedRound* round : {&dropout(), &abandoned()}) {
    BOOST_TEST(round->of_type(11).size() == 6U);
    for (std::uint32_t i = 0; i < round->cohort.size(); ++i) {
      const auto& shop = round->shop(i);
      const Record& check_in = check_in_of(*round, i);
      BOOST_TEST((bytes(shop, "id") == round->cohort[i]));
      BOOST_TEST((x25519_public(bytes(shop, "e")) == check_in.bytes.at("E")));
      BOOST_TEST((x25519_public(bytes(shop, "s")) == check_in.bytes.at("S")));
      BOOST_TEST((sha(bytes(shop, "b")) == check_in.bytes.at("H(b)")));
      BOOST_TEST(round->is_signed("check-in", kNoRd, round->cohort[i], check_in.signed_body,
                                  check_in.bytes.at("signature")));
      if (i > 0) BOOST_TEST((round->cohort[i - 1] < round->cohort[i]));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_description_is_bound_by_its_digest) {
  for (const RecordedRound* round : {&dropout(), &abandoned()}) {
    const Record& d = round->descriptor;
    Bytes all = le32(6);
    for (std::uint32_t i = 0; i < 6; ++i) append(all, check_in_of(*round, i).all);
    BOOST_TEST((labelled("check-ins", all) == d.bytes.at("check_ins")));
    BOOST_TEST((sha(round->description.bytes.at("layout")) == d.bytes.at("layout")));
    BOOST_TEST((sha(round->description.bytes.at("training_plan")) == d.bytes.at("training_plan")));
    BOOST_TEST((sha(round->description.bytes.at("purpose")) == d.bytes.at("purpose")));
    BOOST_TEST(round->is_signed("descriptor", round->rd, round->coordinator(), d.all,
                                round->description.bytes.at("signature")));
    const auto n = d.numbers.at("n");
    const auto c = d.numbers.at("c");
    BOOST_TEST(n == 6U);
    BOOST_TEST(d.numbers.at("t") == (n + c) / 2 + 1);
    BOOST_TEST(d.numbers.at("q") == (n + c) / 2 + 1);
    BOOST_TEST(d.numbers.at("s_min") == 5U);
    for (const RecordedMessage* message : round->of_type(12)) {
      BOOST_TEST((message->frame == round->of_type(12).front()->frame));
    }
  }
}

BOOST_AUTO_TEST_CASE(dealt_shares_open_fit_their_commitments_and_give_the_secrets) {
  const RecordedRound& round = dropout();
  std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, Bytes>>> of_e;
  std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, Bytes>>> of_b;
  for (const RecordedMessage* message : round.of_type(13)) {
    const Record keys = read_share_keys(message->body());
    const std::uint32_t dealer = round.position_of(keys.bytes.at("sender"));
    BOOST_TEST((keys.bytes.at("rd") == round.rd));
    std::vector<Bytes> digests;
    for (const Record& sealed : keys.lists.at("shares")) {
      const auto holder = static_cast<std::uint32_t>(sealed.numbers.at("holder"));
      const Bytes& ciphertext = sealed.bytes.at("ciphertext");
      digests.push_back(sha(ciphertext));
      const Bytes text =
          opened_share(round, dealer, holder, bytes(round.shop(holder), "s"), ciphertext);
      BOOST_REQUIRE(text.size() == 144U);
      const Record& committed = keys.lists.at("commitments")[holder];
      BOOST_TEST((commitment(round.rd, dealer, holder, 1, part(text, 80, 32), part(text, 0, 40)) ==
                  committed.bytes.at("mask_key_share")));
      BOOST_TEST((commitment(round.rd, dealer, holder, 2, part(text, 112, 32),
                             part(text, 40, 40)) == committed.bytes.at("self_seed_share")));
      of_e[dealer].emplace_back(holder, part(text, 0, 40));
      of_b[dealer].emplace_back(holder, part(text, 40, 40));
    }
    BOOST_TEST(round.is_signed("share-keys", round.rd, round.cohort[dealer],
                               share_body(digests, keys.lists.at("commitments")),
                               keys.bytes.at("signature")));
  }
  const auto t = static_cast<std::size_t>(round.descriptor.numbers.at("t"));
  for (std::uint32_t dealer = 0; dealer < 6; ++dealer) {
    BOOST_REQUIRE(of_e[dealer].size() == 5U);
    of_e[dealer].resize(t);
    of_b[dealer].erase(of_b[dealer].begin());  // Another t of them.
    BOOST_TEST((recovered(of_e[dealer]) == bytes(round.shop(dealer), "e")));
    BOOST_TEST((recovered(of_b[dealer]) == bytes(round.shop(dealer), "b")));
  }
}

BOOST_AUTO_TEST_CASE(u1_names_the_signed_share_messages) {
  const RecordedRound& round = dropout();
  std::map<Bytes, Bytes> digest_of;
  for (const RecordedMessage* message : round.of_type(13)) {
    const Record keys = read_share_keys(message->body());
    std::vector<Bytes> digests;
    for (const Record& sealed : keys.lists.at("shares")) {
      digests.push_back(sha(sealed.bytes.at("ciphertext")));
    }
    const Bytes& sender = keys.bytes.at("sender");
    digest_of[sender] = labelled(
        "share-keys", joined(round.rd, sender, share_body(digests, keys.lists.at("commitments")),
                             keys.bytes.at("signature")));
  }
  for (const RecordedMessage* message : round.of_type(14)) {
    const Record delivery = read_share_delivery(message->body());
    const auto u1 = listed(delivery.lists.at("U1"));
    BOOST_TEST(u1.size() == 6U);
    BOOST_TEST((u1 == sharers(round)));
    for (const auto& [member, digest] : u1) BOOST_TEST((digest_of.at(member) == digest));
  }
}

BOOST_AUTO_TEST_CASE(masked_inputs_are_inputs_and_masks_packed) {
  for (const RecordedRound* round : {&dropout(), &abandoned()}) {
    const auto u1 = sharers(*round);
    for (const RecordedMessage* message : round->of_type(26)) {
      const Record upload = read_upload(message->body());
      const std::uint32_t sender = round->position_of(upload.bytes.at("sender"));
      const auto chunks = chunks_of(masked_input(*round, sender, u1), *round);
      BOOST_REQUIRE(chunks.size() == 2U);
      const auto& recorded = round->shop(sender).at("chunks").as_array();
      std::vector<Bytes> leaves;
      for (std::size_t i = 0; i < chunks.size(); ++i) {
        BOOST_TEST(to_hex(chunks[i]) == recorded.at(i).as_string().c_str());
        leaves.push_back(leaf(chunks[i]));
        BOOST_TEST((upload.lists.at("leaves")[i].bytes.at("digest") == leaves[i]));
      }
      BOOST_TEST((upload.bytes.at("chunk_root") == tree_root(leaves)));
      BOOST_TEST((upload.bytes.at("H(U1)") == sharers_digest(u1)));
      BOOST_TEST(upload.numbers.at("chunk_count") == 2U);
      BOOST_TEST(round->is_signed("masked-input", round->rd, upload.bytes.at("sender"),
                                  upload.signed_body, upload.bytes.at("signature")));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::vectors
