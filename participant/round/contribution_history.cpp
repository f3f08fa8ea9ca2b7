#include "participant/round/contribution_history.hpp"

#include <algorithm>

#include "models/sum_task.hpp"

namespace guildsum::participant {

using protocol::ProtocolErrc;

namespace {

bool is_same_kind(const protocol::StateRoot& a, const protocol::StateRoot& b) {
  return a.lineage == b.lineage && a.step_kind == b.step_kind;
}

}  // namespace

bool joins_deltas(const protocol::StateRoot& state) noexcept {
  return models::is_cumulative(state.step_kind) && state.step_number > 1;
}

std::string approval_for(const std::string& task_kind, const protocol::StateRoot& state) {
  return joins_deltas(state) ? task_kind + "-join" : task_kind;
}

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
  if (models::is_cumulative(state.step_kind)) {
    if (is_uncertain_before(state)) return ProtocolErrc::certificate_withheld;
    const Counted before = counted_before(state);
    if (before.step_number > 0 && !before.rd) return ProtocolErrc::delta_base_lost;
  }
  if (is_new_lineage(state) && !approvals_.contains(approval_for(task_kind, state))) {
    return ProtocolErrc::new_lineage;
  }
  return std::nullopt;
}

/// A lineage is new when this shop contributed to this step kind, and never in this lineage. So is
/// one of deltas that it is counted in nowhere, also when the owner let it begin: its first sum,
/// where everybody sends all, then went on without this shop.
bool ContributionHistory::is_new_lineage(const protocol::StateRoot& state) const {
  bool elsewhere = joins_deltas(state);
  if ((elsewhere ? approved_joins_ : approved_).contains(state.lineage)) return false;
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

/// A step is certain when one of its attempts is certified: the others of it were joined as repairs
/// of that one, with the same values.
bool ContributionHistory::is_uncertain_before(const protocol::StateRoot& state) const {
  return std::ranges::any_of(unsettled_, [&](const UnsettledContribution& open) {
    if (!is_same_kind(open.state, state) || open.state.step_number >= state.step_number) {
      return false;
    }
    return std::ranges::none_of(unsettled_, [&](const UnsettledContribution& other) {
      return is_same_kind(other.state, open.state) && other.certified &&
             other.state.step_number == open.state.step_number;
    });
  });
}

ContributionHistory::Counted ContributionHistory::counted_before(
    const protocol::StateRoot& state) const {
  Counted newest;
  const Step step{state.lineage, state.step_kind};
  if (const auto last = last_counted_.find(step); last != last_counted_.end()) {
    newest.step_number = last->second;
    const auto base = bases_.find(step);
    if (base != bases_.end() && base->second.step_number == last->second) {
      newest.rd = base->second.rd;
    }
  }
  for (const UnsettledContribution& open : unsettled_) {
    const std::uint64_t number = open.state.step_number;
    if (!open.certified || !is_same_kind(open.state, state)) continue;
    if (number < state.step_number && number > newest.step_number) newest = {number, open.rd};
  }
  return newest;
}

std::optional<DeltaBase> ContributionHistory::delta_base(const protocol::StateRoot& state) const {
  if (!models::is_cumulative(state.step_kind)) return std::nullopt;
  const Counted before = counted_before(state);
  if (!before.rd) return std::nullopt;
  return DeltaBase{before.step_number, *before.rd};
}

void ContributionHistory::count(const protocol::StateRoot& state,
                                const std::optional<protocol::RoundDigest>& rd) {
  count_beside(state, rd, state.lineage);
}

void ContributionHistory::count_beside(const protocol::StateRoot& state,
                                       const std::optional<protocol::RoundDigest>& rd,
                                       const protocol::Digest& lineage) {
  auto& last = last_counted_[{state.lineage, state.step_kind}];
  if (models::is_cumulative(state.step_kind) && state.step_number > last) {
    // Also those of other lineages: once a new one has begun, no older one is gone on with. But the
    // coordinator goes on with this one.
    std::erase_if(bases_, [&](const auto& base) {
      const bool stays = base.first.lineage == lineage && lineage != state.lineage;
      return base.first.step_kind == state.step_kind && !stays;
    });
    if (rd) bases_[{state.lineage, state.step_kind}] = {state.step_number, *rd};
  }
  last = std::max(last, state.step_number);
  std::erase_if(unsettled_, [&](const UnsettledContribution& open) {
    return is_same_kind(open.state, state) && open.state.step_number <= state.step_number;
  });
}

void ContributionHistory::close_before(const protocol::StateRoot& state) {
  std::vector<UnsettledContribution> closed;
  for (const UnsettledContribution& open : unsettled_) {
    const bool same_task = open.state.lineage == state.lineage;
    const bool waits =
        models::is_cumulative(open.state.step_kind) && open.state.step_kind != state.step_kind;
    if (waits || (same_task && open.state.step_number >= state.step_number)) continue;
    closed.push_back(open);
  }
  // What shows this shop's state first: the other attempts of that step hold the same values.
  std::ranges::stable_partition(closed,
                                [](const auto& open) { return open.certified.has_value(); });
  for (const UnsettledContribution& open : closed) {
    count_beside(open.state, open.certified ? std::optional{open.rd} : std::nullopt,
                 state.lineage);
  }
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

void ContributionHistory::approve(const std::string& approval) { approvals_.insert(approval); }

void ContributionHistory::bind(const std::string& task_kind, const protocol::StateRoot& state) {
  if (!is_new_lineage(state)) return;
  approvals_.erase(approval_for(task_kind, state));
  (joins_deltas(state) ? approved_joins_ : approved_).insert(state.lineage);
}

void ContributionHistory::contribute(const protocol::RoundDigest& rd, std::int64_t at_ms) {
  contributed_ms_ = contribution_times();
  contributed_ms_[rd] = at_ms;
}

std::optional<std::int64_t> ContributionHistory::contributed_ms(
    const protocol::RoundDigest& rd) const {
  const auto found = contributed_ms_.find(rd);
  return found == contributed_ms_.end() ? std::nullopt : std::optional{found->second};
}

std::map<protocol::RoundDigest, std::int64_t> ContributionHistory::contribution_times() const {
  std::map<protocol::RoundDigest, std::int64_t> times;
  const auto keep = [&](const protocol::RoundDigest& rd) {
    if (const auto at = contributed_ms(rd)) times.emplace(rd, *at);
  };
  for (const auto& [step, base] : bases_) keep(base.rd);
  for (const UnsettledContribution& open : unsettled_) keep(open.rd);
  return times;
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
