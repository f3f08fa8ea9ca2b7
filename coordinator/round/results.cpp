// Phase 4: the opened sum, the members' votes, and the transcript that the next descriptor names.
#include "coordinator/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator::detail {

using protocol::ParticipantId;
using protocol::ProtocolErrc;

Step on(Opening phase, SumOpened event, const RoundContext& context) {
  const ProposedRound& proposed = phase.round.certified.proposed;
  protocol::RoundResult result;
  result.rd = proposed.shared.described.view.rd;
  result.sharers = protocol::sharers_digest(proposed.shared.sharers);
  result.survivors = proposed.survivors.digest;
  result.survivor_count = proposed.survivors.count();
  result.sum = event.sum;
  result.model_root = event.model_root;
  result.model_version = event.model_version;
  result.secrets = phase.round.secrets;
  result.transcript =
      protocol::result_transcript(context.plan.descriptor.previous_transcript, result);
  protocol::sign(result, context.plan.descriptor.federation, context.signer);
  return enter(CollectingVotes{std::move(phase.round), std::move(result), {}}, context);
}

Step on(Opening phase, OpeningFailed event, const RoundContext& context) {
  const CertifiedRound& round = phase.round.certified;
  std::optional<protocol::UnopenedRound> unopened;
  // Inputs that were lost here can come again. A model that cannot take the sum never can.
  if (event.reason == protocol::AbortReason::storage_failed) unopened = unopened_round(round, {});
  return abort(event.reason, &round.proposed.shared.described, {}, {}, context,
               std::move(unopened));
}

Step complete(CollectingVotes phase, const RoundContext& context) {
  std::vector<protocol::MemberDigest> digests;
  Completed done;
  for (auto& [member, vote] : phase.votes) {
    digests.push_back({member, protocol::message_digest(vote)});
    done.votes.push_back(vote);
  }
  done.transcript = protocol::closed_transcript(
      phase.result, protocol::message_digest(phase.round.certified.certificate),
      phase.round.answers, digests);
  done.round = std::move(phase.round);
  done.result = std::move(phase.result);
  return enter(std::move(done), context);
}

Step on(CollectingVotes phase, protocol::Vote message, const RoundContext& context) {
  const ProposedRound& proposed = phase.round.certified.proposed;
  if (const auto known = phase.votes.find(message.sender); known != phase.votes.end()) {
    if (protocol::encode(known->second) == protocol::encode(message))
      return repeat(std::move(phase));
    return refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  if (auto error = failure(protocol::check_vote(message, proposed.shared.described.view,
                                                protocol::message_digest(phase.result)))) {
    return refuse(std::move(phase), *std::move(error));
  }
  const ParticipantId sender = message.sender;
  phase.votes.emplace(sender, std::move(message));
  for (const protocol::MaskedInput& header : phase.round.certified.proposed.headers) {
    if (!phase.votes.contains(header.sender)) return stay(std::move(phase));
  }
  return complete(std::move(phase), context);
}

Step on(CollectingVotes phase, DeadlinePassed, const RoundContext& context) {
  return complete(std::move(phase), context);
}

}  // namespace guildsum::coordinator::detail
