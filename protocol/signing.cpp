#include "protocol/signing.hpp"

#include <span>

#include "protocol/detail/fields.hpp"
#include "protocol/detail/share_body.hpp"
#include "protocol/digests.hpp"
#include "protocol/signature_checks.hpp"

namespace guildsum::protocol {
namespace detail {

namespace {

/// A share message has hundreds of parts, and each member checks one of every other member: the
/// bytes are written in one go.
Bytes share_body(std::span<const Digest> ciphertext_digests,
                 std::span<const ShareCommitments> commitments) {
  Bytes bytes;
  bytes.reserve(8 + Digest::kSize * (ciphertext_digests.size() + 2 * commitments.size()));
  CanonicalOut out{bytes};
  out.count(ciphertext_digests.size(), kCohortMax);
  for (const Digest& digest : ciphertext_digests) append(bytes, digest.view());
  out.count(commitments.size(), kCohortMax);
  for (const ShareCommitments& pair : commitments) {
    append(bytes, pair.mask_key_share.view());
    append(bytes, pair.self_seed_share.view());
  }
  return bytes;
}

}  // namespace

Bytes share_body(const ShareKeys& message) {
  std::vector<Digest> digests;
  digests.reserve(message.shares.size());
  for (const SealedShare& share : message.shares) {
    digests.push_back(ciphertext_digest(share.ciphertext));
  }
  return share_body(digests, message.commitments);
}

Bytes share_body(const DeliveredShare& share) {
  return share_body(share.ciphertext_digests, share.commitments);
}

Bytes signed_share_message(ByteView body, const Signature& signature, const RoundDigest& rd,
                           const ParticipantId& dealer) {
  Bytes bytes;
  bytes.reserve(RoundDigest::kSize + ParticipantId::kSize + body.size() + Signature::kSize);
  append(bytes, rd.view());
  append(bytes, dealer.view());
  append(bytes, body);
  append(bytes, signature.view());
  return bytes;
}

Bytes unmask_body(const Unmask& message) {
  Bytes bytes;
  CanonicalOut out{bytes};
  out(message.sender, message.rd, message.sharers, message.survivors,
      revealed_shares_digest(message.shares));
  return bytes;
}

}  // namespace detail

namespace {

/// Whose statement, about what, under which label: everything but the body.
struct Statement {
  std::string_view label;
  const FederationId& federation;
  const RoundDigest& rd;
  const ParticipantId& sender;
};

Bytes bytes_of(const Statement& statement, ByteView body) {
  return signed_bytes(statement.label, statement.federation, statement.rd, statement.sender, body);
}

Result<> check(const Statement& statement, ByteView body, const Signature& signature,
               ProtocolErrc refusal = ProtocolErrc::bad_signature) {
  if (!check_signature(verify_key(statement.sender), bytes_of(statement, body), signature)) {
    return Error{refusal, std::string{statement.label} + " of " + statement.sender.hex()};
  }
  return {};
}

const RoundDigest kNoRound;

/// A key agreement has no round: its digest binds the statement instead.
RoundDigest in_place_of_rd(const Digest& agreement) { return RoundDigest{agreement.view()}; }

Bytes enrol_body(const EnrolRequest& request, ByteView exporter) {
  Bytes bytes;
  CanonicalOut out{bytes};
  std::string name_text = request.name;
  out(request.token_id, name(name_text), crypto::sha256(request.csr));
  out.raw(exporter);
  return bytes;
}

}  // namespace

Bytes signed_bytes(std::string_view label, const FederationId& federation, const RoundDigest& rd,
                   const ParticipantId& sender, ByteView body) {
  Bytes bytes;
  bytes.reserve(label.size() + 1 + 3 * 32 + body.size());
  append(bytes, as_bytes(label));
  bytes.push_back(std::byte{0});
  append(bytes, federation.view());
  append(bytes, rd.view());
  append(bytes, sender.view());
  append(bytes, body);
  return bytes;
}

ParticipantId identity_of(const crypto::VerifyKey& key) { return ParticipantId{key.view()}; }

// One pair of functions for each message of a shop; `rd_of_message` is its rd, or none before one
// exists.
#define GS_SHOP_MESSAGE(Message, message_label, rd_of_message, body_of_message)                 \
  void sign(Message& message, const FederationId& federation, const crypto::Signer& signer) {   \
    message.signature = signer.sign(                                                            \
        bytes_of({message_label, federation, rd_of_message, message.sender}, body_of_message)); \
  }                                                                                             \
  Result<> verify(const Message& message, const FederationId& federation) {                     \
    return check({message_label, federation, rd_of_message, message.sender}, body_of_message,   \
                 message.signature);                                                            \
  }
GS_SHOP_MESSAGE(CheckIn, label::kCheckIn, kNoRound, body_bytes(message))
GS_SHOP_MESSAGE(ShareKeys, label::kShareKeys, message.rd, detail::share_body(message))
GS_SHOP_MESSAGE(Complaint, label::kComplaint, message.rd, body_bytes(message))
GS_SHOP_MESSAGE(MaskedInput, label::kMaskedInput, message.rd, body_bytes(message))
GS_SHOP_MESSAGE(SurvivorSignature, label::kSurvivors, message.rd, body_bytes(message))
GS_SHOP_MESSAGE(Unmask, label::kUnmask, message.rd, detail::unmask_body(message))
GS_SHOP_MESSAGE(Vote, label::kVote, message.rd, body_bytes(message))
GS_SHOP_MESSAGE(Abandon, label::kAbandoned, message.rd, body_bytes(message))
GS_SHOP_MESSAGE(Refusal, label::kRefusal, kNoRound, body_bytes(message))
GS_SHOP_MESSAGE(VocabularyOffer, label::kVocabularyOffer, kNoRound, body_bytes(message))
GS_SHOP_MESSAGE(VocabularyContribution, label::kVocabularyContribution,
                in_place_of_rd(message.agreement), body_bytes(message))
GS_SHOP_MESSAGE(VocabularyConfirmation, label::kVocabularyConfirmation,
                in_place_of_rd(message.agreement), body_bytes(message))
#undef GS_SHOP_MESSAGE

Result<> verify(const DeliveredShare& share, const RoundDigest& rd, const ParticipantId& dealer,
                const FederationId& federation) {
  return check({label::kShareKeys, federation, rd, dealer}, detail::share_body(share),
               share.signature);
}

void sign(RoundDescription& message, const crypto::Signer& coordinator) {
  const RoundDigest rd = round_digest(message.descriptor);
  const ParticipantId sender = identity_of(coordinator.verify_key());
  message.coordinator_signature =
      coordinator.sign(bytes_of({label::kDescriptor, message.descriptor.federation, rd, sender},
                                canonical_bytes(message.descriptor)));
}
Result<> verify(const RoundDescription& message, const crypto::VerifyKey& coordinator) {
  const RoundDigest rd = round_digest(message.descriptor);
  const ParticipantId sender = identity_of(coordinator);
  return check({label::kDescriptor, message.descriptor.federation, rd, sender},
               canonical_bytes(message.descriptor), message.coordinator_signature);
}

void sign(RoundResult& message, const FederationId& federation, const crypto::Signer& coordinator) {
  const ParticipantId sender = identity_of(coordinator.verify_key());
  message.coordinator_signature = coordinator.sign(
      bytes_of({label::kResult, federation, message.rd, sender}, body_bytes(message)));
}
Result<> verify(const RoundResult& message, const FederationId& federation,
                const crypto::VerifyKey& coordinator) {
  const ParticipantId sender = identity_of(coordinator);
  return check({label::kResult, federation, message.rd, sender}, body_bytes(message),
               message.coordinator_signature);
}

void sign(RoundAborted& message, const FederationId& federation,
          const crypto::Signer& coordinator) {
  const ParticipantId sender = identity_of(coordinator.verify_key());
  message.coordinator_signature = coordinator.sign(
      bytes_of({label::kAborted, federation, message.rd, sender}, body_bytes(message)));
}
Result<> verify(const RoundAborted& message, const FederationId& federation,
                const crypto::VerifyKey& coordinator) {
  const ParticipantId sender = identity_of(coordinator);
  return check({label::kAborted, federation, message.rd, sender}, body_bytes(message),
               message.coordinator_signature);
}

void sign(RosterEntry& entry, const FederationId& federation, const crypto::Signer& registrar) {
  const ParticipantId sender = identity_of(registrar.verify_key());
  entry.signature = registrar.sign(
      bytes_of({label::kRosterEntry, federation, kNoRound, sender}, body_bytes(entry)));
}
Result<> verify(const RosterEntry& entry, const FederationId& federation,
                const crypto::VerifyKey& registrar) {
  const ParticipantId sender = identity_of(registrar);
  return check({label::kRosterEntry, federation, kNoRound, sender}, body_bytes(entry),
               entry.signature, ProtocolErrc::roster_bad_signature);
}

void sign(RosterHead& head, const FederationId& federation, const crypto::Signer& registrar) {
  const ParticipantId sender = identity_of(registrar.verify_key());
  head.signature = registrar.sign(
      bytes_of({label::kRosterHead, federation, kNoRound, sender}, body_bytes(head)));
}
Result<> verify(const RosterHead& head, const FederationId& federation,
                const crypto::VerifyKey& registrar) {
  const ParticipantId sender = identity_of(registrar);
  return check({label::kRosterHead, federation, kNoRound, sender}, body_bytes(head), head.signature,
               ProtocolErrc::roster_bad_signature);
}

void sign(EnrolRequest& request, const FederationId& federation, ByteView exporter,
          const crypto::Signer& identity) {
  request.signature = identity.sign(bytes_of(
      {label::kEnrol, federation, kNoRound, request.identity}, enrol_body(request, exporter)));
}
Result<> verify(const EnrolRequest& request, const FederationId& federation, ByteView exporter) {
  return check({label::kEnrol, federation, kNoRound, request.identity},
               enrol_body(request, exporter), request.signature);
}

}  // namespace guildsum::protocol
