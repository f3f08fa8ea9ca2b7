#pragma once

#include "protocol/archive.hpp"
#include "protocol/enrolment.hpp"
#include "protocol/limits.hpp"
#include "protocol/messages.hpp"
#include "protocol/vocabulary_messages.hpp"

/// The field list of every type on the wire: this file *is* the format.
///
/// `body` lists what a signature covers, `serialize` adds the signature, which is always the last
/// field. Lists are in the order of the struct. A new field means a new `kProtocolVersion`.
namespace guildsum::protocol {

// Parts of the descriptor.

template <class A>
void serialize(A& a, StateRoot& v) {
  a(v.lineage, v.model_root, dotted_name(v.step_kind), v.step_number, v.public_inputs);
}
template <class A>
void serialize(A& a, CodecParameters& v) {
  a(v.ring_bits, v.value_bits, v.clip_norm_milli, v.weight_cap, v.chunk_values, v.vector_length,
    v.layout);
}
template <class A>
void serialize(A& a, PrivacyParameters& v) {
  a(v.enabled, v.noise_variance_micro, v.unit_clip_milli);
}
template <class A>
void serialize(A& a, PhaseDeadlines& v) {
  for (auto* deadline : {&v.check_in, &v.share, &v.masked_input, &v.certify, &v.unmask, &v.vote}) {
    a(duration(*deadline, kDeadlineMsMax));
  }
}
template <class A>
void serialize(A& a, RoundDescriptor& v) {
  a(v.protocol_version, v.suite, v.federation, v.epoch, v.round, v.attempt, v.previous_transcript);
  a(name(v.task_kind), v.purpose, v.base_model, v.state, v.training_plan, v.codec, v.privacy);
  a(v.vocabulary_key, v.vocabulary, v.roster_head, v.check_ins, v.graph_seed);
  a(v.n, v.k, v.c, v.t, v.q, v.s_min, v.deadlines);
}

// Roster and enrolment.

template <class A>
void body(A& a, RosterEntry& v) {
  a(v.sequence, v.previous, one_of(v.change, RosterChange::join, RosterChange::leave));
  a(v.participant, name(v.name), v.epoch);
}
template <class A>
void serialize(A& a, RosterEntry& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void body(A& a, RosterHead& v) {
  a(v.sequence, v.head, v.expires_unix_ms);
}
template <class A>
void serialize(A& a, RosterHead& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void serialize(A& a, RosterUpdate& v) {
  a(sequence(v.entries, kRosterEntriesMax), v.head);
}
template <class A>
void serialize(A& a, RosterProposal& v) {
  a(one_of(v.change, RosterChange::join, RosterChange::leave), v.participant, name(v.name));
}
template <class A>
void serialize(A& a, RosterRequest& v) {
  a(v.federation, v.sequence, v.head, v.epoch, sequence(v.proposals, kRosterProposalsMax));
}
template <class A>
void serialize(A& a, EnrolRequest& v) {
  a(v.token_id, name(v.name), v.identity, blob(v.csr, kCertificateBytesMax), v.proof, v.signature);
}
template <class A>
void serialize(A& a, EnrolReply& v) {
  a(ascii(v.certificate_pem, kCertificateBytesMax), v.coordinator, v.registrar);
  a(v.registrar_embedded, v.roster, utf8(v.purpose, kPurposeBytesMax));
  a(blob(v.catalogue, kCatalogueBytesMax));
}

// Phase 0.

template <class A>
void serialize(A& a, RoundInvitation& v) {
  a(v.federation, v.epoch, v.round, v.attempt, name(v.task_kind), v.roster_head, v.closes_in_ms);
}
template <class A>
void body(A& a, CheckIn& v) {
  a(v.sender, v.federation, v.epoch, v.round, v.attempt, v.roster_head, v.counter);
  a(v.mask_key, v.share_key, v.self_seed_digest);
}
template <class A>
void serialize(A& a, CheckIn& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void serialize(A& a, RoundDescription& v) {
  a(v.descriptor, v.coordinator_signature, sequence(v.check_ins, kCohortMax));
  a(blob(v.layout, kLayoutBytesMax), blob(v.training_plan, kPlanBytesMax));
  a(utf8(v.purpose, kPurposeBytesMax));
}

// Phase 1.

template <class A>
void serialize(A& a, SealedShare& v) {
  a(v.holder, blob(v.ciphertext, kSealedShareBytesMax));
}
template <class A>
void serialize(A& a, ShareCommitments& v) {
  a(v.mask_key_share, v.self_seed_share);
}
template <class A>
void serialize(A& a, ShareKeys& v) {
  a(v.sender, v.rd, sequence(v.shares, kCohortMax), sequence(v.commitments, kCohortMax));
  a(v.signature);
}
template <class A>
void serialize(A& a, MemberDigest& v) {
  a(v.member, v.message);
}
template <class A>
void serialize(A& a, DeliveredShare& v) {
  a(v.dealer, blob(v.ciphertext, kSealedShareBytesMax));
  a(sequence(v.ciphertext_digests, kCohortMax), sequence(v.commitments, kCohortMax), v.signature);
}
template <class A>
void serialize(A& a, ShareDelivery& v) {
  a(v.rd, sequence(v.sharers, kCohortMax), sequence(v.shares, kCohortMax));
}
template <class A>
void body(A& a, Complaint& v) {
  a(v.sender, v.rd, v.dealer, v.ciphertext);
  a(one_of(v.reason, ComplaintReason::unopenable, ComplaintReason::malformed_share));
}
template <class A>
void serialize(A& a, Complaint& v) {
  body(a, v);
  a(v.signature);
}

// Phase 2.

template <class A>
void body(A& a, MaskedInput& v) {
  a(v.sender, v.rd, v.sharers, v.chunk_root, v.chunk_count);
}
template <class A>
void serialize(A& a, MaskedInput& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void serialize(A& a, MaskedInputUpload& v) {
  a(v.header, sequence(v.chunk_digests, kChunkCountMax));
}
template <class A>
void serialize(A& a, UploadStatus& v) {
  a(v.round, v.complete, sequence(v.missing_chunks, kChunkCountMax));
}

// Phase 3.

template <class A>
void serialize(A& a, SurvivorProposal& v) {
  a(v.rd, sequence(v.sharers, kCohortMax), sequence(v.headers, kCohortMax));
}
template <class A>
void body(A& a, SurvivorSignature& v) {
  a(v.sender, v.rd, v.sharers, v.survivors, v.survivor_count);
}
template <class A>
void serialize(A& a, SurvivorSignature& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void serialize(A& a, SurvivorCertificate& v) {
  a(v.rd, sequence(v.signatures, kCohortMax));
}
// A template, because a secret share converts to a public one.
template <std::same_as<PublicShare> Revealed>
void save(CanonicalOut& out, const Revealed& share) {
  std::array<std::byte, crypto::kShareBytes> encoded;
  crypto::encode_share(share.get(), encoded);
  out.raw(encoded);
}
inline void load(BoundedIn& in, PublicShare& share) {
  const ByteView encoded = in.take(crypto::kShareBytes);
  if (in.failed()) return;
  const auto parsed = crypto::Share::parse(encoded);
  if (parsed.has_error()) {
    in.fail(ProtocolErrc::bad_share, "a limb is not a field element");
    return;
  }
  share = *parsed;
}
template <class A>
void serialize(A& a, RevealedShare& v) {
  a(v.dealer, one_of(v.kind, ShareKind::mask_key, ShareKind::self_seed), v.share, v.salt);
}
template <class A>
void serialize(A& a, Unmask& v) {
  a(v.sender, v.rd, v.sharers, v.survivors, sequence(v.shares, kCohortMax), v.signature);
}

// Phase 4.

template <class A>
void serialize(A& a, RevealedSecret& v) {
  a(v.member, one_of(v.kind, ShareKind::mask_key, ShareKind::self_seed), v.secret);
}
/// Everything that the result's own chain hash covers.
template <class A>
void chained(A& a, RoundResult& v) {
  a(v.rd, v.sharers, v.survivors, v.survivor_count, v.sum, v.model_root, v.model_version);
  a(sequence(v.secrets, kCohortMax));
}
template <class A>
void body(A& a, RoundResult& v) {
  chained(a, v);
  a(v.transcript);
}
template <class A>
void serialize(A& a, RoundResult& v) {
  body(a, v);
  a(v.coordinator_signature);
}
template <class A>
void body(A& a, Vote& v) {
  a(v.sender, v.rd, v.result, v.accept);
  a(one_of(v.reason, VoteReason::none, VoteReason::chain_broken));
}
template <class A>
void serialize(A& a, Vote& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void body(A& a, Abandon& v) {
  a(v.sender, v.rd);
}
template <class A>
void serialize(A& a, Abandon& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void body(A& a, Refusal& v) {
  a(v.sender, v.round, v.attempt, name(v.code));
}
template <class A>
void serialize(A& a, Refusal& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void body(A& a, RoundAborted& v) {
  a(v.round, v.attempt, v.rd);
  a(one_of(v.reason, AbortReason::too_few_check_ins, AbortReason::storage_failed));
  a(sequence(v.missing, kCohortMax), sequence(v.certificate, kCohortMax));
}
template <class A>
void serialize(A& a, RoundAborted& v) {
  body(a, v);
  a(v.coordinator_signature);
}

// Key agreement of a private vocabulary.

template <class A>
void serialize(A& a, AgreementId& v) {
  a(v.epoch, v.attempt);
}
template <class A>
void serialize(A& a, VocabularyInvitation& v) {
  a(v.federation, v.id, v.roster_head);
}
template <class A>
void body(A& a, VocabularyOffer& v) {
  a(v.sender, v.federation, v.id, v.roster_head, v.key);
}
template <class A>
void serialize(A& a, VocabularyOffer& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void serialize(A& a, VocabularyOffers& v) {
  a(sequence(v.offers, kCohortMax));
}
template <class A>
void body(A& a, VocabularyContribution& v) {
  a(v.sender, v.agreement, v.commitment, sequence(v.sealed, kCohortMax));
}
template <class A>
void serialize(A& a, VocabularyContribution& v) {
  body(a, v);
  a(v.signature);
}
template <class A>
void serialize(A& a, VocabularyContributions& v) {
  a(sequence(v.contributions, kCohortMax));
}
template <class A>
void body(A& a, VocabularyConfirmation& v) {
  a(v.sender, v.agreement, v.contributions, v.key);
}
template <class A>
void serialize(A& a, VocabularyConfirmation& v) {
  body(a, v);
  a(v.signature);
}

template <class A>
void serialize(A& a, OpenedShare& v) {
  a(v.holder, v.share, v.salt);
}
template <class A>
void serialize(A& a, DealerFault& v) {
  a(v.dealt, one_of(v.kind, ShareKind::mask_key, ShareKind::self_seed));
  a(sequence(v.shares, kCohortMax));
}
template <class A>
void serialize(A& a, UnopenedRound& v) {
  a(v.rd, v.proposal, v.certificate, sequence(v.faults, kDealerFaultsMax));
}

template <class A>
void serialize(A& a, AttemptEnd& v) {
  a(v.round, v.attempt, blob(v.outcome, kOutcomeBytesMax), v.certificate);
  a(sequence(v.unmask_answers, kCohortMax), sequence(v.votes, kCohortMax));
}
template <class A>
void serialize(A& a, AttemptEnds& v) {
  a(sequence(v.ends, kAttemptEndsMax));
}

/// The bytes that `body` lists.
template <WireValue T>
[[nodiscard]] Bytes body_bytes(const T& value) {
  Bytes bytes;
  CanonicalOut out{bytes};
  body(out, const_cast<T&>(value));  // Archives share one field list; an output archive only reads.
  return bytes;
}

}  // namespace guildsum::protocol
