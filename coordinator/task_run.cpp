#include "coordinator/task_run.hpp"

#include "base/errors.hpp"
#include "crypto/sha256.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {

Result<TaskRun> create_task(Ledger& ledger, Blobs& blobs, const models::TaskPlan& plan,
                            protocol::Epoch epoch, std::int64_t now_unix_ms) {
  TaskRun run;
  run.plan = plan;
  GS_TRY(run.sums, models::make_task(plan));
  run.row.epoch = epoch;
  run.row.kind = models::to_string(plan.kind);
  run.row.plan = plan.canonical_bytes();
  GS_TRY(run.row.first_root, blobs.put(run.sums->checkpoint()));
  run.row.checkpoint = run.row.first_root;
  run.row.sums_total = run.sums->progress().sums_total;
  run.row.created_unix_ms = now_unix_ms;
  GS_CHECK(ledger.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_task(run.row));
    GS_CHECK(rows.publish(run.row.first_root, "checkpoint", now_unix_ms));
    return rows.append_audit(
        now_unix_ms, "operator", "task.started",
        "{\"task\":" + std::to_string(epoch.value()) + ",\"kind\":\"" + run.row.kind + "\"}");
  }));
  return run;
}

Result<TaskRun> resume_task(Blobs& blobs, const TaskRow& row) {
  TaskRun run;
  run.row = row;
  GS_TRY(run.plan, models::TaskPlan::parse(row.plan));
  GS_TRY(const Bytes checkpoint, blobs.load(row.checkpoint, protocol::kBlobBytesMax));
  GS_TRY(run.sums, models::restore_task(run.plan, checkpoint));
  return run;
}

Digest survivor_set_digest(const OpenSum& job) {
  crypto::Sha256 hash;
  for (const protocol::MaskedInput& header : job.inputs) hash.update(header.sender.view());
  return hash.finish();
}

Result<SteppedSum> step_task(TaskRun& run, Blobs& blobs, std::span<const std::int64_t> values,
                             Bytes packed, const OpenSum& job) {
  SteppedSum stepped;
  GS_TRY(stepped.sum, blobs.put(packed));
  packed = Bytes{};  // The sum may be large, and the step needs memory of its own.

  stepped.row = run.row;
  stepped.row.survivors = survivor_set_digest(job);
  models::SumContext context;
  context.survivors = static_cast<std::uint32_t>(job.inputs.size());
  context.same_survivors_as_previous =
      run.row.survivors.is_zero() || run.row.survivors == stepped.row.survivors;
  GS_CHECK(run.sums->apply(values, context));
  GS_TRY(stepped.row.checkpoint, blobs.put(run.sums->checkpoint()));
  const models::TaskProgress progress = run.sums->progress();
  stepped.row.sums_done = progress.sums_done;
  stepped.row.sums_total = progress.sums_total;
  return stepped;
}

}  // namespace guildsum::coordinator
