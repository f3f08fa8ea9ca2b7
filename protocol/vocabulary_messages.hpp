#pragma once

#include <compare>
#include <vector>

#include "protocol/messages.hpp"

/// The messages by which shops agree on the key of a private vocabulary (docs/protocol.md section
/// 10). The coordinator relays them and learns a digest of the key, never the key. "Kept" says how
/// long it holds them.
namespace guildsum::protocol {

/// Names one agreement: the epoch of the task that needs the key, and how often it was tried.
struct AgreementId {
  Epoch epoch;
  Attempt attempt;
  friend auto operator<=>(const AgreementId&, const AgreementId&) = default;
};

/// Coordinator -> shop: a new key is wanted. Not signed: it commits nobody to anything.
struct VocabularyInvitation {
  FederationId federation;
  AgreementId id;
  Digest roster_head;
};

/// Shop -> coordinator -> all members: the key to which the others seal. Kept with the agreement.
struct VocabularyOffer {
  ParticipantId sender;
  FederationId federation;
  AgreementId id;
  Digest roster_head;
  crypto::X25519PublicKey key;  ///< V; fresh, used for this agreement only
  Signature signature;          ///< label "vocabulary-offer"; rd is zero
};

/// Coordinator -> each member: who agrees, in ascending identity.
struct VocabularyOffers {
  std::vector<VocabularyOffer> offers;
};

/// AES-256-GCM ciphertext of 32 bytes with its tag.
using SealedContribution = FixedBytes<struct SealedContributionTag, 32 + 16>;

/// Shop -> coordinator -> all members: r, sealed to every other member. Everybody sees all
/// ciphertexts, so that all can hash the same bytes; each can open one. Kept with the agreement.
struct VocabularyContribution {
  ParticipantId sender;
  Digest agreement;                        ///< digest of the list of offers
  Digest commitment;                       ///< to r, the same for every member
  std::vector<SealedContribution> sealed;  ///< for every other member in ascending identity
  Signature signature;  ///< label "vocabulary-contribution"; the agreement in place of rd
};

/// Coordinator -> each member: all n contributions, in ascending identity.
struct VocabularyContributions {
  std::vector<VocabularyContribution> contributions;
};

/// Shop -> coordinator: which key came out. Kept with the agreement.
struct VocabularyConfirmation {
  ParticipantId sender;
  Digest agreement;
  Digest contributions;  ///< digest of the list of contributions
  Digest key;            ///< SHA-256("vocab-key" || K)
  Signature signature;   ///< label "vocabulary-confirmation"; the agreement in place of rd
};

}  // namespace guildsum::protocol
