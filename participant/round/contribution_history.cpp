#include "participant/round/contribution_history.hpp"

#include <algorithm>

namespace guildsum::participant {

using protocol::ProtocolErrc;

namespace {

bool is_same_kind(const protocol::StateRoot& a, const protocol::StateRoot& b) {
  return a.lineage == b.lineage && a.step_kind == b.step_kind;
}

}  // namespace

std::optional<ProtocolErrc> ContributionHistory::forbids(const std::string& task_kind,
                                                         const protocol::StateRoot& state) const {
  const auto found = last_counted_.find({state.lineage, state.step_kind});
  if (found != last_counted_.end() && found->second >= state.step_number) {
    return ProtocolErrc::repeated_step;
  }
  const bool withheld = std::ranges::any_of(unsettled_, [&](const UnsettledContribution& open) {
    return is_same_kind(open.state, state) && open.state.step_number >= state.step_number;
  });
  if (withheld && !repair_of(state)) return ProtocolErrc::certificate_withheld;
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

std::optional<Repair> ContributionHistory::repair_of(const protocol::StateRoot& state) const {
  std::optional<Repair> repair;
  std::vector<protocol::ParticipantId> faulty;
  for (const UnsettledContribution& open : unsettled_) {
    if (!is_same_kind(open.state, state) || open.state.step_number < state.step_number) continue;
    if (open.state != state) return std::nullopt;
    if (!repair) {
      // Later attempts of the step were joined as its repairs: over the same shops, whether they
      // were certified or not.
      if (!open.certified) return std::nullopt;
      repair = Repair{open.rd, open.request, open.certified->survivors};
    }
    if (open.certified) std::ranges::copy(open.certified->faulty, std::back_inserter(faulty));
  }
  if (repair) {
    std::erase_if(repair->survivors, [&](const protocol::ParticipantId& member) {
      return std::ranges::find(faulty, member) != faulty.end();
    });
  }
  return repair;
}

void ContributionHistory::count(const protocol::StateRoot& state) {
  auto& last = last_counted_[{state.lineage, state.step_kind}];
  last = std::max(last, state.step_number);
  std::erase_if(unsettled_, [&](const UnsettledContribution& open) {
    return is_same_kind(open.state, state) && open.state.step_number <= state.step_number;
  });
}

void ContributionHistory::close_before(const protocol::StateRoot& state) {
  std::vector<protocol::StateRoot> closed;
  for (const UnsettledContribution& open : unsettled_) {
    const bool same_task = open.state.lineage == state.lineage;
    if (!same_task || open.state.step_number < state.step_number) closed.push_back(open.state);
  }
  for (const protocol::StateRoot& earlier : closed) count(earlier);
}

void ContributionHistory::certify(const protocol::RoundDigest& rd, protocol::CertifiedSet set,
                                  bool names_this_shop) {
  if (!names_this_shop) return release(rd);
  for (UnsettledContribution& open : unsettled_) {
    if (open.rd == rd) open.certified = set;
  }
}

void ContributionHistory::keep_unsettled(UnsettledContribution contribution) {
  release(contribution.rd);
  unsettled_.push_back(std::move(contribution));
}

void ContributionHistory::hold(const protocol::RoundDigest& rd, const protocol::Digest& request,
                               const protocol::BlobId& model_root,
                               const protocol::BlobId& public_inputs) {
  for (UnsettledContribution& open : unsettled_) {
    if (open.rd != rd) continue;
    open.request = request;
    open.state.model_root = model_root;
    open.state.public_inputs = public_inputs;
  }
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

void ContributionHistory::accept_roster(protocol::Epoch epoch, const protocol::Digest& head) {
  if (!accepted_rosters_.empty() && accepted_rosters_.back().epoch >= epoch) {
    // Within an epoch the roster may grow; an older epoch says nothing new.
    if (accepted_rosters_.back().epoch == epoch) accepted_rosters_.back().head = head;
    return;
  }
  accepted_rosters_.push_back({epoch, head});
  if (accepted_rosters_.size() > 2) accepted_rosters_.erase(accepted_rosters_.begin());
}

std::optional<protocol::Digest> ContributionHistory::roster_before(protocol::Epoch epoch) const {
  std::optional<protocol::Digest> head;
  for (const AcceptedRoster& accepted : accepted_rosters_) {
    if (accepted.epoch < epoch) head = accepted.head;
  }
  return head;
}

}  // namespace guildsum::participant
