// Phase 1: encrypted shares and their commitments; their senders become U1.
#include "coordinator/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator::detail {
namespace {

using protocol::ParticipantId;
using protocol::ProtocolErrc;
using protocol::ShareKeys;

std::vector<ParticipantId> without_shares(const CollectingShares& phase) {
  std::vector<ParticipantId> missing;
  for (const ParticipantId& member : phase.round.view.cohort.members()) {
    if (!phase.received.contains(member)) missing.push_back(member);
  }
  return missing;
}

}  // namespace

bool sharing_is_complete(const CollectingShares& phase) {
  for (const ParticipantId& member : phase.round.view.cohort.members()) {
    if (!phase.received.contains(member) && !phase.abandons.contains(member)) return false;
  }
  return true;
}

Step close_sharing(CollectingShares phase, const RoundContext& context) {
  if (phase.received.size() < phase.round.view.descriptor.s_min) {
    return abort(protocol::AbortReason::too_few_shares, &phase.round, without_shares(phase), {},
                 context);
  }
  SharedRound round;
  for (auto& [sender, message] : phase.received) {
    std::vector<protocol::Digest> digests;
    digests.reserve(message.shares.size());
    for (const auto& share : message.shares)
      digests.push_back(protocol::ciphertext_digest(share.ciphertext));
    round.ciphertext_digests.push_back(std::move(digests));
    round.share_keys.push_back(std::move(message));
  }
  round.sharers = protocol::sharers_list(round.share_keys);
  round.described = std::move(phase.round);
  return enter(CollectingMaskedInputs{std::move(round), {}, {}, std::move(phase.abandons)},
               context);
}

Step on(CollectingShares phase, ShareKeys message, const RoundContext& context) {
  if (phase.abandons.contains(message.sender))
    return refuse(std::move(phase), ProtocolErrc::round_over);
  if (const auto known = phase.received.find(message.sender); known != phase.received.end()) {
    if (protocol::encode(known->second) == protocol::encode(message))
      return repeat(std::move(phase));
    return refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  if (auto error = failure(protocol::check_share_keys(message, phase.round.view))) {
    return refuse(std::move(phase), *std::move(error));
  }
  const ParticipantId sender = message.sender;
  phase.received.emplace(sender, std::move(message));
  return sharing_is_complete(phase) ? close_sharing(std::move(phase), context)
                                    : stay(std::move(phase));
}

Step on(CollectingShares phase, DeadlinePassed, const RoundContext& context) {
  return close_sharing(std::move(phase), context);
}

}  // namespace guildsum::coordinator::detail
