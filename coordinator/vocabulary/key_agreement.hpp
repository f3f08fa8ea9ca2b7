#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/roster.hpp"
#include "protocol/vocabulary_messages.hpp"

/// How the shops agree on the key of a private vocabulary, as the coordinator relays it
/// (docs/protocol.md section 15).
namespace guildsum::coordinator {

using protocol::AgreementId;
using protocol::Digest;
using protocol::ParticipantId;

/// Fixed before the first message.
struct AgreementPlan {
  protocol::FederationId federation;
  AgreementId id;
  std::vector<ParticipantId> invited;  ///< ascending
  std::uint32_t members_min = 0;       ///< offers without which it fails
};

/// The deadline of the phase with this number has passed.
struct AgreementDeadline {
  std::uint32_t phase = 0;
};
using AgreementEvent = std::variant<protocol::VocabularyOffer, protocol::VocabularyContribution,
                                    protocol::VocabularyConfirmation, AgreementDeadline>;

/// For the ledger. BaseErrc::corrupt if the bytes are no event.
[[nodiscard]] Bytes encode_agreement_event(const AgreementEvent& event);
[[nodiscard]] Result<AgreementEvent> decode_agreement_event(ByteView bytes);

enum class AgreementPhase : std::uint32_t {
  offers = 1,
  contributions = 2,
  confirmations = 3,
  agreed = 4,
  failed = 5,
};

/// What a shop is told: 1 invitation, 2 offers, 3 contributions.
struct AgreementMessage {
  AgreementId id;
  std::uint32_t number = 0;
  Bytes frame;
};

/// One agreement. Pure: events in, state out; replaying its events leads to the same state and to
/// messages with the same bytes.
///
/// Shops that offered nothing before the deadline are left out; once the members are fixed, one
/// that stays away makes the agreement fail, because the key takes all of them.
class KeyAgreement {
 public:
  /// `roster` as it is when the agreement begins.
  KeyAgreement(AgreementPlan plan, protocol::Roster roster);

  /// Takes an event that was checked against its sender's certificate. `false`: it says again what
  /// is known, and nothing changes.
  /// @return ProtocolErrc::not_a_member, wrong_phase, conflicting_message, or the refusal of
  ///   `protocol/vocabulary_checks.hpp`; nothing changed then.
  [[nodiscard]] Result<bool> take(const AgreementEvent& event);

  [[nodiscard]] const AgreementPlan& plan() const noexcept { return plan_; }
  [[nodiscard]] AgreementPhase phase() const noexcept { return phase_; }
  [[nodiscard]] bool is_over() const noexcept { return phase_ >= AgreementPhase::agreed; }
  /// Who has the key; empty before the offers are closed.
  [[nodiscard]] std::vector<ParticipantId> members() const;
  /// SHA-256("vocab-key" || K); zero before all have confirmed it.
  [[nodiscard]] const Digest& key() const noexcept { return key_; }
  /// Whom the phase still waits for.
  [[nodiscard]] std::vector<ParticipantId> missing() const;
  /// Why it failed, with the shops that were missing or named another key.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  [[nodiscard]] const std::vector<ParticipantId>& at_fault() const noexcept { return at_fault_; }
  /// The message for `shop` in this phase, if its number is above `after`.
  [[nodiscard]] std::optional<AgreementMessage> message_for(const ParticipantId& shop,
                                                            std::uint32_t after) const;

 private:
  [[nodiscard]] Result<bool> on(const protocol::VocabularyOffer& offer);
  [[nodiscard]] Result<bool> on(const protocol::VocabularyContribution& contribution);
  [[nodiscard]] Result<bool> on(const protocol::VocabularyConfirmation& confirmation);
  [[nodiscard]] Result<bool> on(const AgreementDeadline& deadline);
  void close_offers();
  void close_confirmations();
  void fail(std::string reason, std::vector<ParticipantId> at_fault);

  AgreementPlan plan_;
  protocol::Roster roster_;
  Digest roster_head_;
  AgreementPhase phase_ = AgreementPhase::offers;
  std::map<ParticipantId, protocol::VocabularyOffer> offered_;
  std::vector<protocol::VocabularyOffer> offers_;
  Digest agreement_;
  std::map<ParticipantId, protocol::VocabularyContribution> contributed_;
  std::vector<protocol::VocabularyContribution> contributions_;
  Digest contributions_digest_;
  std::map<ParticipantId, protocol::VocabularyConfirmation> confirmed_;
  Digest key_;
  std::string reason_;
  std::vector<ParticipantId> at_fault_;
};

}  // namespace guildsum::coordinator
