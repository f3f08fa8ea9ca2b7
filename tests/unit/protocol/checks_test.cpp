#include "protocol/checks.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>

#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "round_setup.hpp"

using namespace guildsum;
using namespace guildsum::protocol;
using namespace guildsum::protocol::test;

namespace {

constexpr std::uint32_t kSelf = 2;

struct Setup {
  RoundSetup round;

  [[nodiscard]] ParticipantId self() const { return round.shops[kSelf].id(); }
  [[nodiscard]] Result<> delivery(const ShareDelivery& delivery) const {
    return check_share_delivery(delivery, round.view, self(),
                                message_digest(round.share_keys[kSelf]));
  }
  [[nodiscard]] Result<Survivors> proposal(const SurvivorProposal& proposal,
                                           DescriptionPolicy policy = {}) const {
    return check_survivor_proposal(proposal, round.view, round.sharers, round.uploads[kSelf].header,
                                   policy);
  }
  [[nodiscard]] Result<> result(const RoundResult& result, std::uint32_t survivors = 6) const {
    return check_round_result(result, round.view, round.coordinator.verify_key(), round.sharers,
                              round.survivors(survivors));
  }
  /// The result with a change that the coordinator signs, transcript included.
  [[nodiscard]] Result<> changed(const std::function<void(RoundResult&)>& change,
                                 std::uint32_t survivors = 6) const {
    RoundResult altered = round.result(round.survivors(survivors));
    change(altered);
    altered.transcript =
        result_transcript(round.description.descriptor.previous_transcript, altered);
    sign(altered, round.federation, round.coordinator);
    return result(altered, survivors);
  }
  [[nodiscard]] Result<> certificate(const SurvivorCertificate& certificate,
                                     const Survivors& u2) const {
    return check_certificate(certificate, round.view, sharers_digest(round.sharers), u2);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checks_test)

BOOST_AUTO_TEST_CASE(an_honest_delivery_is_frozen) {
  const Setup setup;
  GS_REQUIRE_OK(setup.delivery(setup.round.delivery(kSelf)));
}

BOOST_AUTO_TEST_CASE(a_delivery_for_another_holder_is_refused) {
  const Setup setup;
  BOOST_TEST(setup.delivery(setup.round.delivery(kSelf + 1)).has_error());
}

BOOST_AUTO_TEST_CASE(every_change_of_a_delivery_is_noticed) {
  const Setup setup;
  const auto refused = [&](ProtocolErrc code, const std::function<void(ShareDelivery&)>& change) {
    ShareDelivery delivery = setup.round.delivery(kSelf);
    change(delivery);
    GS_CHECK_REFUSED(setup.delivery(delivery), code);
  };
  using P = ProtocolErrc;
  refused(P::wrong_round, [](auto& d) { d.rd = {}; });
  refused(P::digest_mismatch, [](auto& d) { d.sharers[kSelf].message = {}; });
  refused(P::digest_mismatch, [](auto& d) { d.sharers[4].message = {}; });
  refused(P::digest_mismatch, [](auto& d) { d.shares[1].ciphertext[0] ^= std::byte{1}; });
  refused(P::digest_mismatch, [](auto& d) { d.shares[1].ciphertext_digests[0] = {}; });
  refused(P::digest_mismatch,
          [](auto& d) { d.shares[1].commitments[0].mask_key_share = sample<Digest>(3); });
  refused(P::malformed, [](auto& d) { d.shares.pop_back(); });
  refused(P::malformed, [](auto& d) { std::swap(d.shares[0], d.shares[1]); });
  refused(P::malformed, [](auto& d) { d.shares[1].commitments.pop_back(); });
  refused(P::malformed, [](auto& d) { d.shares[kSelf].ciphertext = sample_bytes(1, 10); });
  refused(P::not_a_member, [](auto& d) { d.sharers[1].member = sample<ParticipantId>(5); });
}

BOOST_AUTO_TEST_CASE(a_dealer_that_did_not_sign_its_message_is_refused) {
  const Setup setup;
  ShareDelivery delivery = setup.round.delivery(kSelf);
  delivery.shares[3].signature = {};
  BOOST_TEST(setup.delivery(delivery).has_error());
}

BOOST_AUTO_TEST_CASE(a_u1_without_this_shop_is_refused) {
  const Setup setup;
  ShareDelivery delivery = setup.round.delivery(kSelf);
  delivery.sharers.erase(delivery.sharers.begin() + kSelf);
  delivery.shares.erase(delivery.shares.begin() + kSelf);
  GS_CHECK_REFUSED(setup.delivery(delivery), ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(an_honest_proposal_is_signed) {
  const Setup setup;
  const auto survivors = setup.proposal(setup.round.proposal(5));
  GS_REQUIRE_OK(survivors);
  BOOST_TEST(survivors->count() == 5U);
  BOOST_TEST((survivors->digest == setup.round.survivors(5).digest));
  BOOST_TEST(survivors->contains(setup.round.shops[4].id()));
  BOOST_TEST(!survivors->contains(setup.round.shops[5].id()));
}

BOOST_AUTO_TEST_CASE(a_member_outside_u2_reads_it_and_does_not_sign) {
  const Setup setup;
  const auto proposal = setup.round.proposal(5);
  BOOST_TEST(read_survivors(proposal, setup.round.view, setup.round.sharers).has_value());
  GS_CHECK_REFUSED(check_survivor_proposal(proposal, setup.round.view, setup.round.sharers,
                                           setup.round.uploads[5].header, {}),
                   ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(proposals_that_differ_from_what_this_shop_knows_are_refused) {
  const Setup setup;
  using P = ProtocolErrc;
  const auto refused = [&](P code, const std::function<void(SurvivorProposal&)>& change) {
    SurvivorProposal proposal = setup.round.proposal(6);
    change(proposal);
    GS_CHECK_REFUSED(setup.proposal(proposal), code);
  };
  const auto resign = [&](SurvivorProposal& p, std::uint32_t shop) {
    sign(p.headers[shop], setup.round.federation, setup.round.shops[shop].signer);
  };
  refused(P::wrong_round, [](auto& p) { p.rd = sample<RoundDigest>(9); });
  refused(P::digest_mismatch, [](auto& p) { p.sharers[0].message = {}; });
  refused(P::digest_mismatch, [](auto& p) { p.sharers.pop_back(); });
  refused(P::too_few, [](auto& p) { p.headers.resize(4); });
  refused(P::duplicate, [](auto& p) { p.headers[1] = p.headers[0]; });
  refused(P::malformed, [](auto& p) { std::swap(p.headers[0], p.headers[1]); });
  refused(P::bad_signature, [](auto& p) { p.headers[4].signature = {}; });
  refused(P::chunk_mismatch, [&](auto& p) {
    p.headers[4].chunk_count += 1;
    resign(p, 4);
  });
  refused(P::digest_mismatch, [&](auto& p) {
    p.headers[4].sharers = sample<Digest>(3);
    resign(p, 4);
  });
  refused(P::wrong_round, [&](auto& p) {
    p.headers[4].rd = sample<RoundDigest>(3);
    resign(p, 4);
  });
  // Another input under this shop's name, signed with its key: still not what it sent.
  refused(P::digest_mismatch, [&](auto& p) {
    p.headers[kSelf].chunk_root = sample<BlobId>(3);
    resign(p, kSelf);
  });
}

BOOST_AUTO_TEST_CASE(pinned_identities_must_survive) {
  const Setup setup;
  DescriptionPolicy policy;
  policy.trusted = {setup.round.shops[0].id(), setup.round.shops[5].id()};
  policy.trusted_min = 2;
  GS_REQUIRE_OK(setup.proposal(setup.round.proposal(6), policy));
  GS_CHECK_REFUSED(setup.proposal(setup.round.proposal(5), policy), ProtocolErrc::trusted_missing);
}

BOOST_AUTO_TEST_CASE(a_certificate_needs_q_distinct_members_of_u2) {
  const Setup setup;
  const Survivors u2 = setup.round.survivors(5);
  const SurvivorCertificate good = setup.round.certificate(u2);
  GS_REQUIRE_OK(setup.certificate(good, u2));
  auto fewer = good;
  fewer.signatures.pop_back();
  GS_CHECK_REFUSED(setup.certificate(fewer, u2), ProtocolErrc::below_threshold);
  auto repeated = good;
  repeated.signatures.back() = repeated.signatures.front();
  GS_CHECK_REFUSED(setup.certificate(repeated, u2), ProtocolErrc::duplicate);
  auto outside = good;
  outside.signatures.push_back(setup.round.survivor_signature(5, u2));
  GS_CHECK_REFUSED(setup.certificate(outside, u2), ProtocolErrc::not_a_member);
  auto unsigned_one = good;
  unsigned_one.signatures[1].signature = {};
  GS_CHECK_REFUSED(setup.certificate(unsigned_one, u2), ProtocolErrc::bad_signature);
  auto other_round = good;
  other_round.rd = {};
  GS_CHECK_REFUSED(setup.certificate(other_round, u2), ProtocolErrc::wrong_round);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_u2_is_refused) {
  const Setup setup;
  GS_CHECK_REFUSED(setup.certificate(setup.round.certificate(setup.round.survivors(6)),
                                     setup.round.survivors(5)),
                   ProtocolErrc::certificate_mismatch);
}

BOOST_AUTO_TEST_CASE(abandoning_needs_q_distinct_cohort_members) {
  const Setup setup;
  auto certificate = setup.round.abandon_certificate();
  GS_REQUIRE_OK(check_abandon_certificate(certificate, setup.round.view));
  auto repeated = certificate;
  repeated.back() = repeated.front();
  GS_CHECK_REFUSED(check_abandon_certificate(repeated, setup.round.view), ProtocolErrc::duplicate);
  certificate.pop_back();
  GS_CHECK_REFUSED(check_abandon_certificate(certificate, setup.round.view),
                   ProtocolErrc::below_threshold);
  GS_CHECK_REFUSED(check_abandon_certificate({}, setup.round.view), ProtocolErrc::below_threshold);
}

BOOST_AUTO_TEST_CASE(an_honest_result_is_accepted_with_and_without_dropouts) {
  const Setup setup;
  GS_REQUIRE_OK(setup.result(setup.round.result(setup.round.survivors(6)), 6));
  GS_REQUIRE_OK(setup.result(setup.round.result(setup.round.survivors(5)), 5));
}

BOOST_AUTO_TEST_CASE(results_that_do_not_follow_are_refused) {
  const Setup setup;
  using P = ProtocolErrc;
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.rd = {}; }), P::wrong_round);
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.sharers = {}; }), P::digest_mismatch);
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.survivors = {}; }), P::digest_mismatch);
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.survivor_count = 5; }), P::digest_mismatch);
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.secrets.pop_back(); }), P::malformed);
  GS_CHECK_REFUSED(setup.changed([](auto& r) { std::swap(r.secrets[0], r.secrets[1]); }),
                   P::malformed);
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.secrets[1].secret[0] ^= std::byte{1}; }),
                   P::dealer_fault);
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.secrets[5].secret[0] ^= std::byte{8}; }, 5),
                   P::dealer_fault);
  // A coordinator that opened the self seed of a dropout as well would learn its input.
  GS_CHECK_REFUSED(setup.changed([](auto& r) { r.secrets[5].kind = ShareKind::self_seed; }, 5),
                   P::malformed);
  RoundResult other_chain = setup.round.result(setup.round.survivors(6));
  other_chain.transcript = sample<Digest>(3);
  sign(other_chain, setup.round.federation, setup.round.coordinator);
  GS_CHECK_REFUSED(setup.result(other_chain), P::digest_mismatch);
  RoundResult foreign = setup.round.result(setup.round.survivors(6));
  sign(foreign, setup.round.federation, setup.round.registrar);
  GS_CHECK_REFUSED(setup.result(foreign), P::bad_signature);
}

