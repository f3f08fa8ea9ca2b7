#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/shamir.hpp"
#include "crypto/x25519.hpp"
#include "protocol/descriptor.hpp"
#include "protocol/ids.hpp"
#include "protocol/roster.hpp"

/// Every message of a round, in the order in which they travel (docs/protocol.md section 4).
///
/// Each type has an `encode()` (frame) and `decode<T>(ByteView)` in `protocol/wire.hpp`; signatures
/// are made and checked in `protocol/signing.hpp` over label, federation id, rd, sender and the
/// body without the signature. "Kept" says how long the coordinator holds the message.
namespace guildsum::protocol {

using crypto::Signature;

enum class MessageType : std::uint16_t {
  enrol_request = 1,
  enrol_reply = 2,
  roster_update = 3,
  roster_entry = 4,
  roster_head = 5,
  roster_request = 6,
  round_invitation = 10,
  check_in = 11,
  round_description = 12,
  share_keys = 13,
  share_delivery = 14,
  complaint = 15,
  masked_input = 16,
  upload_status = 17,
  survivor_proposal = 18,
  survivor_signature = 19,
  survivor_certificate = 20,
  unmask = 21,
  round_result = 22,
  vote = 23,
  abandon = 24,
  round_aborted = 25,
  masked_input_upload = 26,
  unopened_round = 27,
  refusal = 28,
  attempt_ends = 29,
  vocabulary_invitation = 30,
  vocabulary_offer = 31,
  vocabulary_offers = 32,
  vocabulary_contribution = 33,
  vocabulary_contributions = 34,
  vocabulary_confirmation = 35,
};

/// Coordinator -> shop: a round is open for check-ins. Not signed: it commits nobody to anything.
struct RoundInvitation {
  FederationId federation;
  Epoch epoch;
  RoundId round;
  Attempt attempt;
  std::string task_kind;
  Digest roster_head;
  std::uint64_t closes_in_ms = 0;
};

/// Phase 0, shop -> coordinator -> all members. Kept in the transcript.
struct CheckIn {
  ParticipantId sender;
  FederationId federation;
  Epoch epoch;
  RoundId round;
  Attempt attempt;
  Digest roster_head;
  std::uint64_t counter =
      0;  ///< rises with each check-in of this shop; a restored backup is behind
  crypto::X25519PublicKey mask_key;   ///< E
  crypto::X25519PublicKey share_key;  ///< S
  Digest self_seed_digest;            ///< H(b) = SHA-256(b)
  Signature signature;                ///< label "check-in"; rd is zero, it does not exist yet
};

/// Phase 0, coordinator -> each member: the round as all members must see it.
struct RoundDescription {
  RoundDescriptor descriptor;
  Signature coordinator_signature;  ///< label "descriptor", over the canonical bytes
  std::vector<CheckIn> check_ins;   ///< all n, in cohort order (ascending identity)
  Bytes layout;                     ///< canonical bytes; digest in the descriptor
  Bytes training_plan;              ///< canonical bytes; digest in the descriptor
  std::string purpose;              ///< plain text; digest in the descriptor
};

/// AEAD ciphertext of one holder's shares: share of e, share of b, their two salts.
struct SealedShare {
  CohortPosition holder;
  Bytes ciphertext;
};

/// SHA-256("share" || rd || dealer || holder || kind || salt || five limbs), for both kinds.
struct ShareCommitments {
  Digest mask_key_share;
  Digest self_seed_share;
};

/// Phase 1, shop -> coordinator. Ciphertexts go to their holders only; commitments to everybody.
/// Ciphertexts are deleted with the round, the rest is kept in the transcript.
struct ShareKeys {
  ParticipantId sender;
  RoundDigest rd;
  std::vector<SealedShare> shares;            ///< for every other member, ascending position
  std::vector<ShareCommitments> commitments;  ///< n entries in cohort order, the own share included
  Signature signature;  ///< label "share-keys", over (ciphertext digests in order, commitments)
};

/// A member of U1 or U2: whose message it was and its digest.
struct MemberDigest {
  ParticipantId member;
  Digest message;
  friend bool operator==(const MemberDigest&, const MemberDigest&) = default;
};

/// Phase 1, coordinator -> holder: U1, and from every dealer of U1 the ciphertext for this holder,
/// with all digests and commitments that the dealer signed, so that U1's digests can be recomputed.
struct DeliveredShare {
  CohortPosition dealer;
  Bytes ciphertext;                        ///< empty for the own entry
  std::vector<Digest> ciphertext_digests;  ///< of all of the dealer's ciphertexts, in order
  std::vector<ShareCommitments> commitments;
  Signature signature;  ///< the dealer's, label "share-keys"
};
struct ShareDelivery {
  RoundDigest rd;
  std::vector<MemberDigest> sharers;   ///< U1, in cohort order
  std::vector<DeliveredShare> shares;  ///< one per member of U1, in the same order
};

enum class ComplaintReason : std::uint8_t {
  unopenable = 1,
  commitment_mismatch = 2,
  malformed_share = 3
};

/// Phase 1, shop -> coordinator: a share that does not open. Binds nobody but the complainer.
struct Complaint {
  ParticipantId sender;
  RoundDigest rd;
  ParticipantId dealer;
  Digest ciphertext;
  ComplaintReason reason = ComplaintReason::unopenable;
  Signature signature;  ///< label "complaint"
};

/// Phase 2, shop -> coordinator, before the chunks. Shown to all survivors; kept in the transcript.
struct MaskedInput {
  ParticipantId sender;
  RoundDigest rd;
  Digest sharers;     ///< H(U1) as this shop froze it
  BlobId chunk_root;  ///< Merkle root of the chunks
  std::uint32_t chunk_count = 0;
  Signature signature;  ///< label "masked-input"
};
/// The header with the leaf hashes, so that each chunk is checked when it arrives.
struct MaskedInputUpload {
  MaskedInput header;
  std::vector<Digest> chunk_digests;
};
struct UploadStatus {
  RoundId round;
  bool complete = false;  ///< complete means durable
  std::vector<std::uint32_t> missing_chunks;
};

/// Phase 3a, coordinator -> survivors (and any other member of U1 that still polls).
struct SurvivorProposal {
  RoundDigest rd;
  std::vector<MemberDigest> sharers;  ///< U1
  std::vector<MaskedInput> headers;   ///< signed headers of U2, in cohort order
};

/// Phase 3a, shop -> coordinator: once per rd.
struct SurvivorSignature {
  ParticipantId sender;
  RoundDigest rd;
  Digest sharers;    ///< H(U1)
  Digest survivors;  ///< H(U2)
  std::uint32_t survivor_count = 0;
  Signature signature;  ///< label "survivors"
};

/// Phase 3b, coordinator -> members of U1: at least q signatures by distinct members of U2.
struct SurvivorCertificate {
  RoundDigest rd;
  std::vector<SurvivorSignature> signatures;
};

enum class ShareKind : std::uint8_t { mask_key = 1, self_seed = 2 };

/// A share after its holder revealed it: no secret any more, hence copyable.
class PublicShare {
 public:
  PublicShare() noexcept = default;
  PublicShare(const crypto::Share& share) noexcept  // NOLINT(google-explicit-constructor)
      : limbs_{share.expose()} {}
  /// For `crypto::Recovery`.
  [[nodiscard]] const crypto::ShareLimbs& get() const noexcept { return limbs_; }
  friend bool operator==(const PublicShare&, const PublicShare&) noexcept = default;

