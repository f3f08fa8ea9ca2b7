#pragma once

#include <set>
#include <span>
#include <utility>
#include <vector>

#include "coordinator/round/round_machine.hpp"
#include "protocol/intake.hpp"

/// What the phases of the coordinator's round machine share. Private to coordinator/round.
namespace guildsum::coordinator::detail {

/// The event does not fit: nothing changes.
template <class P>
[[nodiscard]] Step refuse(P&& phase, Error reason) {
  return {Phase{std::forward<P>(phase)}, {}, std::move(reason), false};
}
/// The event was taken before: nothing changes.
template <class P>
[[nodiscard]] Step repeat(P&& phase) {
  return {Phase{std::forward<P>(phase)}, {}, std::nullopt, true};
}
/// The event was taken, the phase goes on.
template <class P>
[[nodiscard]] Step stay(P&& phase) {
  return {Phase{std::forward<P>(phase)}, {}, std::nullopt, false};
}
/// A new phase begins: shops are woken, its deadline runs.
[[nodiscard]] Step enter(Phase next, const RoundContext& context, std::vector<Effect> more = {});

/// Ends the attempt without a sum.
/// @param round        null before a descriptor exists
/// @param certificate  of at least q members, or empty
/// @param unopened     of a certified round without such a certificate
[[nodiscard]] Step abort(protocol::AbortReason reason, const DescribedRound* round,
                         std::vector<protocol::ParticipantId> missing, const Abandons& certificate,
                         const RoundContext& context,
                         std::optional<protocol::UnopenedRound> unopened = {});
/// The same once masked inputs may be on their way: q members must abandon the attempt first, if so
/// many can.
struct Ending {
  protocol::AbortReason reason = protocol::AbortReason::operator_abort;
  std::vector<protocol::ParticipantId> missing;
  std::set<protocol::ParticipantId> answered;
  std::optional<protocol::UnopenedRound> unopened{};
};
[[nodiscard]] Step end_without_sum(Ending ending, DescribedRound round, Abandons abandons,
                                   const RoundContext& context);
/// What of a phase forbids its shops to abandon: the 3b answers.
[[nodiscard]] std::set<protocol::ParticipantId> answered(const Phase& phase);

/// The certified round as its members need it for a repair, with the dealers proven at fault.
[[nodiscard]] protocol::UnopenedRound unopened_round(const CertifiedRound& round,
                                                     std::vector<protocol::DealerFault> faults);

/// The deadline of a phase; zero for the phases that have none.
[[nodiscard]] std::chrono::milliseconds deadline_of(const Phase& phase, const RoundPlan& plan);

// Views into whatever the phase has; null before it exists.
[[nodiscard]] const DescribedRound* described(const Phase& phase);
[[nodiscard]] const SharedRound* shared(const Phase& phase);
[[nodiscard]] const ProposedRound* proposed(const Phase& phase);
[[nodiscard]] const CertifiedRound* certified(const Phase& phase);
[[nodiscard]] const OpenedRound* opened(const Phase& phase);
[[nodiscard]] const Abandons* abandons(const Phase& phase);

[[nodiscard]] bool is_sharer(const SharedRound& round, const protocol::ParticipantId& member);
/// The error of the first failed check, or nothing.
[[nodiscard]] inline std::optional<Error> failure(const Result<>& check) {
  return check.has_error() ? std::optional{check.error()} : std::nullopt;
}

// Transitions, one file per phase.
[[nodiscard]] Step describe(CollectingCheckIns phase, const RoundContext& context);
[[nodiscard]] Step close_sharing(CollectingShares phase, const RoundContext& context);
[[nodiscard]] Step propose(CollectingMaskedInputs phase, const RoundContext& context);
[[nodiscard]] Step open(Unmasking phase, const RoundContext& context);
[[nodiscard]] Step complete(CollectingVotes phase, const RoundContext& context);
[[nodiscard]] OpenSum opening_job(const OpenedRound& round);

/// When everybody who can still answer has: the phase need not wait for its deadline.
[[nodiscard]] bool sharing_is_complete(const CollectingShares& phase);
[[nodiscard]] bool inputs_are_complete(const CollectingMaskedInputs& phase);

Step on(CollectingCheckIns phase, protocol::CheckIn message, const RoundContext& context);
Step on(CollectingCheckIns phase, DeadlinePassed, const RoundContext& context);
Step on(CollectingShares phase, protocol::ShareKeys message, const RoundContext& context);
Step on(CollectingShares phase, DeadlinePassed, const RoundContext& context);
Step on(CollectingMaskedInputs phase, protocol::Complaint message, const RoundContext& context);
Step on(CollectingMaskedInputs phase, InputBegun event, const RoundContext& context);
Step on(CollectingMaskedInputs phase, InputCompleted event, const RoundContext& context);
Step on(CollectingMaskedInputs phase, DeadlinePassed, const RoundContext& context);
Step on(Certifying phase, protocol::SurvivorSignature message, const RoundContext& context);
Step on(Certifying phase, DeadlinePassed, const RoundContext& context);
Step on(Unmasking phase, protocol::Unmask message, const RoundContext& context);
Step on(Unmasking phase, DeadlinePassed, const RoundContext& context);
Step on(Opening phase, SumOpened event, const RoundContext& context);
Step on(Opening phase, OpeningFailed event, const RoundContext& context);
Step on(CollectingVotes phase, protocol::Vote message, const RoundContext& context);
Step on(CollectingVotes phase, DeadlinePassed, const RoundContext& context);
Step on(CollectingAbandons phase, DeadlinePassed, const RoundContext& context);

}  // namespace guildsum::coordinator::detail