BOOST_AUTO_TEST_CASE(an_abort_is_signed_about_this_attempt_and_abandoning_is_proven) {
  const Setup setup;
  const auto check = [&](RoundAborted aborted) {
    sign(aborted, setup.round.federation, setup.round.coordinator);
    return check_round_aborted(aborted, setup.round.view, setup.round.coordinator.verify_key());
  };
  const RoundAborted honest = setup.round.aborted();
  GS_REQUIRE_OK(check(honest));
  RoundAborted unproven = honest;
  unproven.certificate.clear();
  GS_CHECK_REFUSED(check(unproven), ProtocolErrc::below_threshold);
  unproven.reason = AbortReason::too_few_shares;
  GS_REQUIRE_OK(check(unproven));
  RoundAborted early = unproven;
  early.rd = {};  // Before there was a descriptor.
  GS_REQUIRE_OK(check(early));
  early.rd = sample<RoundDigest>(4);
  GS_CHECK_REFUSED(check(early), ProtocolErrc::wrong_round);
  RoundAborted other = unproven;
  other.attempt = other.attempt.next();
  GS_CHECK_REFUSED(check(other), ProtocolErrc::wrong_round);
  RoundAborted foreign = unproven;
  sign(foreign, setup.round.federation, setup.round.registrar);
  GS_CHECK_REFUSED(
      check_round_aborted(foreign, setup.round.view, setup.round.coordinator.verify_key()),
      ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(a_view_needs_as_many_check_ins_as_the_descriptor_says) {
  RoundSetup round;
  round.description.descriptor.n += 1;
  GS_CHECK_REFUSED(RoundView::of(round.description), ProtocolErrc::bad_descriptor);
}

BOOST_AUTO_TEST_SUITE_END()
