#include "protocol/intake.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>

#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"
#include "round_setup.hpp"

using namespace guildsum;
using namespace guildsum::protocol;
using namespace guildsum::protocol::test;

namespace {

constexpr std::uint32_t kShop = 1;

struct Setup {
  RoundSetup round;

  [[nodiscard]] const crypto::Signer& signer() const { return round.shops[kShop].signer; }
  [[nodiscard]] CheckIn check_in() const { return round.description.check_ins[kShop]; }
  Result<> check(CheckIn message, bool resign = true) const {
    if (resign) sign(message, round.federation, signer());
    return check_check_in(message, round.open_round(), round.roster);
  }
  Result<> check(ShareKeys message, bool resign = true) const {
    if (resign) sign(message, round.federation, signer());
    return check_share_keys(message, round.view);
  }
  Result<> check(MaskedInputUpload upload, bool resign = true) const {
    if (resign) sign(upload.header, round.federation, signer());
    return check_masked_input(upload, round.view, round.sharers);
  }
  Result<> check(Unmask message, const Survivors& u2, bool resign = true) const {
    if (resign) sign(message, round.federation, signer());
    return check_unmask(message, round.view, round.sharers, u2, round.commitments());
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(intake_test)

BOOST_AUTO_TEST_CASE(check_ins_are_of_members_for_this_attempt) {
  const Setup setup;
  GS_REQUIRE_OK(setup.check(setup.check_in()));
  const auto refused = [&](ProtocolErrc code, const std::function<void(CheckIn&)>& change) {
    CheckIn message = setup.check_in();
    change(message);
    GS_CHECK_REFUSED(setup.check(message), code);
  };
  using P = ProtocolErrc;
  refused(P::wrong_federation, [](auto& m) { m.federation = sample<FederationId>(9); });
  refused(P::wrong_round, [](auto& m) { m.round = m.round.next(); });
  refused(P::wrong_round, [](auto& m) { m.attempt = m.attempt.next(); });
  refused(P::wrong_round, [](auto& m) { m.epoch = m.epoch.next(); });
  refused(P::digest_mismatch, [](auto& m) { m.roster_head = {}; });
  refused(P::unknown_sender, [](auto& m) { m.sender = sample<ParticipantId>(9); });
  refused(P::duplicate, [](auto& m) { m.share_key = m.mask_key; });
  GS_CHECK_REFUSED(setup.check(
                       [&] {
                         CheckIn message = setup.check_in();
                         message.counter += 1;
                         return message;
                       }(),
                       false),
                   P::bad_signature);
}

BOOST_AUTO_TEST_CASE(exchange_keys_of_small_order_or_beyond_the_field_are_refused) {
  const Setup setup;
  std::vector<std::array<std::byte, 32>> bad(4);
  bad[1][0] = std::byte{1};      // u = 1, of order 4.
  bad[2].fill(std::byte{0xFF});  // 2^255 - 1 and the sign bit.
  bad[3].fill(std::byte{0xFF});
  bad[3][0] = std::byte{0xED};  // p, which is 0 once reduced.
  bad[3][31] = std::byte{0x7F};
  for (const auto& bytes : bad) {
    CheckIn mask = setup.check_in();
    mask.mask_key = crypto::X25519PublicKey{bytes};
    GS_CHECK_REFUSED(setup.check(mask), ProtocolErrc::malformed);
    CheckIn share = setup.check_in();
    share.share_key = crypto::X25519PublicKey{bytes};
    GS_CHECK_REFUSED(setup.check(share), ProtocolErrc::malformed);
  }
}

BOOST_AUTO_TEST_CASE(share_messages_hold_one_share_for_every_other_member_in_order) {
  const Setup setup;
  const ShareKeys honest = setup.round.share_keys[kShop];
  GS_REQUIRE_OK(setup.check(honest));
  const auto refused = [&](ProtocolErrc code, const std::function<void(ShareKeys&)>& change) {
    ShareKeys message = honest;
    change(message);
    GS_CHECK_REFUSED(setup.check(message), code);
  };
  using P = ProtocolErrc;
  refused(P::wrong_round, [](auto& m) { m.rd = {}; });
  refused(P::not_a_member, [](auto& m) { m.sender = sample<ParticipantId>(9); });
  refused(P::malformed, [](auto& m) { m.shares.pop_back(); });
  refused(P::malformed, [](auto& m) { m.commitments.pop_back(); });
  refused(P::malformed, [](auto& m) { std::swap(m.shares[0], m.shares[1]); });
  refused(P::malformed, [](auto& m) { m.shares[1] = m.shares[0]; });
  refused(P::malformed, [](auto& m) { m.shares[0].holder = CohortPosition{kShop}; });
  refused(P::malformed, [](auto& m) { m.shares[0].ciphertext.pop_back(); });
  refused(P::malformed, [](auto& m) { m.shares[0].ciphertext.push_back(std::byte{0}); });
  ShareKeys changed = honest;
  changed.shares[0].ciphertext[0] ^= std::byte{1};
  GS_CHECK_REFUSED(setup.check(changed, false), P::bad_signature);
}

BOOST_AUTO_TEST_CASE(complaints_are_about_another_member) {
  const Setup setup;
  const auto check = [&](Complaint message) {
    sign(message, setup.round.federation, setup.signer());
    return check_complaint(message, setup.round.view);
  };
  const Complaint honest = setup.round.complaint(kShop, 3);
  GS_REQUIRE_OK(check(honest));
  Complaint own = honest;
  own.dealer = own.sender;
  GS_CHECK_REFUSED(check(own), ProtocolErrc::malformed);
  Complaint foreign = honest;
  foreign.dealer = sample<ParticipantId>(9);
  GS_CHECK_REFUSED(check(foreign), ProtocolErrc::not_a_member);
  Complaint other = honest;
  other.rd = {};
  GS_CHECK_REFUSED(check(other), ProtocolErrc::wrong_round);
  Complaint changed = honest;
  changed.dealer = setup.round.shops[4].id();
  GS_CHECK_REFUSED(check_complaint(changed, setup.round.view), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(chunks_cover_the_vector_without_gaps) {
  RoundDescriptor descriptor;
  descriptor.codec.ring_bits = 24;
  descriptor.codec.chunk_values = 64;
  for (const std::uint64_t length : {1U, 63U, 64U, 65U, 640U, 1000U}) {
    descriptor.codec.vector_length = length;
    std::uint64_t values = 0;
    for (std::uint32_t i = 0; i < chunk_count(descriptor); ++i) {
      BOOST_TEST(chunk_bytes(descriptor, i) > 0U);
      values += std::min<std::uint64_t>(64, length - std::uint64_t{i} * 64);
    }
    BOOST_TEST(values == length);
    BOOST_TEST(chunk_bytes(descriptor, chunk_count(descriptor)) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(descriptors_that_no_check_passed_yet_give_no_chunks_and_no_crash) {
  RoundDescriptor descriptor;
  descriptor.codec.vector_length = 100;
  descriptor.codec.chunk_values = 0;
  BOOST_TEST(chunk_count(descriptor) == 0U);
  BOOST_TEST(chunk_bytes(descriptor, 0) == 0U);
  descriptor.codec.chunk_values = 64;
  descriptor.codec.ring_bits = 99;
  BOOST_TEST(chunk_bytes(descriptor, 0) == 0U);
  descriptor.codec.vector_length = kVectorLengthMax;
  descriptor.codec.chunk_values = 1;
  BOOST_TEST(chunk_count(descriptor) == kVectorLengthMax);
}

BOOST_AUTO_TEST_CASE(headers_belong_to_u1_and_to_their_leaf_hashes) {
  const Setup setup;
  const MaskedInputUpload honest = setup.round.uploads[kShop];
  GS_REQUIRE_OK(setup.check(honest));
  const auto refused = [&](ProtocolErrc code,
                           const std::function<void(MaskedInputUpload&)>& change) {
    MaskedInputUpload upload = honest;
    change(upload);
    GS_CHECK_REFUSED(setup.check(upload), code);
  };
  using P = ProtocolErrc;
  refused(P::wrong_round, [](auto& u) { u.header.rd = {}; });
  refused(P::not_a_member, [](auto& u) { u.header.sender = sample<ParticipantId>(9); });
  refused(P::digest_mismatch, [](auto& u) { u.header.sharers = {}; });
  refused(P::chunk_mismatch, [](auto& u) { u.header.chunk_count += 1; });
  refused(P::chunk_mismatch, [](auto& u) { u.chunk_digests.pop_back(); });
  refused(P::chunk_mismatch, [](auto& u) { u.chunk_digests[0] = {}; });
  refused(P::chunk_mismatch, [](auto& u) { u.header.chunk_root = {}; });
  MaskedInputUpload unsigned_one = honest;
  unsigned_one.header.signature = {};
  GS_CHECK_REFUSED(setup.check(unsigned_one, false), P::bad_signature);
  // A member of the cohort that is not in U1.
  const auto without = std::span{setup.round.sharers}.subspan(2);
  GS_CHECK_REFUSED(check_masked_input(honest, setup.round.view, without), P::not_a_member);
}

BOOST_AUTO_TEST_CASE(a_chunk_has_its_index_size_and_hash) {
  const Setup setup;
  const auto& descriptor = setup.round.description.descriptor;
  const auto& digests = setup.round.uploads[kShop].chunk_digests;
  const Bytes input = setup.round.chunk(kShop);
  const ByteView first = ByteView{input}.first(chunk_bytes(descriptor, 0));
  GS_REQUIRE_OK(check_chunk(0, first, digests, descriptor));
  for (const std::uint32_t index : {1U, 2U, 4'000'000'000U}) {
    GS_CHECK_REFUSED(check_chunk(index, first, digests, descriptor), ProtocolErrc::chunk_mismatch);
  }
  GS_CHECK_REFUSED(check_chunk(0, first.first(first.size() - 1), digests, descriptor),
                   ProtocolErrc::chunk_mismatch);
  Bytes changed{first.begin(), first.end()};
  changed.back() ^= std::byte{1};
  GS_CHECK_REFUSED(check_chunk(0, changed, digests, descriptor), ProtocolErrc::chunk_mismatch);
  GS_CHECK_REFUSED(check_chunk(0, first, {}, descriptor), ProtocolErrc::chunk_mismatch);
}

BOOST_AUTO_TEST_CASE(survivor_signatures_are_over_exactly_this_u2) {
  const Setup setup;
  const Survivors u2 = setup.round.survivors(5);
  const Digest u1 = sharers_digest(setup.round.sharers);
  const auto check = [&](const SurvivorSignature& message) {
    return check_survivor_signature(message, setup.round.view, u1, u2);
  };
  GS_REQUIRE_OK(check(setup.round.survivor_signature(kShop, u2)));
  GS_CHECK_REFUSED(check(setup.round.survivor_signature(5, u2)), ProtocolErrc::not_a_member);
  GS_CHECK_REFUSED(check(setup.round.survivor_signature(kShop, setup.round.survivors(6))),
                   ProtocolErrc::certificate_mismatch);
  auto count = setup.round.survivor_signature(kShop, u2);
  count.survivor_count += 1;
  sign(count, setup.round.federation, setup.signer());
  GS_CHECK_REFUSED(check(count), ProtocolErrc::certificate_mismatch);
  auto unsigned_one = setup.round.survivor_signature(kShop, u2);
  unsigned_one.signature = {};
  GS_CHECK_REFUSED(check(unsigned_one), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(unmasking_answers_open_the_due_commitments) {
  const Setup setup;
  const Survivors u2 = setup.round.survivors(5);
  const Unmask honest = setup.round.unmask(kShop, u2);
  GS_REQUIRE_OK(setup.check(honest, u2));
  const auto refused = [&](ProtocolErrc code, const std::function<void(Unmask&)>& change) {
    Unmask message = honest;
    change(message);
    GS_CHECK_REFUSED(setup.check(message, u2), code);
  };
  using P = ProtocolErrc;
  refused(P::wrong_round, [](auto& m) { m.rd = {}; });
  refused(P::not_a_member, [](auto& m) { m.sender = sample<ParticipantId>(9); });
  refused(P::certificate_mismatch, [](auto& m) { m.survivors = {}; });
  refused(P::certificate_mismatch, [](auto& m) { m.sharers = {}; });
  refused(P::malformed, [](auto& m) { m.shares.pop_back(); });
  refused(P::malformed, [](auto& m) { std::swap(m.shares[0], m.shares[1]); });
  refused(P::bad_share, [](auto& m) { m.shares[2].salt[0] ^= std::byte{1}; });
  refused(P::bad_share, [](auto& m) { m.shares[2].share = m.shares[3].share; });
  // Never both kinds of one dealer: the dropout's self seed is not due.
  refused(P::malformed, [](auto& m) { m.shares[5].kind = ShareKind::self_seed; });
  Unmask unsigned_one = honest;
  unsigned_one.signature = {};
  GS_CHECK_REFUSED(setup.check(unsigned_one, u2, false), P::bad_signature);
}

BOOST_AUTO_TEST_CASE(a_vote_is_about_this_result_and_a_refusal_has_a_reason) {
  const Setup setup;
  const RoundResult result = setup.round.result(setup.round.survivors(6));
  const auto check = [&](Vote vote) {
    sign(vote, setup.round.federation, setup.signer());
    return check_vote(vote, setup.round.view, message_digest(result));
  };
  Vote vote = setup.round.vote(kShop, result);
  GS_REQUIRE_OK(check(vote));
  vote.accept = false;
  GS_CHECK_REFUSED(check(vote), ProtocolErrc::malformed);
  vote.reason = VoteReason::sum_not_as_addressed;
  GS_REQUIRE_OK(check(vote));
  vote.accept = true;
  GS_CHECK_REFUSED(check(vote), ProtocolErrc::malformed);
  vote = setup.round.vote(kShop, result);
  vote.result = {};
  GS_CHECK_REFUSED(check(vote), ProtocolErrc::digest_mismatch);
  vote = setup.round.vote(kShop, result);
  vote.signature = {};
  GS_CHECK_REFUSED(check_vote(vote, setup.round.view, message_digest(result)),
                   ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(abandoning_is_signed_by_a_cohort_member) {
  const Setup setup;
  Abandon abandon = setup.round.abandon(kShop);
  GS_REQUIRE_OK(check_abandon(abandon, setup.round.view));
  abandon.sender = setup.round.shops[2].id();
  GS_CHECK_REFUSED(check_abandon(abandon, setup.round.view), ProtocolErrc::bad_signature);
  abandon.sender = sample<ParticipantId>(9);
  GS_CHECK_REFUSED(check_abandon(abandon, setup.round.view), ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_SUITE_END()
