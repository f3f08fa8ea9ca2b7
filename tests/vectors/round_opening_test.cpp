#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/vectors/round_formulas.hpp"
#include "tests/vectors/vector_file.hpp"

// The recorded rounds against the formulas of docs/protocol.md, from the certificates on: no round
// machine, no codec and no check of the product, only its primitives.
namespace guildsum::vectors {
namespace {

/// The body of the recorded AttemptEnds.
Bytes sent_ends(const RecordedRound& round) {
  return FrameReader::of_frame(bytes(round.file, "attempt_ends"), 29).all();
}
/// How it begins: one end, of this round and attempt.
Bytes one_end(const RecordedRound& round) {
  Bytes head = le32(1);
  append(head, le32(static_cast<std::uint32_t>(round.descriptor.numbers.at("round"))));
  append(head, le32(0));  // the upper half of the u64
  append(head, le32(static_cast<std::uint32_t>(round.descriptor.numbers.at("attempt"))));
  return head;
}
Bytes le32_and(const Bytes& content) {
  return joined(le32(static_cast<std::uint32_t>(content.size())), content);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_opening_test)

BOOST_AUTO_TEST_CASE(the_certificate_holds_q_signatures_over_one_u1_and_u2) {
  const RecordedRound& round = dropout();
  const auto u2 = survivors(round);
  BOOST_TEST(u2.size() == 5U);
  const Record certificate = read_certificate(round.of_type(20).front()->body());
  std::set<Bytes> signers;
  for (const Record& one_of_them : certificate.lists.at("signatures")) {
    const Bytes& sender = one_of_them.bytes.at("sender");
    BOOST_TEST(contains(u2, sender));
    BOOST_TEST((one_of_them.bytes.at("H(U1)") == sharers_digest(sharers(round))));
    BOOST_TEST((one_of_them.bytes.at("H(U2)") == survivors_digest(u2)));
    BOOST_TEST(one_of_them.numbers.at("count") == 5U);
    BOOST_TEST(round.is_signed("survivors", round.rd, sender, one_of_them.signed_body,
                               one_of_them.bytes.at("signature")));
    signers.insert(sender);
  }
  BOOST_TEST(signers.size() == round.descriptor.numbers.at("q"));
}

BOOST_AUTO_TEST_CASE(unmask_answers_reveal_one_kind_each_and_open_the_secrets) {
  const RecordedRound& round = dropout();
  const auto u2 = survivors(round);
  std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, Bytes>>> revealed;
  for (const RecordedMessage* message : round.of_type(21)) {
    const Record answer = read_unmask(message->body());
    const Bytes& sender = answer.bytes.at("sender");
    const std::uint32_t holder = round.position_of(sender);
    const Bytes body = joined(sender, round.rd, answer.bytes.at("H(U1)"), answer.bytes.at("H(U2)"),
                              labelled("revealed-shares", answer.bytes.at("share_list")));
    BOOST_TEST(round.is_signed("unmask", round.rd, sender, body, answer.bytes.at("signature")));
    BOOST_REQUIRE(answer.lists.at("shares").size() == 6U);
    for (const Record& share : answer.lists.at("shares")) {
      const auto dealer = static_cast<std::uint32_t>(share.numbers.at("dealer"));
      BOOST_TEST(share.numbers.at("kind") == (contains(u2, round.cohort[dealer]) ? 2U : 1U));
      revealed[dealer].emplace_back(holder, share.bytes.at("share"));
    }
  }
  const Record result = read_result(round.of_type(22).front()->body());
  for (const Record& secret : result.lists.at("secrets")) {
    const auto member = static_cast<std::uint32_t>(secret.numbers.at("member"));
    auto shares = revealed.at(member);
    BOOST_REQUIRE(shares.size() >= round.descriptor.numbers.at("t"));
    const bool survived = secret.numbers.at("kind") == 2;
    BOOST_TEST((recovered(shares) == secret.bytes.at("secret")));
    BOOST_TEST((bytes(round.shop(member), survived ? "b" : "e") == secret.bytes.at("secret")));
  }
}

BOOST_AUTO_TEST_CASE(the_sum_opens_with_the_revealed_secrets_and_is_the_plain_one) {
  const RecordedRound& round = dropout();
  const auto ring = static_cast<unsigned>(round.descriptor.numbers.at("R"));
  const auto length = static_cast<std::size_t>(round.descriptor.numbers.at("d"));
  const auto u2 = survivors(round);
  std::vector<std::uint64_t> sum(length);
  std::vector<std::int64_t> plain(length);
  const auto add = [&](const std::vector<std::uint64_t>& values, bool subtract) {
    for (std::size_t i = 0; i < length; ++i) sum[i] += subtract ? 0 - values[i] : values[i];
  };
  for (std::uint32_t i = 0; i < 6; ++i) {
    if (!contains(u2, round.cohort[i])) continue;
    add(masked_input(round, i, sharers(round)), false);
    for (std::size_t k = 0; k < length; ++k) {
      plain[k] += round.shop(i).at("input").at(k).as_int64();
    }
  }
  const Record result = read_result(round.of_type(22).front()->body());
  for (const Record& secret : result.lists.at("secrets")) {
    const auto member = static_cast<std::uint32_t>(secret.numbers.at("member"));
    const Bytes& value = secret.bytes.at("secret");
    if (secret.numbers.at("kind") == 2) {
      add(mask_values(self_seed(value, round.cohort[member], round.rd), ring, length), true);
      continue;
    }
    for (const auto& [survivor, digest] : u2) {
      const Bytes seed = pair_seed(value, mask_end(round, member),
                                   mask_end(round, round.position_of(survivor)), round.rd);
      // The lower id added the mask, the higher subtracted it: the opposite removes it.
      add(mask_values(seed, ring, length), survivor < round.cohort[member]);
    }
  }
  const std::uint64_t ring_mask = (std::uint64_t{1} << ring) - 1;
  for (std::size_t i = 0; i < length; ++i) {
    sum[i] &= ring_mask;
    BOOST_TEST(sum[i] == (static_cast<std::uint64_t>(plain[i]) & ring_mask));
    BOOST_TEST(round.file.at("sum").at(i).as_int64() == plain[i]);
  }
  BOOST_TEST((packed(sum, ring) == bytes(round.file, "packed_sum")));
  BOOST_TEST((unpacked(packed(sum, ring), ring, length) == sum));
  BOOST_TEST((result.bytes.at("sum") == tree_root({leaf(bytes(round.file, "packed_sum"))})));
}

BOOST_AUTO_TEST_CASE(result_votes_and_transcript_are_chained) {
  const RecordedRound& round = dropout();
  const Record result = read_result(round.of_type(22).front()->body());
  BOOST_TEST(round.is_signed("result", round.rd, round.coordinator(), result.signed_body,
                             result.bytes.at("signature")));
  BOOST_TEST((result.bytes.at("H(U2)") == survivors_digest(survivors(round))));
  BOOST_TEST((labelled("transcript-result", joined(kNoRd, result.bytes.at("chained"))) ==
              result.bytes.at("transcript")));
  Members votes;
  std::map<Bytes, Bytes> bodies;  // of the votes, by sender
  for (const RecordedMessage* message : round.of_type(23)) {
    const Record vote = read_vote(message->body());
    BOOST_TEST((vote.bytes.at("result") == labelled("result", result.all)));
    BOOST_TEST(round.is_signed("vote", round.rd, vote.bytes.at("sender"), vote.signed_body,
                               vote.bytes.at("signature")));
    votes.emplace_back(vote.bytes.at("sender"), labelled("vote", vote.all));
    bodies[vote.bytes.at("sender")] = vote.all;
  }
  std::ranges::sort(votes);
  // The t answers that opened the sum are the first that came.
  Members answers;
  for (const RecordedMessage* message : round.of_type(21)) {
    if (answers.size() == round.descriptor.numbers.at("t")) break;
    const Record answer = read_unmask(message->body());
    const Bytes& sender = answer.bytes.at("sender");
    answers.emplace_back(
        sender,
        labelled("unmask",
                 joined(sender, round.rd, answer.bytes.at("H(U1)"), answer.bytes.at("H(U2)"),
                        labelled("revealed-shares", answer.bytes.at("share_list")),
                        answer.bytes.at("signature"))));
  }
  std::ranges::sort(answers);
  const Record certificate = read_certificate(round.of_type(20).front()->body());
  BOOST_TEST((labelled("transcript-closed",
                       joined(result.bytes.at("transcript"), labelled("result", result.all),
                              labelled("certificate", certificate.all), member_list(answers),
                              member_list(votes))) == bytes(round.file, "transcript")));
  // The same as a shop is sent it that follows the chain.
  Bytes expected = joined(one_end(round), le32_and(round.of_type(22).front()->frame),
                          labelled("certificate", certificate.all), member_list(answers),
                          le32(static_cast<std::uint32_t>(bodies.size())));
  for (const auto& [sender, body] : bodies) append(expected, body);
  BOOST_TEST((sent_ends(round) == expected));
}

BOOST_AUTO_TEST_CASE(an_abandon_certificate_holds_q_signatures) {
  const RecordedRound& round = abandoned();
  BOOST_TEST(round.of_type(22).empty());
  BOOST_TEST(round.of_type(21).empty());
  const Record first = read_aborted(round.of_type(25).front()->body());
  BOOST_TEST(!first.lists.contains("certificate"));
  const Record last = read_aborted(round.of_type(25).back()->body());
  BOOST_TEST((last.bytes.at("rd") == round.rd));
  BOOST_TEST(last.numbers.at("reason") == 8U);
  BOOST_TEST(round.is_signed("aborted", round.rd, round.coordinator(), last.signed_body,
                             last.bytes.at("signature")));
  std::set<Bytes> signers;
  for (const Record& abandon : last.lists.at("certificate")) {
    const Bytes& sender = abandon.bytes.at("sender");
    BOOST_TEST((abandon.bytes.at("rd") == round.rd));
    BOOST_TEST(round.is_signed("abandoned", round.rd, sender, abandon.signed_body,
                               abandon.bytes.at("signature")));
    BOOST_TEST(round.position_of(sender) < 6U);
    signers.insert(sender);
  }
  BOOST_TEST(signers.size() == round.descriptor.numbers.at("q"));
  const Bytes chained = sha(joined(kNoRd, labelled("aborted", last.all)));
  BOOST_TEST((labelled("transcript-aborted", chained) == bytes(round.file, "transcript")));
  BOOST_TEST((sent_ends(round) == joined(one_end(round),
                                         le32_and(round.of_type(25).back()->frame), kNoRd, le32(0),
                                         le32(0))));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::vectors
