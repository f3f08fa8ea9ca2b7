#pragma once

#include <algorithm>
#include <vector>

#include "protocol/roster.hpp"
#include "protocol/signing.hpp"
#include "protocol/vocabulary_checks.hpp"
#include "protocol/vocabulary_key.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol::test {

/// A complete key agreement of honest shops, every message built with the product's own functions
/// from seeds.
class AgreementSetup {
 public:
  struct Member {
    crypto::Signer signer;
    crypto::X25519KeyPair key;
    KeyContribution contribution;
    [[nodiscard]] ParticipantId id() const { return identity_of(signer.verify_key()); }
  };

  explicit AgreementSetup(std::uint32_t n = 4, std::uint64_t seed = 500) {
    for (std::uint32_t i = 0; i < n; ++i) {
      SeededRandom random{seed + 10 * i + 1};
      members.push_back({sample_signer(9'000 + i),
                         crypto::X25519KeyPair{random.secret<crypto::X25519SecretKey>()},
                         random.secret<KeyContribution>()});
    }
    std::ranges::sort(members, {}, &Member::id);
    for (std::uint32_t i = 0; i < n; ++i) {
      const auto entry = sign_roster_entry(roster, federation, RosterChange::join, members[i].id(),
                                           "shop-" + std::to_string(i), Epoch{1}, registrar);
      if (roster.append(entry).has_error()) std::abort();
    }
    for (const Member& member : members) offers.push_back(offer_of(member));
    agreement = agreement_digest(offers);
    for (const Member& member : members) contributions.push_back(contribution_of(member));
    contributed = contributions_digest(contributions);
  }

  [[nodiscard]] AgreementTerms terms() const { return {federation, id, roster.head()}; }
  [[nodiscard]] VocabularyOffer offer_of(const Member& member) const {
    VocabularyOffer offer{member.id(), federation, id, roster.head(), member.key.public_key(), {}};
    sign(offer, federation, member.signer);
    return offer;
  }
  [[nodiscard]] VocabularyContribution contribution_of(const Member& member) const {
    VocabularyContribution message{member.id(), agreement, {}, {}, {}};
    message.commitment = contribution_commitment(agreement, member.id(), member.contribution);
    for (const VocabularyOffer& offer : offers) {
      if (offer.sender == member.id()) continue;
      message.sealed.push_back(seal_contribution(member.key, member.id(), {offer.sender, offer.key},
                                                 agreement, member.contribution)
                                   .value());
    }
    sign(message, federation, member.signer);
    return message;
  }
  [[nodiscard]] VocabularyKey key() const {
    std::vector<KeyContribution> all;
    for (const Member& member : members) all.push_back(member.contribution.duplicate());
    return vocabulary_key(all, agreement, contributed);
  }
  [[nodiscard]] VocabularyConfirmation confirmation_of(const Member& member) const {
    VocabularyConfirmation message{
        member.id(), agreement, contributed, vocabulary_key_digest(key()), {}};
    sign(message, federation, member.signer);
    return message;
  }

  FederationId federation = sample<FederationId>(1);
  AgreementId id{Epoch{7}, Attempt{1}};
  crypto::Signer registrar = sample_signer(3);
  Roster roster{federation, registrar.verify_key()};
  std::vector<Member> members;  ///< ascending identity
  std::vector<VocabularyOffer> offers;
  Digest agreement;
  std::vector<VocabularyContribution> contributions;
  Digest contributed;
};

}  // namespace guildsum::protocol::test
