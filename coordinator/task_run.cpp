#include "coordinator/task_run.hpp"

#include "base/errors.hpp"
#include "crypto/sha256.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {

namespace {

Result<> begin_lineage(TaskRun& run, Blobs& blobs) {
  GS_TRY(run.sums, models::make_task(run.plan));
  run.row.origin = run.row.epoch;
  GS_TRY(run.row.first_root, blobs.put(run.sums->checkpoint()));
  run.row.checkpoint = run.row.first_root;
  return {};
}

Result<> go_on(TaskRun& run, Blobs& blobs, const Continuation& from) {
  GS_TRY(const Bytes checkpoint, blobs.load(from.checkpoint, protocol::kBlobBytesMax));
  GS_TRY(run.sums, models::restore_task(run.plan, checkpoint));
  GS_CHECK(run.sums->reopen());
  run.row.origin = from.origin;
  run.row.first_root = from.first_root;
  run.row.checkpoint = from.checkpoint;
  run.row.survivors = from.survivors;
  return {};
}

std::string started_detail(const TaskRow& row) {
  std::string detail =
      "{\"task\":" + std::to_string(row.epoch.value()) + ",\"kind\":\"" + row.kind + "\"";
  if (row.origin != row.epoch) {
    detail += ",\"continues_task\":" + std::to_string(row.origin.value());
  }
  return detail + "}";
}

}  // namespace

Result<TaskRun> create_task(Ledger& ledger, Blobs& blobs, const models::TaskPlan& plan,
                            protocol::Epoch epoch, std::int64_t now_unix_ms,
                            const std::optional<Continuation>& from) {
  GS_CHECK(plan.validate());
  TaskRun run;
  run.plan = plan;
  run.row.epoch = epoch;
  run.row.kind = models::to_string(plan.kind);
  run.row.plan = plan.canonical_bytes();
  GS_CHECK(from ? go_on(run, blobs, *from) : begin_lineage(run, blobs));
  run.row.sums_total = run.sums->progress().sums_total;
  run.row.created_unix_ms = now_unix_ms;
  GS_CHECK(ledger.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_task(run.row));
    GS_CHECK(rows.publish(run.row.first_root, "checkpoint", now_unix_ms));
    return rows.append_audit(now_unix_ms, "operator", "task.started", started_detail(run.row));
  }));
  return run;
}

Result<TaskRun> resume_task(Blobs& blobs, const TaskRow& row) {
  TaskRun run;
  run.row = row;
  GS_TRY(run.plan, models::TaskPlan::parse(row.plan));
  GS_TRY(const Bytes checkpoint, blobs.load(row.checkpoint, protocol::kBlobBytesMax));
  GS_TRY(run.sums, models::restore_task(run.plan, checkpoint));
  // It goes on with a released model, and its own sum is not in yet.
  if (row.sums_done < row.sums_total && run.sums->finished()) GS_CHECK(run.sums->reopen());
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
