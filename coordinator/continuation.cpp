#include "coordinator/continuation.hpp"

#include <algorithm>

#include "models/sum_task.hpp"
#include "protocol/digests.hpp"

namespace guildsum::coordinator {
namespace {

constexpr std::uint32_t kTasksLookedAt = 10'000;

/// A shop that is in a later sum of the kind, open or not, and of this lineage or a newer one, has
/// moved its state on; the model has not.
Result<bool> is_overtaken(LedgerReader& rows, const ModelRow& model) {
  GS_TRY(const auto tasks, rows.recent_tasks(kTasksLookedAt));
  for (const TaskRow& task : tasks) {
    if (task.epoch < model.epoch) break;
    if (task.kind != model.kind) continue;
    GS_TRY(const auto keys, rows.attempts_of(task.epoch));
    for (const RoundKey& key : keys) {
      if (key.round <= model.round) continue;
      GS_TRY(const auto attempts, rows.attempts(key.round));
      const bool counts = std::ranges::any_of(attempts, [](const RoundRow& row) {
        return row.status == RoundStatus::completed || row.status == RoundStatus::lost;
      });
      if (counts) return true;
    }
  }
  return false;
}

/// Which items the sum that completed the model was about.
Result<std::optional<Digest>> vocabulary_of(LedgerReader& rows, const ModelRow& model) {
  GS_TRY(const auto attempts, rows.attempts(model.round));
  for (const RoundRow& row : attempts) {
    if (row.status != RoundStatus::completed) continue;
    GS_TRY(const auto plan, decode_plan(row.plan));
    return std::optional{plan.descriptor.vocabulary};
  }
  return std::optional<Digest>{};
}

}  // namespace

Result<std::optional<Continuation>> continuation_of(Ledger& ledger, const models::TaskPlan& plan,
                                                    const Digest& vocabulary) {
  std::optional<Continuation> found;
  if (plan.kind != models::TaskKind::ease) return found;
  const auto done = ledger.read([&](LedgerReader& rows) -> Result<> {
    GS_TRY(const auto models, rows.models());
    const auto newest = std::find_if(models.rbegin(), models.rend(), [&](const ModelRow& model) {
      return model.kind == models::to_string(plan.kind);
    });
    if (newest == models.rend() || newest->plan != plan.canonical_bytes()) return {};
    GS_TRY(const auto about, vocabulary_of(rows, *newest));
    if (about != vocabulary) return {};
    GS_TRY(const auto task, rows.task(newest->epoch));
    if (!task || lineage_of(*task) != newest->lineage) return {};
    GS_TRY(const bool overtaken, is_overtaken(rows, *newest));
    if (overtaken) return {};
    found = Continuation{task->origin, task->first_root, newest->checkpoint, task->survivors};
    return {};
  });
  if (done.has_error()) return done.error();
  return found;
}

Digest lineage_of(const TaskRow& task) {
  return protocol::lineage_of(task.origin, task.first_root);
}

std::optional<protocol::UnopenedRound> survivors_to_show(const Phase& ended) {
  if (const auto* aborted = std::get_if<Aborted>(&ended)) return aborted->unopened;
  const auto* done = std::get_if<Completed>(&ended);
  if (done == nullptr) return std::nullopt;
  const CertifiedRound& certified = done->round.certified;
  const SharedRound& shared = certified.proposed.shared;
  if (!models::is_cumulative(shared.described.view.descriptor.state.step_kind)) return std::nullopt;
  protocol::UnopenedRound shown;
  shown.rd = shared.described.view.rd;
  shown.proposal = {shown.rd, shared.sharers, certified.proposed.headers};
  shown.certificate = certified.certificate;
  return shown;
}

}  // namespace guildsum::coordinator
