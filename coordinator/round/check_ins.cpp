// Phase 0: check-ins become a described round.
#include <algorithm>

#include "base/assert.hpp"
#include "coordinator/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator::detail {
namespace {

using protocol::CheckIn;
using protocol::ParticipantId;
using protocol::ProtocolErrc;

/// No key and no seed digest twice: two entries of one shop would count it twice.
bool repeats_a_key(const CheckIn& message, const CollectingCheckIns& phase) {
  return std::ranges::any_of(phase.check_ins, [&](const auto& entry) {
    const CheckIn& other = entry.second;
    return other.mask_key == message.mask_key || other.share_key == message.share_key ||
           other.mask_key == message.share_key || other.share_key == message.mask_key ||
           other.self_seed_digest == message.self_seed_digest;
  });
}

std::uint32_t cohort_goal(const RoundContext& context) {
  const auto members = static_cast<std::uint32_t>(context.roster.members().size());
  const std::uint32_t goal = context.plan.cohort_goal == 0 ? members : context.plan.cohort_goal;
  return std::max(context.plan.cohort_min, std::min(goal, context.plan.cohort_max));
}

/// The fields that follow from who checked in (docs/protocol.md section 3).
void fill_cohort(protocol::RoundDescriptor& descriptor, std::span<const CheckIn> check_ins,
                 const RoundContext& context) {
  const RoundPlan& plan = context.plan;
  const auto active = static_cast<std::uint32_t>(context.roster.members().size());
  descriptor.check_ins = protocol::check_ins_digest(check_ins);
  descriptor.n = static_cast<std::uint32_t>(check_ins.size());
  descriptor.k = descriptor.n - 1;
  descriptor.c = plan.corrupt != 0 ? plan.corrupt : protocol::default_corrupt(active);
  descriptor.t = protocol::majority_threshold(descriptor.n, descriptor.c);
  descriptor.q = descriptor.t;
  const bool tiny = plan.allow_tiny_cohorts && descriptor.n < 5;
  descriptor.s_min = tiny || plan.needs_everybody ? descriptor.n : std::max(descriptor.t, 5U);
}

}  // namespace

Step describe(CollectingCheckIns phase, const RoundContext& context) {
  DescribedRound round;
  protocol::RoundDescription& description = round.description;
  for (auto& [sender, check_in] : phase.check_ins) description.check_ins.push_back(check_in);
  description.descriptor = context.plan.descriptor;
  fill_cohort(description.descriptor, description.check_ins, context);
  description.layout = context.plan.layout;
  description.training_plan = context.plan.training_plan;
  description.purpose = context.plan.purpose;
  protocol::sign(description, context.signer);
  auto view = protocol::RoundView::of(description);
  GS_ASSERT(view.has_value());  // built from check-ins that were checked one by one
  round.view = std::move(*view);
  return enter(CollectingShares{std::move(round), {}, {}}, context);
}

Step on(CollectingCheckIns phase, CheckIn message, const RoundContext& context) {
  if (const auto known = phase.check_ins.find(message.sender); known != phase.check_ins.end()) {
    if (protocol::encode(known->second) == protocol::encode(message))
      return repeat(std::move(phase));
    return refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  if (!context.plan.invites(message.sender))
    return refuse(std::move(phase), ProtocolErrc::not_a_member);
  if (phase.check_ins.size() >= context.plan.cohort_max)
    return refuse(std::move(phase), ProtocolErrc::too_large);
  if (repeats_a_key(message, phase)) return refuse(std::move(phase), ProtocolErrc::duplicate);
  const protocol::RoundDescriptor& round = context.plan.descriptor;
  const protocol::OpenRound open{round.federation, round.epoch, round.round, round.attempt,
                                 round.roster_head};
  if (auto error = failure(protocol::check_check_in(message, open, context.roster))) {
    return refuse(std::move(phase), *std::move(error));
  }
  const ParticipantId sender = message.sender;
  phase.check_ins.emplace(sender, std::move(message));
  if (phase.check_ins.size() < cohort_goal(context)) return stay(std::move(phase));
  return describe(std::move(phase), context);
}

Step on(CollectingCheckIns phase, DeadlinePassed, const RoundContext& context) {
  if (phase.check_ins.size() >= context.plan.cohort_min) return describe(std::move(phase), context);
  std::vector<ParticipantId> missing;
  for (const auto& [member, name] : context.roster.members()) {
    if (!phase.check_ins.contains(member) && context.plan.invites(member)) {
      missing.push_back(member);
    }
  }
  return abort(protocol::AbortReason::too_few_check_ins, nullptr, std::move(missing), {}, context);
}

}  // namespace guildsum::coordinator::detail
