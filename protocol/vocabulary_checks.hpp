#pragma once

#include <optional>
#include <span>

#include "protocol/roster.hpp"
#include "protocol/vocabulary_messages.hpp"

/// What both sides check in the messages of a key agreement (docs/protocol.md section 15).
namespace guildsum::protocol {

/// What an offer must agree with.
struct AgreementTerms {
  FederationId federation;
  AgreementId id;
  Digest roster_head;
};

/// Federation, id and roster head as in `terms`, a sender on the roster, a canonical key, the
/// signature.
/// @return ProtocolErrc::wrong_federation, wrong_round, unknown_sender, malformed, bad_signature.
[[nodiscard]] Result<> check_offer(const VocabularyOffer& offer, const AgreementTerms& terms,
                                   const Roster& roster);
/// Every offer, strictly ascending senders, no key twice, at most kCohortMax.
/// @return also ProtocolErrc::duplicate, too_large.
[[nodiscard]] Result<> check_offers(std::span<const VocabularyOffer> offers,
                                    const AgreementTerms& terms, const Roster& roster);
/// A member's contribution to the agreement of `offers`, one sealed text for each other member.
/// @return ProtocolErrc::not_a_member, wrong_round, malformed, bad_signature.
[[nodiscard]] Result<> check_contribution(const VocabularyContribution& contribution,
                                          std::span<const VocabularyOffer> offers,
                                          const Digest& agreement, const FederationId& federation);
/// One contribution of every member, in the order of the offers.
/// @return also ProtocolErrc::too_few.
[[nodiscard]] Result<> check_contributions(std::span<const VocabularyContribution> contributions,
                                           std::span<const VocabularyOffer> offers,
                                           const Digest& agreement, const FederationId& federation);
/// A member's statement about this agreement and these contributions.
/// @return ProtocolErrc::not_a_member, wrong_round, bad_signature, and
///   vocabulary_key_equivocation when the member was shown other contributions.
[[nodiscard]] Result<> check_confirmation(const VocabularyConfirmation& confirmation,
                                          std::span<const VocabularyOffer> offers,
                                          const Digest& agreement, const Digest& contributions,
                                          const FederationId& federation);

/// Position of `member` among the ascending senders.
[[nodiscard]] std::optional<std::size_t> position_of(std::span<const VocabularyOffer> offers,
                                                     const ParticipantId& member);
/// Where dealer `from` put what it sealed for `to`; both are positions, and differ.
[[nodiscard]] constexpr std::size_t sealed_index(std::size_t from, std::size_t to) noexcept {
  return to < from ? to : to - 1;
}

}  // namespace guildsum::protocol
