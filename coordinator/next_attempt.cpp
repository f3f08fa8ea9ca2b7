// Whether there is a next attempt, and of whom: what follows from the attempts of a round so far,
// on the scheduler. Each decision follows from the ledger alone.
#include <algorithm>

#include "base/errors.hpp"
#include "coordinator/complaints.hpp"
#include "coordinator/round_service.hpp"
#include "coordinator/task_failure.hpp"

namespace guildsum::coordinator {

namespace {

/// Whether the same may succeed later: disks fill up and are emptied again.
bool is_storage_trouble(const Error& error) {
  return error == BaseErrc::no_space || error == BaseErrc::io_failed || error == BaseErrc::busy;
}

}  // namespace

Result<std::optional<RoundKey>> RoundService::settle(const RoundRow& last) {
  const auto over = [](Result<> done) -> Result<std::optional<RoundKey>> {
    if (done.has_error()) return done.error();
    return std::optional<RoundKey>{};
  };
  GS_TRY(const auto repair, repair_for(last.key.round));
  if (repair && is_waited_for(last) &&
      may_be_repaired(*repair, terms_.rounds, parts_.membership.eligible_shops(last.epoch))) {
    return std::optional{RoundKey{last.key.round, last.key.attempt.next()}};
  }
  if (last.status == RoundStatus::aborted && !repair) {
    GS_TRY(const auto refusals, refusals_of(parts_.ledger, last.key));
    const std::uint32_t attempts = last.key.attempt.value() + 1;
    if (attempts < terms_.rounds.attempts_max && !is_hopeless(last, refusals)) {
      return std::optional{RoundKey{last.key.round, last.key.attempt.next()}};
    }
    return over(fail_task("round " + std::to_string(last.key.round.value()) + " (" +
                          last.step_kind + ") gave up after " + std::to_string(attempts) +
                          (attempts == 1 ? " attempt: " : " attempts: ") +
                          explain_attempt(last, run_->row.kind, refusals, parts_.membership)));
  }
  if (last.status == RoundStatus::lost || repair) {
    if (const auto stepped = step_over_lost_sum(last); stepped.has_error()) {
      if (is_storage_trouble(stepped.error())) return stepped.error();
      return over(fail_task("the sum " + last.step_kind +
                            " did not open, too few shops abandoned it, and it must not be asked "
                            "for again: " +
                            last.reason));
    }
  }
  if (last.status == RoundStatus::completed && rejected_by_shops()) {
    return over(fail_task("more shops than may be corrupt rejected the result of round " +
                          std::to_string(last.key.round.value())));
  }
  if (run_->sums->finished()) return over(complete_task(last));
  return std::optional{RoundKey{last.key.round.next(), protocol::Attempt{}}};
}

/// Whether too few shops are left when those who would refuse again are taken away.
bool RoundService::is_hopeless(const RoundRow& last,
                               const std::vector<RefusalRow>& refusals) const {
  const auto refusing = refusing_for_good(refusals);
  if (refusing.empty()) return false;
  const auto left =
      std::ranges::count_if(parts_.membership.eligible_shops(last.epoch),
                            [&](const ParticipantId& shop) { return !refusing.contains(shop); });
  return left < static_cast<std::ptrdiff_t>(terms_.rounds.cohort_min);
}

bool RoundService::rejected_by_shops() const {
  const std::scoped_lock lock{mutex_};
  const auto* done = previous_ ? std::get_if<Completed>(&previous_->phase()) : nullptr;
  if (done == nullptr) return false;
  const auto rejected =
      std::ranges::count_if(done->votes, [](const protocol::Vote& vote) { return !vote.accept; });
  const auto& descriptor = done->round.certified.proposed.shared.described.description.descriptor;
  return rejected > static_cast<std::ptrdiff_t>(descriptor.c);
}

Result<std::optional<PendingRepair>> RoundService::repair_for(protocol::RoundId round) const {
  GS_TRY(const auto attempts,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.attempts(round); }));
  return pending_repair(attempts, parts_.blobs);
}

/// Whether the task still asks for this attempt's sum: once it went on without it, it stays closed.
bool RoundService::is_waited_for(const RoundRow& last) const {
  if (run_->sums->finished()) return false;
  const auto request = run_->sums->next_request();
  return request.has_value() && request->step_number == last.step_number;
}

Result<> RoundService::step_over_lost_sum(const RoundRow& last) {
  GS_TRY(const auto request, run_->sums->next_request());
  if (request.step_number != last.step_number) return {};  // done before a restart
  GS_CHECK(run_->sums->apply_lost());
  TaskRow row = run_->row;
  GS_TRY(row.checkpoint, parts_.blobs.put(run_->sums->checkpoint()));
  row.sums_done = run_->sums->progress().sums_done;
  row.sums_total = run_->sums->progress().sums_total;
  const auto stored = parts_.ledger.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.publish(row.checkpoint, "checkpoint", now()));
    return rows.update_task(row);
  });
  GS_CHECK(stored);
  parts_.log.warn("task.sum_lost", {{"task", row.epoch}, {"step", last.step_kind}});
  run_->row = row;
  const std::scoped_lock lock{mutex_};
  task_ = row;
  return {};
}

Result<> RoundService::choose_shops(StepState& state,
                                    const std::optional<SharedVocabulary>& vocabulary) {
  GS_TRY(std::set<ParticipantId> out, left_out_of(parts_.ledger, state.epoch));
  GS_TRY(auto faulty, proven_faulty(parts_.ledger, parts_.blobs, state.epoch));
  out.merge(faulty);
  if (out.empty() && !vocabulary) return {};
  // Without the vocabulary's key a shop could only refuse.
  state.invited =
      vocabulary ? vocabulary->key.members : parts_.membership.eligible_shops(state.epoch);
  std::string names;
  for (const ParticipantId& shop : out) {
    names += (names.empty() ? "" : ", ") + parts_.membership.name_of(shop);
  }
  std::erase_if(state.invited, [&](const ParticipantId& shop) { return out.contains(shop); });
  state.eligible = static_cast<std::uint32_t>(state.invited.size());
  if (out.empty()) return {};
  parts_.log.warn("round.left_out", {{"round", state.key.round},
                                     {"attempt", state.key.attempt},
                                     {"shops", names},
                                     {"reason", "complaints, or proven to have misdealt"}});
  return {};
}

}  // namespace guildsum::coordinator
