#include "protocol/unopened_round.hpp"

#include <algorithm>

#include "crypto/shamir.hpp"
#include "protocol/detail/member_lists.hpp"
#include "protocol/digests.hpp"
#include "protocol/key_schedule.hpp"

namespace guildsum::protocol {
namespace {

/// What the dealer gives away by misdealing is a value that nobody else uses.
using Reconstructed = Secret<struct ReconstructedTag, 32>;

bool is_as_announced(const Reconstructed& secret, ShareKind kind, const CheckIn& dealer) {
  if (kind == ShareKind::self_seed) {
    return self_seed_digest(SelfSeed{secret.expose()}) == dealer.self_seed_digest;
  }
  return crypto::x25519_public_key(crypto::X25519SecretKey{secret.expose()}) == dealer.mask_key;
}

Result<> check_opened(const DealerFault& fault, const RoundView& round) {
  for (std::size_t i = 0; i < fault.shares.size(); ++i) {
    const OpenedShare& opened = fault.shares[i];
    if (opened.holder.value() >= round.cohort.size()) {
      return Error{ProtocolErrc::not_a_member, "the holder of a share"};
    }
    if (i > 0 && fault.shares[i - 1].holder.value() >= opened.holder.value()) {
      return Error{ProtocolErrc::duplicate, "holders do not ascend"};
    }
    const ShareCommitments& committed = fault.dealt.commitments[opened.holder.value()];
    const Digest digest = share_commitment(round.rd, fault.dealt.dealer, opened.holder, fault.kind,
                                           opened.salt, opened.share.get());
    const bool seed = fault.kind == ShareKind::self_seed;
    if (digest != (seed ? committed.self_seed_share : committed.mask_key_share)) {
      return Error{ProtocolErrc::bad_share, "it does not open its commitment"};
    }
  }
  return {};
}

/// The shares give no secret, or another one than the dealer's check-in announced.
bool is_misdealt(const CheckIn& dealer, ShareKind kind, std::span<const OpenedShare> shares) {
  std::vector<crypto::ShareIndex> holders;
  std::vector<const crypto::ShareLimbs*> points;
  for (const OpenedShare& opened : shares) {
    holders.push_back(crypto::ShareIndex::of_position(opened.holder.value()));
    points.push_back(&opened.share.get());
  }
  const auto recovery = crypto::Recovery::create(holders);
  if (recovery.has_error()) return false;
  const auto secret = recovery->recover<Reconstructed>(points);
  return secret.has_error() || !is_as_announced(*secret, kind, dealer);
}

}  // namespace

Result<> check_dealer_fault(const DealerFault& fault, const RoundView& round,
                            std::span<const MemberDigest> sharers) {
  if (fault.dealt.dealer.value() >= round.cohort.size()) {
    return Error{ProtocolErrc::not_a_member, "the dealer"};
  }
  const ParticipantId& dealer = round.cohort.at(fault.dealt.dealer);
  const MemberDigest* sharer = detail::find_member(sharers, dealer);
  if (sharer == nullptr) return Error{ProtocolErrc::not_a_member, "the dealer of U1"};
  GS_CHECK(check_share_message(fault.dealt, *sharer, round));
  if (fault.shares.size() < round.descriptor.t) {
    return Error{ProtocolErrc::below_threshold, std::to_string(fault.shares.size()) + " shares"};
  }
  GS_CHECK(check_opened(fault, round));
  if (is_misdealt(round.check_ins[fault.dealt.dealer.value()], fault.kind, fault.shares)) return {};
  return Error{ProtocolErrc::certificate_mismatch, "the shares are as their dealer announced"};
}

Result<CertifiedSet> check_unopened_round(const UnopenedRound& unopened, const RoundView& round) {
  GS_CHECK(detail::check_rd(unopened.rd, round));
  const std::vector<MemberDigest>& sharers = unopened.proposal.sharers;
  GS_CHECK(detail::check_member_list(sharers, round, "U1"));
  GS_TRY(const Survivors survivors, read_survivors(unopened.proposal, round, sharers));
  GS_CHECK(check_certificate(unopened.certificate, round, sharers_digest(sharers), survivors));
  CertifiedSet set;
  for (const MemberDigest& member : survivors.members) set.survivors.push_back(member.member);
  for (const DealerFault& fault : unopened.faults) {
    GS_CHECK(check_dealer_fault(fault, round, sharers));
    set.faulty.push_back(round.cohort.at(fault.dealt.dealer));
  }
  std::ranges::sort(set.faulty);
  const auto repeated = std::ranges::unique(set.faulty);
  set.faulty.erase(repeated.begin(), repeated.end());
  return set;
}

}  // namespace guildsum::protocol
