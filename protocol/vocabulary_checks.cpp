#include "protocol/vocabulary_checks.hpp"

#include <algorithm>
#include <set>

#include "protocol/limits.hpp"
#include "protocol/signing.hpp"

namespace guildsum::protocol {

Result<> check_offer(const VocabularyOffer& offer, const AgreementTerms& terms,
                     const Roster& roster) {
  if (offer.federation != terms.federation) return ProtocolErrc::wrong_federation;
  if (offer.id != terms.id) return Error{ProtocolErrc::wrong_round, "another key agreement"};
  if (offer.roster_head != terms.roster_head) {
    return Error{ProtocolErrc::wrong_round, "an offer under another roster head"};
  }
  if (!roster.contains(offer.sender)) {
    return Error{ProtocolErrc::unknown_sender, offer.sender.hex()};
  }
  if (crypto::check_exchange_key(offer.key).has_error()) {
    return Error{ProtocolErrc::malformed, "key of the offer of " + offer.sender.hex()};
  }
  return verify(offer, terms.federation);
}

Result<> check_offers(std::span<const VocabularyOffer> offers, const AgreementTerms& terms,
                      const Roster& roster) {
  if (offers.size() > kCohortMax) return Error{ProtocolErrc::too_large, "offers"};
  std::set<crypto::X25519PublicKey> keys;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    if (i > 0 && offers[i].sender <= offers[i - 1].sender) {
      return Error{ProtocolErrc::duplicate, "offers do not ascend"};
    }
    if (!keys.insert(offers[i].key).second)
      return Error{ProtocolErrc::duplicate, "key of an offer"};
    GS_CHECK(check_offer(offers[i], terms, roster));
  }
  return {};
}

std::optional<std::size_t> position_of(std::span<const VocabularyOffer> offers,
                                       const ParticipantId& member) {
  const auto found = std::ranges::lower_bound(offers, member, {}, &VocabularyOffer::sender);
  if (found == offers.end() || found->sender != member) return std::nullopt;
  return static_cast<std::size_t>(found - offers.begin());
}

Result<> check_contribution(const VocabularyContribution& contribution,
                            std::span<const VocabularyOffer> offers, const Digest& agreement,
                            const FederationId& federation) {
  if (!position_of(offers, contribution.sender)) {
    return Error{ProtocolErrc::not_a_member, contribution.sender.hex()};
  }
  if (contribution.agreement != agreement) {
    return Error{ProtocolErrc::wrong_round, "a contribution to another agreement"};
  }
  if (contribution.sealed.size() + 1 != offers.size()) {
    return Error{ProtocolErrc::malformed, "contribution of " + contribution.sender.hex()};
  }
  return verify(contribution, federation);
}

Result<> check_contributions(std::span<const VocabularyContribution> contributions,
                             std::span<const VocabularyOffer> offers, const Digest& agreement,
                             const FederationId& federation) {
  if (contributions.size() != offers.size()) {
    return Error{ProtocolErrc::too_few, "contributions"};
  }
  for (std::size_t i = 0; i < offers.size(); ++i) {
    if (contributions[i].sender != offers[i].sender) {
      return Error{ProtocolErrc::not_a_member, contributions[i].sender.hex()};
    }
    GS_CHECK(check_contribution(contributions[i], offers, agreement, federation));
  }
  return {};
}

Result<> check_confirmation(const VocabularyConfirmation& confirmation,
                            std::span<const VocabularyOffer> offers, const Digest& agreement,
                            const Digest& contributions, const FederationId& federation) {
  if (!position_of(offers, confirmation.sender)) {
    return Error{ProtocolErrc::not_a_member, confirmation.sender.hex()};
  }
  if (confirmation.agreement != agreement) {
    return Error{ProtocolErrc::wrong_round, "a confirmation of another agreement"};
  }
  GS_CHECK(verify(confirmation, federation));
  if (confirmation.contributions != contributions) {
    return Error{ProtocolErrc::vocabulary_key_equivocation,
                 confirmation.sender.hex() + " was shown other contributions"};
  }
  return {};
}

}  // namespace guildsum::protocol
