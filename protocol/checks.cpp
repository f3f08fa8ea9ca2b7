#include "protocol/checks.hpp"

#include <algorithm>
#include <set>

#include "protocol/archive.hpp"
#include "protocol/detail/member_lists.hpp"
#include "protocol/digests.hpp"
#include "protocol/intake.hpp"
#include "protocol/key_schedule.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"

namespace guildsum::protocol {
namespace {

bool same_list(std::span<const MemberDigest> a, std::span<const MemberDigest> b) {
  return std::ranges::equal(a, b);
}

/// The recovered secret of one member fits what it announced at check-in.
Result<> check_revealed_secret(const RevealedSecret& revealed, const CheckIn& check_in) {
  bool fits = false;
  if (revealed.kind == ShareKind::self_seed) {
    fits = self_seed_digest(SelfSeed{revealed.secret}) == check_in.self_seed_digest;
  } else {
    fits = crypto::x25519_public_key(crypto::X25519SecretKey{revealed.secret}) == check_in.mask_key;
  }
  if (!fits) return Error{ProtocolErrc::dealer_fault, check_in.sender.hex()};
  return {};
}

Result<> check_revealed_secrets(const RoundResult& result, const RoundView& round,
                                std::span<const MemberDigest> sharers, const Survivors& survivors) {
  if (result.secrets.size() != sharers.size()) {
    return Error{ProtocolErrc::malformed, "not one secret per member of U1"};
  }
  for (std::size_t i = 0; i < sharers.size(); ++i) {
    const RevealedSecret& revealed = result.secrets[i];
    GS_TRY(const CohortPosition member, detail::cohort_position(sharers[i].member, round));
    const ShareKind due =
        survivors.contains(sharers[i].member) ? ShareKind::self_seed : ShareKind::mask_key;
    if (revealed.member != member || revealed.kind != due) {
      return Error{ProtocolErrc::malformed, "another member or kind of secret than due"};
    }
    GS_CHECK(check_revealed_secret(revealed, round.check_ins[member.value()]));
  }
  return {};
}

/// U2 as a proposal's headers give it.
Survivors survivors_of(std::span<const MaskedInput> headers) {
  Survivors survivors;
  for (const MaskedInput& header : headers) {
    survivors.members.push_back({header.sender, message_digest(header)});
  }
  survivors.digest = survivors_digest(survivors.members);
  return survivors;
}

Result<> check_delivered_share(const DeliveredShare& share, const MemberDigest& sharer,
                               const RoundView& round, CohortPosition self) {
  GS_CHECK(check_share_message(share, sharer, round));
  const CohortPosition dealer = share.dealer;
  if (dealer == self) {
    if (share.ciphertext.empty()) return {};
    return Error{ProtocolErrc::malformed, "a ciphertext from this shop to itself"};
  }
  if (ciphertext_digest(share.ciphertext) !=
      share.ciphertext_digests[ciphertext_index(dealer, self)]) {
    return Error{ProtocolErrc::digest_mismatch, "ciphertext of " + sharer.member.hex()};
  }
  return {};
}

}  // namespace

Result<> check_share_message(const DeliveredShare& share, const MemberDigest& sharer,
                             const RoundView& round) {
  GS_TRY(const CohortPosition dealer, detail::cohort_position(sharer.member, round));
  if (share.dealer != dealer) return Error{ProtocolErrc::malformed, "shares are not in U1's order"};
  const std::uint32_t n = round.cohort.size();
  if (share.ciphertext_digests.size() + 1 != n || share.commitments.size() != n) {
    return Error{ProtocolErrc::malformed, "not one share and commitment per member"};
  }
  if (message_digest(share, round.rd, sharer.member) != sharer.message) {
    return Error{ProtocolErrc::digest_mismatch, "share message of " + sharer.member.hex()};
  }
  return verify(share, round.rd, sharer.member, round.federation);
}

Result<RoundView> RoundView::of(const RoundDescription& description) {
  GS_TRY(Cohort cohort, Cohort::of(description.check_ins));
  if (cohort.size() != description.descriptor.n) {
    return Error{ProtocolErrc::bad_descriptor, "n: not the number of check-ins"};
  }
  return RoundView{.federation = description.descriptor.federation,
                   .rd = round_digest(description.descriptor),
                   .descriptor = description.descriptor,
                   .cohort = std::move(cohort),
                   .check_ins = description.check_ins};
}

bool Survivors::contains(const ParticipantId& id) const noexcept {
  return detail::find_member(members, id) != nullptr;
}

Result<> check_share_delivery(const ShareDelivery& delivery, const RoundView& round,
                              const ParticipantId& self, const Digest& own_message) {
  GS_CHECK(detail::check_rd(delivery.rd, round));
  GS_TRY(const CohortPosition own_position, detail::cohort_position(self, round));
  GS_CHECK(detail::check_member_list(delivery.sharers, round, "U1"));
  const MemberDigest* own = detail::find_member(delivery.sharers, self);
  if (own == nullptr) return Error{ProtocolErrc::not_a_member, "this shop of U1"};
  if (own->message != own_message) {
    return Error{ProtocolErrc::digest_mismatch, "this shop's own share message"};
  }
  if (delivery.shares.size() != delivery.sharers.size()) {
    return Error{ProtocolErrc::malformed, "not one share per member of U1"};
  }
  for (std::size_t i = 0; i < delivery.shares.size(); ++i) {
    GS_CHECK(check_delivered_share(delivery.shares[i], delivery.sharers[i], round, own_position));
  }
  return {};
}

Result<Survivors> read_survivors(const SurvivorProposal& proposal, const RoundView& round,
                                 std::span<const MemberDigest> own_sharers) {
  GS_CHECK(detail::check_rd(proposal.rd, round));
  if (!same_list(proposal.sharers, own_sharers)) {
    return Error{ProtocolErrc::digest_mismatch, "U1"};
  }
  const Digest own_digest = sharers_digest(own_sharers);
  Survivors survivors = survivors_of(proposal.headers);
  GS_CHECK(detail::check_member_list(survivors.members, round, "U2"));
  for (const MaskedInput& header : proposal.headers) {
    GS_CHECK(detail::check_listed(header.sender, own_sharers, "U1"));
    GS_CHECK(detail::check_rd(header.rd, round));
    if (header.sharers != own_digest) {
      return Error{ProtocolErrc::digest_mismatch, "U1 in the header of " + header.sender.hex()};
    }
    if (header.chunk_count != chunk_count(round.descriptor)) {
      return Error{ProtocolErrc::chunk_mismatch, "header of " + header.sender.hex()};
    }
    GS_CHECK(verify(header, round.federation));
  }
  return survivors;
}

Result<Survivors> check_survivor_proposal(const SurvivorProposal& proposal, const RoundView& round,
                                          std::span<const MemberDigest> own_sharers,
                                          const MaskedInput& own_header,
                                          const DescriptionPolicy& policy) {
  GS_TRY(Survivors survivors, read_survivors(proposal, round, own_sharers));
  const MemberDigest* own = detail::find_member(survivors.members, own_header.sender);
  if (own == nullptr) return Error{ProtocolErrc::not_a_member, "this shop of U2"};
  if (own->message != message_digest(own_header)) {
    return Error{ProtocolErrc::digest_mismatch, "this shop's own header"};
  }
  const auto trusted = std::ranges::count_if(
      policy.trusted, [&](const ParticipantId& id) { return survivors.contains(id); });
  if (trusted < static_cast<std::ptrdiff_t>(policy.trusted_min)) {
    return Error{ProtocolErrc::trusted_missing, std::to_string(trusted) + " in U2"};
  }
  return survivors;
}

Result<> check_certificate(const SurvivorCertificate& certificate, const RoundView& round,
                           const Digest& sharers, const Survivors& survivors) {
  GS_CHECK(detail::check_rd(certificate.rd, round));
  std::set<ParticipantId> signers;
  for (const SurvivorSignature& signature : certificate.signatures) {
    GS_CHECK(check_survivor_signature(signature, round, sharers, survivors));
    if (!signers.insert(signature.sender).second) {
      return Error{ProtocolErrc::duplicate, signature.sender.hex()};
    }
  }
  if (signers.size() < round.descriptor.q) {
    return Error{ProtocolErrc::below_threshold, std::to_string(signers.size()) + " signatures of " +
                                                    std::to_string(round.descriptor.q)};
  }
  return {};
}

Result<> check_abandon_certificate(std::span<const Abandon> certificate, const RoundView& round) {
  std::set<ParticipantId> signers;
  for (const Abandon& abandon : certificate) {
    GS_CHECK(check_abandon(abandon, round));
    if (!signers.insert(abandon.sender).second) {
      return Error{ProtocolErrc::duplicate, abandon.sender.hex()};
    }
  }
  if (signers.size() < round.descriptor.q) {
    return Error{ProtocolErrc::below_threshold, std::to_string(signers.size()) + " signatures of " +
                                                    std::to_string(round.descriptor.q)};
  }
  return {};
}

Result<> check_round_result(const RoundResult& result, const RoundView& round,
                            const crypto::VerifyKey& coordinator,
                            std::span<const MemberDigest> own_sharers, const Survivors& survivors) {
  GS_CHECK(detail::check_rd(result.rd, round));
  GS_CHECK(verify(result, round.federation, coordinator));
  if (result.sharers != sharers_digest(own_sharers)) {
    return Error{ProtocolErrc::digest_mismatch, "U1"};
  }
  if (result.survivors != survivors.digest || result.survivor_count != survivors.count()) {
    return Error{ProtocolErrc::digest_mismatch, "U2"};
  }
  GS_CHECK(check_revealed_secrets(result, round, own_sharers, survivors));
  if (result.transcript != result_transcript(round.descriptor.previous_transcript, result)) {
    return Error{ProtocolErrc::digest_mismatch, "transcript"};
  }
  return {};
}

Result<> check_round_aborted(const RoundAborted& aborted, const RoundView& round,
                             const crypto::VerifyKey& coordinator) {
  if (aborted.round != round.descriptor.round || aborted.attempt != round.descriptor.attempt) {
    return ProtocolErrc::wrong_round;
  }
  if (!aborted.rd.is_zero()) GS_CHECK(detail::check_rd(aborted.rd, round));
  GS_CHECK(verify(aborted, round.federation, coordinator));
  if (aborted.reason != AbortReason::abandoned && aborted.certificate.empty()) return {};
  return check_abandon_certificate(aborted.certificate, round);
}

}  // namespace guildsum::protocol
