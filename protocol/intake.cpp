#include "protocol/intake.hpp"

#include <algorithm>

#include "crypto/ring.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/detail/member_lists.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"

namespace guildsum::protocol {
namespace {

Result<> check_agreeable(const crypto::X25519PublicKey& key) {
  if (crypto::check_exchange_key(key).has_error()) {
    return Error{ProtocolErrc::malformed, "an exchange key is not canonical or has small order"};
  }
  return {};
}

Result<> check_shares_for_all(const ShareKeys& message, const RoundView& round,
                              CohortPosition dealer) {
  const std::uint32_t n = round.cohort.size();
  if (message.shares.size() + 1 != n || message.commitments.size() != n) {
    return Error{ProtocolErrc::malformed, "not one share and commitment per member"};
  }
  for (std::uint32_t i = 0; i + 1 < n; ++i) {
    const CohortPosition holder{i < dealer.value() ? i : i + 1};
    if (message.shares[i].holder != holder) {
      return Error{ProtocolErrc::malformed, "shares are not in cohort order"};
    }
    if (message.shares[i].ciphertext.size() != kSealedShareBytes) {
      return Error{ProtocolErrc::malformed, "a sealed share has another size"};
    }
  }
  return {};
}

}  // namespace

Result<> check_check_in(const CheckIn& check_in, const OpenRound& open, const Roster& roster) {
  if (check_in.federation != open.federation) return ProtocolErrc::wrong_federation;
  if (check_in.epoch != open.epoch || check_in.round != open.round ||
      check_in.attempt != open.attempt) {
    return ProtocolErrc::wrong_round;
  }
  if (!roster.contains(check_in.sender)) {
    return Error{ProtocolErrc::unknown_sender, check_in.sender.hex()};
  }
  if (check_in.roster_head != open.roster_head) {
    return Error{ProtocolErrc::digest_mismatch, "roster head of " + check_in.sender.hex()};
  }
  if (check_in.mask_key == check_in.share_key) {
    return Error{ProtocolErrc::duplicate, "E and S of " + check_in.sender.hex()};
  }
  GS_CHECK(check_agreeable(check_in.mask_key));
  GS_CHECK(check_agreeable(check_in.share_key));
  return verify(check_in, open.federation);
}

Result<> check_share_keys(const ShareKeys& message, const RoundView& round) {
  GS_CHECK(detail::check_rd(message.rd, round));
  GS_TRY(const CohortPosition dealer, detail::cohort_position(message.sender, round));
  GS_CHECK(check_shares_for_all(message, round, dealer));
  return verify(message, round.federation);
}

Result<> check_complaint(const Complaint& message, const RoundView& round) {
  GS_CHECK(detail::check_rd(message.rd, round));
  GS_CHECK(detail::check_cohort_member(message.sender, round));
  GS_CHECK(detail::check_cohort_member(message.dealer, round));
  if (message.sender == message.dealer) {
    return Error{ProtocolErrc::malformed, "a complaint about the complainer itself"};
  }
  return verify(message, round.federation);
}

std::uint32_t chunk_count(const RoundDescriptor& descriptor) noexcept {
  const std::uint64_t values = descriptor.codec.chunk_values;
  if (values == 0) return 0;
  const std::uint64_t count = (descriptor.codec.vector_length + values - 1) / values;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, UINT32_MAX));
}

std::size_t chunk_bytes(const RoundDescriptor& descriptor, std::uint32_t index) noexcept {
  const auto ring = crypto::RingBits::parse(descriptor.codec.ring_bits);
  if (ring.has_error() || index >= chunk_count(descriptor)) return 0;
  const std::uint64_t first = std::uint64_t{index} * descriptor.codec.chunk_values;
  const std::uint64_t values = std::min<std::uint64_t>(descriptor.codec.chunk_values,
                                                       descriptor.codec.vector_length - first);
  return crypto::packed_bytes(*ring, values);
}

