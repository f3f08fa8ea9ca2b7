// What each shop is told: a function of the phase, so that the bytes are the same after a restart.
#include <algorithm>

#include "coordinator/round/detail/transitions.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::ParticipantId;

enum : std::uint32_t {
  kDescription = 1,
  kDelivery,
  kProposal,
  kCertificate,
  kResult,
  kAborted,
  kAbandoned
};

protocol::DeliveredShare delivered(const SharedRound& round, std::size_t sharer,
                                   protocol::CohortPosition holder) {
  const protocol::ShareKeys& message = round.share_keys[sharer];
  protocol::DeliveredShare share;
  share.dealer = *round.described.view.cohort.position_of(message.sender);
  if (share.dealer != holder) {
    share.ciphertext = message.shares[protocol::ciphertext_index(share.dealer, holder)].ciphertext;
  }
  share.ciphertext_digests = round.ciphertext_digests[sharer];
  share.commitments = message.commitments;
  share.signature = message.signature;
  return share;
}

Bytes delivery_for(const SharedRound& round, const ParticipantId& shop) {
  const auto holder = round.described.view.cohort.position_of(shop);
  protocol::ShareDelivery delivery;
  delivery.rd = round.described.view.rd;
  delivery.sharers = round.sharers;
  for (std::size_t i = 0; i < round.share_keys.size(); ++i) {
    delivery.shares.push_back(delivered(round, i, *holder));
  }
  return protocol::encode(delivery);
}

Bytes proposal_of(const ProposedRound& round) {
  return protocol::encode(protocol::SurvivorProposal{round.shared.described.view.rd,
                                                     round.shared.sharers, round.headers});
}

const protocol::RoundResult* result_of(const Phase& phase) {
  if (const auto* voting = std::get_if<CollectingVotes>(&phase)) return &voting->result;
  if (const auto* done = std::get_if<Completed>(&phase)) return &done->result;
  return nullptr;
}

}  // namespace

std::optional<PhaseMessage> message_for(const Phase& phase, const ParticipantId& shop,
                                        std::uint32_t after, const RoundContext&) {
  if (const auto* aborted = std::get_if<Aborted>(&phase)) {
    const std::uint32_t number = aborted->message.certificate.empty() ? kAborted : kAbandoned;
    if (after >= number) return std::nullopt;
    return PhaseMessage{number, protocol::encode(aborted->message)};
  }
  if (const auto* ending = std::get_if<CollectingAbandons>(&phase)) {
    if (after >= kAborted) return std::nullopt;
    return PhaseMessage{kAborted, protocol::encode(ending->message)};
  }
  const DescribedRound* round = detail::described(phase);
  if (round == nullptr || !round->view.cohort.contains(shop)) return std::nullopt;
  if (after < kDescription) return PhaseMessage{kDescription, protocol::encode(round->description)};
  const SharedRound* shared = detail::shared(phase);
  if (shared == nullptr || !detail::is_sharer(*shared, shop)) return std::nullopt;
  if (after < kDelivery) return PhaseMessage{kDelivery, delivery_for(*shared, shop)};
  if (const ProposedRound* proposed = detail::proposed(phase);
      proposed != nullptr && after < kProposal) {
    return PhaseMessage{kProposal, proposal_of(*proposed)};
  }
  if (const CertifiedRound* certified = detail::certified(phase);
      certified != nullptr && after < kCertificate) {
    return PhaseMessage{kCertificate, protocol::encode(certified->certificate)};
  }
  const protocol::RoundResult* result = result_of(phase);
  if (result == nullptr || after >= kResult) return std::nullopt;
  return PhaseMessage{kResult, protocol::encode(*result)};
}

}  // namespace guildsum::coordinator