 private:
  crypto::ShareLimbs limbs_{};
};

/// One share that a holder reveals: of b_j when j is a survivor, else of e_j.
struct RevealedShare {
  CohortPosition dealer;
  ShareKind kind = ShareKind::self_seed;
  PublicShare share;
  std::array<std::byte, 32> salt{};  ///< opens the dealer's commitment
};

/// Phase 3b, shop -> coordinator: once per rd. Shares are deleted with the round, their digest is
/// kept.
struct Unmask {
  ParticipantId sender;
  RoundDigest rd;
  Digest sharers;
  Digest survivors;
  std::vector<RevealedShare> shares;  ///< one per member of U1, cohort order
  Signature signature;  ///< label "unmask", over (rd, H(U1), H(U2), digest of all shares)
};

/// A recovered secret of one member: b of a survivor, or e of a sharer that dropped.
struct RevealedSecret {
  CohortPosition member;
  ShareKind kind = ShareKind::self_seed;
  std::array<std::byte, 32> secret{};
};

/// Phase 4, coordinator -> members. Kept in the transcript.
struct RoundResult {
  RoundDigest rd;
  Digest sharers;
  Digest survivors;
  std::uint32_t survivor_count = 0;
  BlobId sum;                           ///< packed ring elements of the opened sum
  BlobId model_root;                    ///< checkpoint after the step
  ModelVersion model_version;           ///< version that this step released, 0 = none
  std::vector<RevealedSecret> secrets;  ///< b of U2 and e of U1 without U2; never s
  Digest transcript;                    ///< chain hash up to this result, votes not included
  Signature coordinator_signature;      ///< label "result"
};

enum class VoteReason : std::uint8_t {
  none = 0,
  sum_not_as_addressed = 1,
  model_not_reproduced = 2,
  holdout_worse = 3,
  chain_broken = 4,
};

/// Phase 4, shop -> coordinator: one bit and a reason.
struct Vote {
  ParticipantId sender;
  RoundDigest rd;
  Digest result;  ///< SHA-256 of the result message
  bool accept = false;
  VoteReason reason = VoteReason::none;
  Signature signature;  ///< label "vote"
};

/// Shop -> coordinator, at any time before its 3b answer: its secrets of rd are wiped.
struct Abandon {
  ParticipantId sender;
  RoundDigest rd;
  Signature signature;  ///< label "abandoned"
};

/// Shop -> coordinator: it takes no part in an attempt, or found fault with it. For the operator;
/// the round does not depend on it. Kept: the code, of each shop's newest rounds.
struct Refusal {
  ParticipantId sender;
  RoundId round;
  Attempt attempt;
  std::string code;     ///< stable, [a-z0-9-]; no word of the shop's own
  Signature signature;  ///< label "refusal"
};

enum class AbortReason : std::uint8_t {
  too_few_check_ins = 1,
  too_few_shares = 2,
  too_few_masked_inputs = 3,
  not_certified = 4,
  too_few_unmask_answers = 5,
  dealer_fault = 6,
  abandoned = 7,
  operator_abort = 8,
  model_step_failed = 9,
  storage_failed = 10,
};

/// Coordinator -> members: the attempt ended without a sum.
struct RoundAborted {
  RoundId round;
  Attempt attempt;
  RoundDigest rd;  ///< zero before a descriptor existed
  AbortReason reason = AbortReason::operator_abort;
  std::vector<ParticipantId> missing;  ///< who was waited for or is at fault
  std::vector<Abandon> certificate;    ///< q abandon signatures, where there are
  Signature coordinator_signature;     ///< label "aborted"
};

/// One holder's share of one secret of a dealer, opened.
struct OpenedShare {
  CohortPosition holder;
  PublicShare share;
  std::array<std::byte, 32> salt{};  ///< opens the dealer's commitment
};

/// That a dealer misdealt: its signed commitments, and t shares which open them and do not give
/// what it announced at its check-in. Whoever dealt honestly cannot be accused so.
struct DealerFault {
  DeliveredShare dealt;  ///< the dealer's share message, without a ciphertext
  ShareKind kind = ShareKind::self_seed;
  std::vector<OpenedShare> shares;  ///< at least t, by ascending holder
};

/// Coordinator -> shop: a certified attempt that did not open, as a member of any phase may verify
/// it against the round's description. Not signed: everything in it is. Kept as long as the attempt
/// may be repaired.
struct UnopenedRound {
  RoundDigest rd;
  SurvivorProposal proposal;
  SurvivorCertificate certificate;
  std::vector<DealerFault> faults;
};

/// How an attempt of the past ended: with the hash before it, what the chain hash after it covers.
struct AttemptEnd {
  RoundId round;
  Attempt attempt;
  Bytes outcome;  ///< RoundResult or RoundAborted, as framed
  // After a result; empty otherwise.
  Digest certificate;                        ///< of the survivor certificate
  std::vector<MemberDigest> unmask_answers;  ///< in cohort order
  std::vector<Vote> votes;                   ///< that counted, in cohort order
};
/// Coordinator -> shop: attempts that ended one after the other, for a shop that follows the chain
/// of transcripts. Not signed: outcomes and votes are, and the next descriptor names their hash.
/// Kept like the transcripts that it is taken from.
struct AttemptEnds {
  std::vector<AttemptEnd> ends;  ///< ascending
};

}  // namespace guildsum::protocol