Result<> check_masked_input(const MaskedInputUpload& upload, const RoundView& round,
                            std::span<const MemberDigest> sharers) {
  const MaskedInput& header = upload.header;
  GS_CHECK(detail::check_rd(header.rd, round));
  GS_CHECK(detail::check_listed(header.sender, sharers, "U1"));
  if (header.sharers != sharers_digest(sharers)) {
    return Error{ProtocolErrc::digest_mismatch, "U1 of " + header.sender.hex()};
  }
  if (header.chunk_count != chunk_count(round.descriptor) ||
      upload.chunk_digests.size() != header.chunk_count) {
    return Error{ProtocolErrc::chunk_mismatch, "number of chunks"};
  }
  if (chunk_root(upload.chunk_digests) != header.chunk_root) {
    return Error{ProtocolErrc::chunk_mismatch, "root of the chunks"};
  }
  return verify(header, round.federation);
}

Result<> check_chunk(std::uint32_t index, ByteView chunk, std::span<const Digest> chunk_digests,
                     const RoundDescriptor& descriptor) {
  if (index >= chunk_digests.size() || index >= chunk_count(descriptor)) {
    return Error{ProtocolErrc::chunk_mismatch, "index"};
  }
  if (chunk.size() != chunk_bytes(descriptor, index)) {
    return Error{ProtocolErrc::chunk_mismatch, "size"};
  }
  if (chunk_digest(chunk) != chunk_digests[index]) {
    return Error{ProtocolErrc::chunk_mismatch, "hash"};
  }
  return {};
}

Result<> check_survivor_signature(const SurvivorSignature& message, const RoundView& round,
                                  const Digest& sharers, const Survivors& survivors) {
  GS_CHECK(detail::check_rd(message.rd, round));
  GS_CHECK(detail::check_listed(message.sender, survivors.members, "U2"));
  if (message.sharers != sharers || message.survivors != survivors.digest ||
      message.survivor_count != survivors.count()) {
    return Error{ProtocolErrc::certificate_mismatch, message.sender.hex()};
  }
  return verify(message, round.federation);
}

Result<> check_unmask(const Unmask& message, const RoundView& round,
                      std::span<const MemberDigest> sharers, const Survivors& survivors,
                      std::span<const std::vector<ShareCommitments>> commitments) {
  GS_CHECK(detail::check_rd(message.rd, round));
  GS_CHECK(detail::check_listed(message.sender, sharers, "U1"));
  GS_TRY(const CohortPosition holder, detail::cohort_position(message.sender, round));
  if (message.sharers != sharers_digest(sharers) || message.survivors != survivors.digest) {
    return Error{ProtocolErrc::certificate_mismatch, message.sender.hex()};
  }
  if (message.shares.size() != sharers.size() || commitments.size() != sharers.size()) {
    return Error{ProtocolErrc::malformed, "not one share per member of U1"};
  }
  // The signature comes first, so that a bad share is its holder's own statement.
  GS_CHECK(verify(message, round.federation));
  for (std::size_t i = 0; i < sharers.size(); ++i) {
    const RevealedShare& revealed = message.shares[i];
    GS_TRY(const CohortPosition dealer, detail::cohort_position(sharers[i].member, round));
    const bool survived = survivors.contains(sharers[i].member);
    const ShareKind kind = survived ? ShareKind::self_seed : ShareKind::mask_key;
    if (revealed.dealer != dealer || revealed.kind != kind ||
        commitments[i].size() != round.cohort.size()) {
      return Error{ProtocolErrc::malformed, "another dealer or kind of share than due"};
    }
    const ShareCommitments& committed = commitments[i][holder.value()];
    const Digest opened =
        share_commitment(round.rd, dealer, holder, kind, revealed.salt, revealed.share.get());
    if (opened != (survived ? committed.self_seed_share : committed.mask_key_share)) {
      return Error{ProtocolErrc::bad_share,
                   "from holder " + message.sender.hex() + " of dealer " + sharers[i].member.hex()};
    }
  }
  return {};
}

Result<> check_vote(const Vote& message, const RoundView& round, const Digest& result) {
  GS_CHECK(detail::check_rd(message.rd, round));
  GS_CHECK(detail::check_cohort_member(message.sender, round));
  if (message.result != result) return Error{ProtocolErrc::digest_mismatch, "result"};
  if (message.accept != (message.reason == VoteReason::none)) {
    return Error{ProtocolErrc::malformed, "a refusal has a reason and an acceptance has none"};
  }
  return verify(message, round.federation);
}

Result<> check_abandon(const Abandon& message, const RoundView& round) {
  GS_CHECK(detail::check_rd(message.rd, round));
  GS_CHECK(detail::check_cohort_member(message.sender, round));
  return verify(message, round.federation);
}

}  // namespace guildsum::protocol
