#pragma once

#include <string_view>

#include "crypto/ed25519.hpp"
#include "protocol/enrolment.hpp"
#include "protocol/errors.hpp"
#include "protocol/messages.hpp"
#include "protocol/vocabulary_messages.hpp"

/// Signatures over `label || 0x00 || federation || rd || sender || body` (docs/protocol.md section
/// 3).
///
/// A signature made for one label, federation, round or sender never verifies for another one. `rd`
/// is zero where no descriptor exists yet. `sender` is the 32-byte Ed25519 key of whoever signs.
/// The body is the message's canonical encoding without the signature, except where a message says
/// otherwise.
///
/// `sign` fills in the signature field; the message's `sender` must already be the signer's key,
/// else the result does not verify. `verify` returns ProtocolErrc::bad_signature, or malformed for
/// a message whose lists make no signed body. Whether the sender may speak is checked in
/// `checks.hpp`.
namespace guildsum::protocol {

namespace label {
inline constexpr std::string_view kCheckIn = "check-in";
inline constexpr std::string_view kDescriptor = "descriptor";
inline constexpr std::string_view kShareKeys = "share-keys";
inline constexpr std::string_view kComplaint = "complaint";
inline constexpr std::string_view kMaskedInput = "masked-input";
inline constexpr std::string_view kSurvivors = "survivors";
inline constexpr std::string_view kUnmask = "unmask";
inline constexpr std::string_view kResult = "result";
inline constexpr std::string_view kVote = "vote";
inline constexpr std::string_view kAbandoned = "abandoned";
inline constexpr std::string_view kAborted = "aborted";
inline constexpr std::string_view kRefusal = "refusal";
inline constexpr std::string_view kRosterEntry = "roster-entry";
inline constexpr std::string_view kRosterHead = "roster-head";
inline constexpr std::string_view kEnrol = "enrol";
inline constexpr std::string_view kVocabularyOffer = "vocabulary-offer";
inline constexpr std::string_view kVocabularyContribution = "vocabulary-contribution";
inline constexpr std::string_view kVocabularyConfirmation = "vocabulary-confirmation";
}  // namespace label

/// The bytes that a signature covers. `sender` names the key that signs.
[[nodiscard]] Bytes signed_bytes(std::string_view label, const FederationId& federation,
                                 const RoundDigest& rd, const ParticipantId& sender, ByteView body);

/// The identity whose key is `key` (coordinator and registrar sign under theirs as well).
[[nodiscard]] ParticipantId identity_of(const crypto::VerifyKey& key);

// A shop's messages: verified under the key that `sender` is.
void sign(CheckIn& message, const FederationId& federation, const crypto::Signer& signer);
void sign(ShareKeys& message, const FederationId& federation, const crypto::Signer& signer);
void sign(Complaint& message, const FederationId& federation, const crypto::Signer& signer);
void sign(MaskedInput& message, const FederationId& federation, const crypto::Signer& signer);
void sign(SurvivorSignature& message, const FederationId& federation, const crypto::Signer& signer);
void sign(Unmask& message, const FederationId& federation, const crypto::Signer& signer);
void sign(Vote& message, const FederationId& federation, const crypto::Signer& signer);
void sign(Abandon& message, const FederationId& federation, const crypto::Signer& signer);
void sign(Refusal& message, const FederationId& federation, const crypto::Signer& signer);
void sign(VocabularyOffer& message, const FederationId& federation, const crypto::Signer& signer);
void sign(VocabularyContribution& message, const FederationId& federation,
          const crypto::Signer& signer);
void sign(VocabularyConfirmation& message, const FederationId& federation,
          const crypto::Signer& signer);
[[nodiscard]] Result<> verify(const CheckIn& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const ShareKeys& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const Complaint& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const MaskedInput& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const SurvivorSignature& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const Unmask& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const Vote& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const Abandon& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const Refusal& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const VocabularyOffer& message, const FederationId& federation);
[[nodiscard]] Result<> verify(const VocabularyContribution& message,
                              const FederationId& federation);
[[nodiscard]] Result<> verify(const VocabularyConfirmation& message,
                              const FederationId& federation);
/// The dealer's signature as it reaches a holder: the same bytes as for the dealer's `ShareKeys`.
[[nodiscard]] Result<> verify(const DeliveredShare& share, const RoundDigest& rd,
                              const ParticipantId& dealer, const FederationId& federation);

// The coordinator's messages. A description's signature covers the descriptor alone, with its rd.
void sign(RoundDescription& message, const crypto::Signer& coordinator);
void sign(RoundResult& message, const FederationId& federation, const crypto::Signer& coordinator);
void sign(RoundAborted& message, const FederationId& federation, const crypto::Signer& coordinator);
/// Uses the federation id inside the descriptor: compare that one with the pinned id as well.
[[nodiscard]] Result<> verify(const RoundDescription& message,
                              const crypto::VerifyKey& coordinator);
[[nodiscard]] Result<> verify(const RoundResult& message, const FederationId& federation,
                              const crypto::VerifyKey& coordinator);
[[nodiscard]] Result<> verify(const RoundAborted& message, const FederationId& federation,
                              const crypto::VerifyKey& coordinator);

// The registrar's statements.
void sign(RosterEntry& entry, const FederationId& federation, const crypto::Signer& registrar);
void sign(RosterHead& head, const FederationId& federation, const crypto::Signer& registrar);
/// @return ProtocolErrc::roster_bad_signature
[[nodiscard]] Result<> verify(const RosterEntry& entry, const FederationId& federation,
                              const crypto::VerifyKey& registrar);
[[nodiscard]] Result<> verify(const RosterHead& head, const FederationId& federation,
                              const crypto::VerifyKey& registrar);

/// Covers token id, name, identity, SHA-256 of the certificate request and the TLS exporter, so
/// that a request cannot be moved to another connection.
void sign(EnrolRequest& request, const FederationId& federation, ByteView exporter,
          const crypto::Signer& identity);
[[nodiscard]] Result<> verify(const EnrolRequest& request, const FederationId& federation,
                              ByteView exporter);

}  // namespace guildsum::protocol
