#include "participant/round/contribution_history.hpp"

#include <algorithm>

namespace guildsum::participant {

using protocol::ProtocolErrc;

std::optional<ProtocolErrc> ContributionHistory::forbids(const std::string& task_kind,
                                                         const protocol::StateRoot& state) const {
  const auto found = last_counted_.find({state.lineage, state.step_kind});
  if (found != last_counted_.end() && found->second >= state.step_number) {
    return ProtocolErrc::repeated_step;
  }
  const bool withheld = std::ranges::any_of(unsettled_, [&](const UnsettledContribution& open) {
    return open.state.lineage == state.lineage && open.state.step_kind == state.step_kind &&
           open.state.step_number >= state.step_number;
  });
  if (withheld) return ProtocolErrc::certificate_withheld;
  if (is_new_lineage(state) && !approvals_.contains(task_kind)) return ProtocolErrc::new_lineage;
  return std::nullopt;
}

/// A lineage is new when this shop contributed to this step kind, and never in this lineage.
bool ContributionHistory::is_new_lineage(const protocol::StateRoot& state) const {
  if (approved_.contains(state.lineage)) return false;
  bool elsewhere = false;
  for (const auto& [step, number] : last_counted_) {
    if (step.lineage == state.lineage) return false;
    elsewhere = elsewhere || step.step_kind == state.step_kind;
  }
  for (const UnsettledContribution& open : unsettled_) {
    if (open.state.lineage == state.lineage) return false;
    elsewhere = elsewhere || open.state.step_kind == state.step_kind;
  }
  return elsewhere;
}

void ContributionHistory::count(const protocol::StateRoot& state) {
  auto& last = last_counted_[{state.lineage, state.step_kind}];
  last = std::max(last, state.step_number);
}

void ContributionHistory::keep_unsettled(UnsettledContribution contribution) {
  release(contribution.rd);
  unsettled_.push_back(std::move(contribution));
}

void ContributionHistory::release(const protocol::RoundDigest& rd) {
  std::erase_if(unsettled_, [&](const UnsettledContribution& open) { return open.rd == rd; });
}

void ContributionHistory::approve(const std::string& task_kind) { approvals_.insert(task_kind); }

void ContributionHistory::bind(const std::string& task_kind, const protocol::StateRoot& state) {
  if (!is_new_lineage(state)) return;
  approvals_.erase(task_kind);
  approved_.insert(state.lineage);
}

}  // namespace guildsum::participant
