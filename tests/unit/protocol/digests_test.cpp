#include "protocol/digests.hpp"

#include <algorithm>
#include <functional>

#include <boost/test/unit_test.hpp>

#include "message_samples.hpp"

namespace guildsum::protocol {
namespace {

using test::sample;
using test::sample_message;
using test::sample_round;

Bytes concatenated(std::initializer_list<ByteView> parts) {
  Bytes bytes;
  for (const ByteView part : parts) append(bytes, part);
  return bytes;
}

template <class Integer>
Bytes le(Integer value) {
  Bytes bytes(sizeof(Integer));
  store_le(value, bytes);
  return bytes;
}

/// L(label, x) of docs/protocol.md section 3.
Digest labelled(std::string_view label, ByteView content) {
  return crypto::sha256(concatenated({as_bytes(label), le(std::uint8_t{0}), content}));
}

/// The body of a message's frame.
template <class Message>
Bytes body_of(const Message& message) {
  const Bytes frame = encode(message);
  return {frame.begin() + kFrameHeaderBytes, frame.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digests_test)

BOOST_AUTO_TEST_CASE(lists_are_hashed_under_their_own_label_with_their_count) {
  const std::vector<MemberDigest> list{{sample<ParticipantId>(1), sample<Digest>(2)},
                                       {sample<ParticipantId>(3), sample<Digest>(4)}};
  const Bytes canonical =
      concatenated({le(std::uint32_t{2}), list[0].member.view(), list[0].message.view(),
                    list[1].member.view(), list[1].message.view()});
  BOOST_TEST(sharers_digest(list).hex() ==
             crypto::sha256(concatenated({as_bytes("U1"), canonical})).hex());
  BOOST_TEST(survivors_digest(list).hex() ==
             crypto::sha256(concatenated({as_bytes("U2"), canonical})).hex());
  BOOST_TEST(sharers_digest({}).hex() != survivors_digest({}).hex());
}

BOOST_AUTO_TEST_CASE(messages_are_hashed_with_their_signature_under_a_label) {
  const auto header = sample_message<MaskedInput>();
  BOOST_TEST(message_digest(header).hex() == labelled("masked-input", body_of(header)).hex());
  const auto check_in = sample_message<CheckIn>();
  BOOST_TEST(message_digest(check_in).hex() == labelled("check-in", body_of(check_in)).hex());
  const auto certificate = sample_message<SurvivorCertificate>();
  BOOST_TEST(message_digest(certificate).hex() ==
             labelled("certificate", body_of(certificate)).hex());
  const auto result = sample_message<RoundResult>();
  BOOST_TEST(message_digest(result).hex() == labelled("result", body_of(result)).hex());
  const auto vote = sample_message<Vote>();
  BOOST_TEST(message_digest(vote).hex() == labelled("vote", body_of(vote)).hex());
  const auto aborted = sample_message<RoundAborted>();
  BOOST_TEST(message_digest(aborted).hex() == labelled("aborted", body_of(aborted)).hex());
}

BOOST_AUTO_TEST_CASE(check_ins_are_hashed_as_a_list) {
  const auto& check_ins = sample_round().description.check_ins;
  Bytes list = le(static_cast<std::uint32_t>(check_ins.size()));
  for (const CheckIn& check_in : check_ins) append(list, body_of(check_in));
  BOOST_TEST(check_ins_digest(check_ins).hex() == labelled("check-ins", list).hex());
  BOOST_TEST(check_ins_digest(std::span{check_ins}.first(5)).hex() !=
             check_ins_digest(check_ins).hex());
}

BOOST_AUTO_TEST_CASE(a_share_message_has_one_digest_in_both_of_its_forms) {
  const auto& round = sample_round();
  for (std::uint32_t holder = 0; holder < round.size(); ++holder) {
    const ShareDelivery delivery = round.delivery(holder);
    for (std::uint32_t dealer = 0; dealer < round.size(); ++dealer) {
      const Digest whole = message_digest(round.share_keys[dealer]);
      const Digest delivered =
          message_digest(delivery.shares[dealer], delivery.rd, round.shops[dealer].id());
      BOOST_TEST(whole.hex() == delivered.hex());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_share_messages_digest_covers_sender_round_lists_and_signature) {
  const ShareKeys original = sample_message<ShareKeys>();
  const std::function<void(ShareKeys&)> changes[] = {
      [](ShareKeys& m) { m.sender = sample<ParticipantId>(9); },
      [](ShareKeys& m) { m.rd = sample<RoundDigest>(9); },
      [](ShareKeys& m) { m.shares[0].ciphertext[0] ^= std::byte{1}; },
      [](ShareKeys& m) { m.shares.pop_back(); },
      [](ShareKeys& m) { m.commitments[0].mask_key_share = sample<Digest>(9); },
      [](ShareKeys& m) { m.commitments[5].self_seed_share = sample<Digest>(9); },
      [](ShareKeys& m) { m.signature = sample<Signature>(9); }};
  for (const auto& change : changes) {
    ShareKeys changed = original;
    change(changed);
    BOOST_TEST(message_digest(changed).hex() != message_digest(original).hex());
  }
}

BOOST_AUTO_TEST_CASE(member_lists_are_in_cohort_order_whatever_the_order_of_arrival) {
  const auto& round = sample_round();
  std::vector<ShareKeys> arrived = round.share_keys;
  std::ranges::reverse(arrived);
  const auto list = sharers_list(arrived);
  BOOST_TEST((list == round.sharers));
  BOOST_TEST(std::ranges::is_sorted(list, {}, &MemberDigest::member));

  std::vector<MaskedInput> headers = round.proposal(5).headers;
  std::ranges::rotate(headers, headers.begin() + 2);
  BOOST_TEST((survivors_list(headers) == round.survivors(5).members));
}

BOOST_AUTO_TEST_CASE(a_commitment_is_over_round_route_kind_salt_and_limbs) {
  const auto rd = sample<RoundDigest>(1);
  const auto salt = sample<Digest>(2);
  const crypto::Share share = sample_round().dealt[0][1].mask_key.duplicate();
  const auto limbs = share.encode();
  const Bytes bytes =
      concatenated({as_bytes("share"), rd.view(), le(std::uint32_t{3}), le(std::uint32_t{258}),
                    le(std::uint8_t{2}), salt.view(), ByteView{limbs}});
  BOOST_TEST(share_commitment(rd, CohortPosition{3}, CohortPosition{258}, ShareKind::self_seed,
                              salt.view(), share.expose())
                 .hex() == crypto::sha256(bytes).hex());
}

BOOST_AUTO_TEST_CASE(an_unmask_digest_stays_computable_from_the_digest_of_its_shares) {
  const Unmask message = sample_message<Unmask>();
  Bytes list = le(static_cast<std::uint32_t>(message.shares.size()));
  for (const RevealedShare& share : message.shares) {
    std::array<std::byte, crypto::kShareBytes> limbs{};
    crypto::encode_share(share.share.get(), limbs);
    list = concatenated({list, le(share.dealer.value()), le(static_cast<std::uint8_t>(share.kind)),
                         ByteView{limbs}, ByteView{share.salt}});
  }
  const Digest shares = labelled("revealed-shares", list);
  BOOST_TEST(revealed_shares_digest(message.shares).hex() == shares.hex());
  const Bytes covered =
      concatenated({message.sender.view(), message.rd.view(), message.sharers.view(),
                    message.survivors.view(), shares.view(), message.signature.view()});
  BOOST_TEST(message_digest(message).hex() == labelled("unmask", covered).hex());
}

BOOST_AUTO_TEST_CASE(the_transcript_of_a_result_covers_every_field_but_itself_and_the_signature) {
  const RoundResult original = sample_message<RoundResult>();
  const auto previous = sample<Digest>(1);
  const auto chain = [&](const RoundResult& result) {
    return result_transcript(previous, result).hex();
  };
  const std::function<void(RoundResult&)> changes[] = {
      [](RoundResult& r) { r.rd = sample<RoundDigest>(9); },
      [](RoundResult& r) { r.sharers = sample<Digest>(9); },
      [](RoundResult& r) { r.survivors = sample<Digest>(9); },
      [](RoundResult& r) { r.survivor_count += 1; },
      [](RoundResult& r) { r.sum = sample<BlobId>(9); },
      [](RoundResult& r) { r.model_root = sample<BlobId>(9); },
      [](RoundResult& r) { r.model_version = r.model_version.next(); },
      [](RoundResult& r) { r.secrets[2].secret[0] ^= std::byte{1}; },
      [](RoundResult& r) { r.secrets.pop_back(); }};
  for (const auto& change : changes) {
    RoundResult changed = original;
    change(changed);
    BOOST_TEST(chain(changed) != chain(original));
  }
  BOOST_TEST(result_transcript(sample<Digest>(2), original).hex() != chain(original));
  RoundResult same = original;
  same.transcript = sample<Digest>(9);
  same.coordinator_signature = sample<Signature>(9);
  BOOST_TEST(chain(same) == chain(original));
}

BOOST_AUTO_TEST_CASE(the_chain_goes_on_with_certificate_answers_and_votes) {
  const RoundResult result = sample_message<RoundResult>();
  const auto certificate = sample<Digest>(1);
  const std::vector<MemberDigest> answers{{sample<ParticipantId>(2), sample<Digest>(3)}};
  const std::vector<MemberDigest> votes{{sample<ParticipantId>(4), sample<Digest>(5)}};
  const auto closed = closed_transcript(result, certificate, answers, votes);
  const Bytes covered =
      concatenated({result.transcript.view(), message_digest(result).view(), certificate.view(),
                    le(std::uint32_t{1}), answers[0].member.view(), answers[0].message.view(),
                    le(std::uint32_t{1}), votes[0].member.view(), votes[0].message.view()});
  BOOST_TEST(closed.hex() == labelled("transcript-closed", covered).hex());
  BOOST_TEST(closed_transcript(result, certificate, votes, answers).hex() != closed.hex());
  BOOST_TEST(closed_transcript(result, certificate, answers, {}).hex() != closed.hex());
}

BOOST_AUTO_TEST_CASE(the_chain_goes_on_after_an_abort) {
  const RoundAborted aborted = sample_message<RoundAborted>();
  const auto previous = sample<Digest>(1);
  const Digest inner =
      crypto::sha256(concatenated({previous.view(), message_digest(aborted).view()}));
  BOOST_TEST(aborted_transcript(previous, aborted).hex() ==
             labelled("transcript-aborted", inner.view()).hex());
}

BOOST_AUTO_TEST_CASE(contents_and_ciphertexts_are_plain_sha256) {
  const Bytes content = to_bytes("abc");
  const std::string expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  BOOST_TEST(content_digest(content).hex() == expected);
  BOOST_TEST(ciphertext_digest(content).hex() == expected);
}

BOOST_AUTO_TEST_CASE(a_request_is_the_same_whoever_takes_part_and_however_often) {
  const RoundDescriptor first = sample_round().view.descriptor;
  const auto same = [&](const std::function<void(RoundDescriptor&)>& change) {
    RoundDescriptor other = first;
    change(other);
    BOOST_TEST(round_digest(other).hex() != round_digest(first).hex());
    return request_digest(other) == request_digest(first);
  };
  BOOST_TEST(same([](auto& d) { d.attempt = d.attempt.next(); }));
  BOOST_TEST(same([](auto& d) { d.round = d.round.next(); }));
  BOOST_TEST(same([](auto& d) { d.check_ins = sample<Digest>(1); }));
  BOOST_TEST(same([](auto& d) { d.roster_head = sample<Digest>(1); }));
  BOOST_TEST(same([](auto& d) { d.previous_transcript = sample<Digest>(1); }));
  BOOST_TEST(same([](auto& d) { d.n = d.k = d.c = d.t = d.q = d.s_min = 1; }));
  BOOST_TEST(same([](auto& d) { d.deadlines.vote *= 2; }));
  BOOST_TEST(!same([](auto& d) { d.epoch = d.epoch.next(); }));
  BOOST_TEST(!same([](auto& d) { d.state.model_root = sample<BlobId>(1); }));
  BOOST_TEST(!same([](auto& d) { d.state.public_inputs = sample<BlobId>(1); }));
  BOOST_TEST(!same([](auto& d) { ++d.state.step_number; }));
  BOOST_TEST(!same([](auto& d) { d.training_plan = sample<Digest>(1); }));
  BOOST_TEST(!same([](auto& d) { ++d.codec.ring_bits; }));
  BOOST_TEST(!same([](auto& d) { d.codec.layout = sample<Digest>(1); }));
  BOOST_TEST(!same([](auto& d) { ++d.privacy.noise_variance_micro; }));
  BOOST_TEST(!same([](auto& d) { d.vocabulary_key = sample<Digest>(1); }));
  BOOST_TEST(!same([](auto& d) { d.vocabulary = sample<Digest>(1); }));
  BOOST_TEST(!same([](auto& d) { d.purpose = sample<Digest>(1); }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
