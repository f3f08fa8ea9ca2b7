#include "protocol/unopened_round.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "tests/unit/protocol/unopened_setup.hpp"

namespace guildsum::protocol {
namespace {

using P = ProtocolErrc;
using test::RoundSetup;

constexpr std::uint32_t kDealer = 1;
constexpr std::uint32_t kSurvivors = 5;

const RoundSetup& setup() {
  static const RoundSetup round;
  return round;
}
std::uint32_t t() { return setup().view.descriptor.t; }

}  // namespace

BOOST_AUTO_TEST_SUITE(unopened_round_test)

BOOST_AUTO_TEST_CASE(a_certificate_shows_who_survived) {
  const auto set = check_unopened_round(test::unopened(setup(), kSurvivors), setup().view);
  GS_REQUIRE_OK(set);
  BOOST_TEST(set->survivors.size() == kSurvivors);
  for (std::uint32_t i = 0; i < kSurvivors; ++i) {
    BOOST_TEST((set->survivors[i] == setup().shops[i].id()));
  }
  BOOST_TEST(set->faulty.empty());
}

BOOST_AUTO_TEST_CASE(every_part_is_about_the_same_round_and_sets) {
  const auto refused = [&](P code, const std::function<void(UnopenedRound&)>& change) {
    UnopenedRound unopened = test::unopened(setup(), kSurvivors);
    change(unopened);
    GS_CHECK_REFUSED(check_unopened_round(unopened, setup().view), code);
  };
  refused(P::wrong_round, [](auto& u) { u.rd = test::sample<RoundDigest>(9); });
  refused(P::wrong_round, [](auto& u) { u.proposal.rd = test::sample<RoundDigest>(9); });
  refused(P::wrong_round, [](auto& u) { u.certificate.rd = test::sample<RoundDigest>(9); });
  // Another U1 or U2 than the one certified.
  refused(P::digest_mismatch,
          [](auto& u) { u.proposal.sharers[5].message = test::sample<Digest>(9); });
  refused(P::certificate_mismatch,
          [](auto& u) { u.proposal.headers.push_back(setup().uploads[5].header); });
  refused(P::too_few, [](auto& u) { u.proposal.headers.pop_back(); });
  refused(P::too_few, [](auto& u) { u.proposal.sharers.clear(); });
  refused(P::below_threshold, [](auto& u) { u.certificate.signatures.pop_back(); });
  refused(P::duplicate,
          [](auto& u) { u.certificate.signatures.back() = u.certificate.signatures.front(); });
  refused(P::bad_signature,
          [](auto& u) { u.certificate.signatures[0].signature.mutable_view()[0] ^= std::byte{1}; });
}

BOOST_AUTO_TEST_CASE(t_opened_shares_prove_what_a_dealer_did) {
  const RoundView misdealt = test::misdealt_by(setup(), kDealer);
  for (const ShareKind kind : {ShareKind::self_seed, ShareKind::mask_key}) {
    auto unopened = test::unopened(setup(), kSurvivors);
    unopened.faults = {test::fault_of(setup(), kDealer, kind, t())};
    const auto set = check_unopened_round(unopened, misdealt);
    GS_REQUIRE_OK(set);
    BOOST_TEST((set->faulty == std::vector{setup().shops[kDealer].id()}));
    // More shares than are needed prove the same; twice the same fault is one dealer.
    unopened.faults = {test::fault_of(setup(), kDealer, kind, t() + 1),
                       test::fault_of(setup(), kDealer, kind, t())};
    BOOST_TEST(check_unopened_round(unopened, misdealt)->faulty.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_dealer_whose_shares_are_as_announced_cannot_be_accused) {
  // It bites: the same proof holds against a dealer who announced something else.
  for (std::uint32_t dealer = 0; dealer < setup().size(); ++dealer) {
    for (const ShareKind kind : {ShareKind::self_seed, ShareKind::mask_key}) {
      const auto fault = test::fault_of(setup(), dealer, kind, t());
      GS_CHECK_REFUSED(check_dealer_fault(fault, setup().view, setup().sharers),
                       P::certificate_mismatch);
      GS_REQUIRE_OK(check_dealer_fault(fault, test::misdealt_by(setup(), dealer), setup().sharers));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_proof_stands_on_the_dealers_signature_and_on_t_different_holders) {
  const RoundView misdealt = test::misdealt_by(setup(), kDealer);
  const auto refused = [&](P code, const std::function<void(DealerFault&)>& change) {
    DealerFault fault = test::fault_of(setup(), kDealer, ShareKind::self_seed, t());
    change(fault);
    GS_CHECK_REFUSED(check_dealer_fault(fault, misdealt, setup().sharers), code);
  };
  refused(P::below_threshold, [](auto& f) { f.shares.pop_back(); });
  refused(P::duplicate, [](auto& f) { f.shares[1] = f.shares[0]; });
  refused(P::duplicate, [](auto& f) { std::swap(f.shares[0], f.shares[1]); });
  refused(P::bad_share, [](auto& f) { f.shares[0].salt[0] ^= std::byte{1}; });
  refused(P::bad_share, [](auto& f) { f.shares[0].share = f.shares[1].share; });
  refused(P::bad_share, [](auto& f) { f.kind = ShareKind::mask_key; });
  refused(P::not_a_member, [](auto& f) { f.shares.back().holder = CohortPosition{6}; });
  refused(P::not_a_member, [](auto& f) { f.dealt.dealer = CohortPosition{6}; });
  refused(P::digest_mismatch, [](auto& f) { f.dealt.dealer = CohortPosition{2}; });
  refused(P::digest_mismatch,
          [](auto& f) { f.dealt.commitments[0].self_seed_share = test::sample<Digest>(9); });
  refused(P::malformed, [](auto& f) { f.dealt.commitments.pop_back(); });
  // A dealer that is not of U1 has no share message there.
  auto others = setup().sharers;
  others.erase(others.begin() + kDealer);
  GS_CHECK_REFUSED(check_dealer_fault(test::fault_of(setup(), kDealer, ShareKind::self_seed, t()),
                                      misdealt, others),
                   P::not_a_member);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
