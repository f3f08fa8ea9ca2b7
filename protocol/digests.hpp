#pragma once

#include <span>
#include <vector>

#include "protocol/messages.hpp"

/// The hashes of the protocol. Each is SHA-256 over a label of its own and canonical bytes.
namespace guildsum::protocol {

/// Descriptor field: all n signed check-ins, in the order given (cohort order).
[[nodiscard]] Digest check_ins_digest(std::span<const CheckIn> check_ins);
/// SHA-256 of one AEAD ciphertext.
[[nodiscard]] Digest ciphertext_digest(ByteView ciphertext);
/// SHA-256 of a layout, a training plan or a purpose text: what the descriptor names.
[[nodiscard]] Digest content_digest(ByteView content);

/// The lineage of a task: SHA-256("lineage" || 0 || epoch || Merkle root of its first checkpoint).
/// Training anew, with the same plan or another, is another lineage.
[[nodiscard]] Digest lineage_of(Epoch epoch, const BlobId& first_root);

/// What a round asks of a shop's data, whoever takes part and however often it is tried:
/// L("request", the descriptor with round, attempt, previous transcript, base model, roster head,
/// check-ins, graph seed, thresholds and deadlines as in an empty one). Equal digests ask for equal
/// vectors.
[[nodiscard]] Digest request_digest(const RoundDescriptor& descriptor);

/// Digest of a signed message: what U1, U2 and the transcript name.
[[nodiscard]] Digest message_digest(const CheckIn& message);
/// Over sender, rd, ciphertext digests, commitments and signature: equal from either form.
[[nodiscard]] Digest message_digest(const ShareKeys& message);
[[nodiscard]] Digest message_digest(const DeliveredShare& share, const RoundDigest& rd,
                                    const ParticipantId& dealer);
[[nodiscard]] Digest message_digest(const MaskedInput& header);
[[nodiscard]] Digest message_digest(const SurvivorCertificate& certificate);
/// Over the digest of the shares, not the shares: stays computable after these are deleted.
[[nodiscard]] Digest message_digest(const Unmask& message);
[[nodiscard]] Digest message_digest(const RoundResult& message);
[[nodiscard]] Digest message_digest(const Vote& message);
[[nodiscard]] Digest message_digest(const RoundAborted& message);

/// U1 and U2 as lists in cohort order (ascending identity), whatever the order given.
[[nodiscard]] std::vector<MemberDigest> sharers_list(std::span<const ShareKeys> messages);
[[nodiscard]] std::vector<MemberDigest> survivors_list(std::span<const MaskedInput> headers);
/// H(U1) = SHA-256("U1" || canonical bytes of the list); H(U2) with "U2".
[[nodiscard]] Digest sharers_digest(std::span<const MemberDigest> sharers);
[[nodiscard]] Digest survivors_digest(std::span<const MemberDigest> survivors);
/// The digest of all shares of an `Unmask`, under its signature.
[[nodiscard]] Digest revealed_shares_digest(std::span<const RevealedShare> shares);

/// SHA-256("share" || rd || dealer || holder || kind || salt || five limbs).
/// The share's index is not hashed: it is the holder's position + 1.
[[nodiscard]] Digest share_commitment(const RoundDigest& rd, CohortPosition dealer,
                                      CohortPosition holder, ShareKind kind,
                                      std::span<const std::byte, 32> salt,
                                      const crypto::ShareLimbs& share);

/// Chain hash up to a result: the value of `RoundResult::transcript`. Covers the previous chain
/// hash and every field of the result but that one and the signature, hence rd, U1, U2, sum and
/// model.
[[nodiscard]] Digest result_transcript(const Digest& previous, const RoundResult& result);
/// What the next descriptor names after a result: adds the certificate, the 3b answers and the
/// votes, the last two in cohort order.
[[nodiscard]] Digest closed_transcript(const RoundResult& result, const Digest& certificate,
                                       std::span<const MemberDigest> unmask_answers,
                                       std::span<const MemberDigest> votes);
/// What the next descriptor names after an attempt that ended without a sum.
[[nodiscard]] Digest aborted_transcript(const Digest& previous, const RoundAborted& aborted);

}  // namespace guildsum::protocol
