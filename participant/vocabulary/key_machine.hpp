#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "crypto/ed25519.hpp"
#include "participant/round/policy.hpp"
#include "protocol/roster.hpp"
#include "protocol/vocabulary_key.hpp"

/// How one shop takes part in the agreement on the key of a private vocabulary: events in, effects
/// out (docs/protocol.md section 15).
///
/// Pure: no clock, socket, file or randomness. Effects are carried out in order; a key must be
/// durable before it is confirmed. A shop that restarts half-way has lost its secrets: the
/// agreement then fails, and the next attempt uses fresh ones.
namespace guildsum::participant {

using protocol::AgreementId;

/// All randomness of one attempt.
struct AgreementSecrets {
  crypto::X25519SecretKey key;             ///< v
  protocol::KeyContribution contribution;  ///< r

  [[nodiscard]] static AgreementSecrets generate(Random& random);
};

/// K, and who else has it.
struct HeldKey {
  AgreementId id;
  protocol::VocabularyKey key;
  std::vector<protocol::ParticipantId> members;  ///< ascending
};

/// What does not change during an agreement; must outlive the call.
struct AgreementContext {
  protocol::FederationId federation;
  protocol::ParticipantId self;
  const crypto::Signer& identity;
  const protocol::Roster& roster;
  const ParticipantPolicy& policy;
  std::optional<AgreementId> newest;  ///< of the key that the shop has
};

/// Nothing is going on; `seen` is the last attempt that was taken part in or refused.
struct NoAgreement {
  std::optional<AgreementId> seen;
};
struct Offered {
  protocol::VocabularyOffer offer;
  AgreementSecrets secrets;
};
struct Contributed {
  AgreementId id;
  std::vector<protocol::VocabularyOffer> offers;
  protocol::VocabularyContribution contribution;
  AgreementSecrets secrets;
};
using KeyPhase = std::variant<NoAgreement, Offered, Contributed>;

/// An invitation, with the secrets of this attempt.
struct Invited {
  protocol::VocabularyInvitation invitation;
  AgreementSecrets secrets;
};
using KeyEvent =
    std::variant<Invited, protocol::VocabularyOffers, protocol::VocabularyContributions>;

/// Durable before what follows it.
struct KeepKey {
  HeldKey key;
};
struct SendAgreement {
  protocol::MessageType type;
  Bytes frame;
};
/// Shown to the owner and logged; the attempt goes on without this shop.
struct AgreementRefused {
  AgreementId id;
  Error reason;
};
using KeyEffect = std::variant<KeepKey, SendAgreement, AgreementRefused>;

struct KeyStep {
  KeyPhase next;
  std::vector<KeyEffect> effects;
};

/// Refusals: wrong_federation, wrong_round (an older attempt, another roster head), wrong_phase,
/// too_few and trusted_missing by the owner's policy, conflicting_message (the own message was
/// replaced), share_unopenable, bad_share (a contribution misses its commitment), and those of
/// `protocol/vocabulary_checks.hpp`.
[[nodiscard]] KeyStep advance(KeyPhase phase, KeyEvent event, const AgreementContext& context);

/// What the coordinator need not send again.
struct SeenAgreement {
  AgreementId id;
  std::uint32_t number = 0;
};
[[nodiscard]] SeenAgreement seen_by(const KeyPhase& phase,
                                    const std::optional<AgreementId>& newest) noexcept;

}  // namespace guildsum::participant
