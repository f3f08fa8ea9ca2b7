#pragma once

#include <utility>

#include "participant/round/round_machine.hpp"

/// What the phases of the participant's round machine share. Private to participant/round.
namespace guildsum::participant::detail {

[[nodiscard]] protocol::DescriptionPolicy description_policy(const ParticipantPolicy& policy);

/// Where the attempt stands when it is left early.
struct Leaving {
  protocol::RoundId round;
  protocol::Attempt attempt;
  protocol::RoundDigest rd;  ///< zero when no descriptor was accepted
};
[[nodiscard]] Leaving leaving(const AcceptedRound& round);

/// Wipes the attempt's secrets by dropping its phase; where a descriptor was accepted, "abandoned"
/// is journalled and then sent, so that the others need not wait.
[[nodiscard]] Step leave(const Leaving& from, Error reason, const RoundContext& context,
                         std::vector<Effect> before = {});
/// The same for an accepted round. Once the input may have gone out, the attempt stays open until
/// its outcome is known.
[[nodiscard]] Step leave(AcceptedRound round, Error reason, const RoundContext& context,
                         std::vector<Effect> before = {});
/// Journals and sends the one "abandoned" signature for rd.
void sign_abandon(const protocol::RoundDigest& rd, const RoundContext& context,
                  std::vector<Effect>& effects);
/// Closes an attempt that gave no result here.
[[nodiscard]] WriteJournal closed(const Leaving& attempt, bool counted);

/// The phase goes on; the owner is told why something was refused.
template <class P>
[[nodiscard]] Step refuse(P&& phase, Error reason) {
  Step step{Phase{std::forward<P>(phase)}, {}};
  step.effects.emplace_back(Refused{std::move(reason)});
  return step;
}
template <class P>
[[nodiscard]] Step stay(P&& phase) {
  return {Phase{std::forward<P>(phase)}, {}};
}

Step on(AwaitingDescription phase, protocol::RoundDescription message, const RoundContext& context);
Step on(AwaitingShares phase, protocol::ShareDelivery message, const RoundContext& context);
Step on(Masking phase, MaskedInputSpooled event, const RoundContext& context);
Step on(Masking phase, MaskingFailed event, const RoundContext& context);
Step on(Masking phase, protocol::SurvivorProposal message, const RoundContext& context);
Step on(Uploading phase, UploadCompleted event, const RoundContext& context);
Step on(Uploading phase, protocol::SurvivorProposal message, const RoundContext& context);
Step on(AwaitingProposal phase, protocol::SurvivorProposal message, const RoundContext& context);
Step on(AwaitingCertificate phase, protocol::SurvivorCertificate message,
        const RoundContext& context);
Step on(AwaitingResult phase, protocol::RoundResult message, const RoundContext& context);
Step on(CheckingResult phase, ResultChecked event, const RoundContext& context);
Step on(AwaitingAbandonCertificate phase, protocol::RoundResult message,
        const RoundContext& context);

}  // namespace guildsum::participant::detail
