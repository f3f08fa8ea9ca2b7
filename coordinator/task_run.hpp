#pragma once

#include <memory>
#include <optional>

#include "coordinator/continuation.hpp"
#include "coordinator/round/round_machine.hpp"
#include "coordinator/store/blobs.hpp"
#include "coordinator/store/ledger.hpp"
#include "models/sum_task.hpp"

namespace guildsum::coordinator {

/// A training task in memory beside its row. Only the scheduler touches it.
struct TaskRun {
  TaskRow row;
  models::TaskPlan plan;
  std::unique_ptr<models::SumTask> sums;
};

/// Stores a new task and its first checkpoint, or one that goes on with the model of `from`.
/// @return models' bad_plan, or the stores' errors.
[[nodiscard]] Result<TaskRun> create_task(Ledger& ledger, Blobs& blobs,
                                          const models::TaskPlan& plan, protocol::Epoch epoch,
                                          std::int64_t now_unix_ms,
                                          const std::optional<Continuation>& from = {});
/// The task at its last checkpoint. BaseErrc::corrupt if that is damaged.
[[nodiscard]] Result<TaskRun> resume_task(Blobs& blobs, const TaskRow& row);

/// A sum that was opened and stepped on, with everything durable but the row.
struct SteppedSum {
  BlobId sum;
  TaskRow row;  ///< with the new checkpoint and progress
};
/// Publishes the packed sum, applies it to `run.sums`, publishes the checkpoint. On an error
/// `run.sums` may have moved on: resume it from its row.
/// @return models' errors when the step fails, the stores' errors otherwise.
[[nodiscard]] Result<SteppedSum> step_task(TaskRun& run, Blobs& blobs,
                                           std::span<const std::int64_t> values, Bytes packed,
                                           const OpenSum& job);
/// SHA-256 over the members of a sum, to tell whether the next one has the same.
[[nodiscard]] Digest survivor_set_digest(const OpenSum& job);

}  // namespace guildsum::coordinator
