#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "models/layout.hpp"
#include "models/task_plan.hpp"

namespace guildsum::models {

/// One secure sum that a task asks for. Everything in it is public to the members of the round.
struct SumRequest {
  /// "popularity.counts", "ease.gram", "ials.gradient", "ials.product", "vocabulary.presence",
  /// "gradient.delta", "evaluation.customers", "evaluation.quality" or "transitions.counts".
  std::string step_kind;
  std::uint64_t step_number = 0;  ///< From 1, rises by one with every sum of the task.
  VectorLayout layout;
  /// What a shop needs beside its data (item factors, search direction, groups); often empty.
  Bytes public_inputs;
};

/// What the round says about the sum it opened.
struct SumContext {
  std::uint32_t survivors = 0;  ///< Shops in the sum.
  bool same_survivors_as_previous =
      true;  ///< The same shops as in this task's previous opened sum.
};

/// Where a task stands, for people.
struct TaskProgress {
  std::uint64_t sums_done = 0;
  std::uint64_t sums_total = 0;
};

/// A training task as a sequence of plain sums over shops. It knows nothing of rounds.
///
/// Deterministic: from the same plan and the same sums every machine computes the same checkpoint,
/// byte for byte (scalar IEEE 754 arithmetic in a fixed order, no fused operations, only + - * /
/// sqrt), so that shops can recompute it and vote on its Merkle root. Not thread safe.
class SumTask {
 public:
  virtual ~SumTask() = default;
  [[nodiscard]] virtual const TaskPlan& plan() const noexcept = 0;
  /// The sum wanted next; the same until `apply` or `apply_lost`. ModelsErrc::wrong_step when
  /// finished.
  [[nodiscard]] virtual Result<SumRequest> next_request() const = 0;
  /// Takes the opened sum, in units of the layout [layout.total_length()]. On an error nothing
  /// changes. ModelsErrc::wrong_shape, or out_of_range where the sum cannot come from `survivors`
  /// honest shops.
  [[nodiscard]] virtual Result<> apply(std::span<const std::int64_t> sum,
                                       const SumContext& context) = 0;
  /// The wanted sum was certified but will never open: goes on from the last opened one with a
  /// damped step. ModelsErrc::nothing_opened where there is none to go on from (always for counts
  /// and Gram).
  [[nodiscard]] virtual Result<> apply_lost() = 0;
  /// A finished task of a cumulative step wants one more sum, of what changed since the one before;
  /// the checkpoint stays as it is. ModelsErrc::wrong_step before it is finished, and for a kind
  /// that is always trained from its start.
  [[nodiscard]] virtual Result<> reopen();
  [[nodiscard]] virtual bool finished() const noexcept = 0;
  [[nodiscard]] virtual TaskProgress progress() const noexcept = 0;
  /// The whole state as canonical bytes; their Merkle root is the model root.
  [[nodiscard]] virtual Bytes checkpoint() const = 0;
};

/// A task at its start. ModelsErrc::bad_plan.
[[nodiscard]] Result<std::unique_ptr<SumTask>> make_task(const TaskPlan& plan);
/// A task as it was when `checkpoint` was taken. ModelsErrc::malformed if the bytes do not belong
/// to `plan`.
[[nodiscard]] Result<std::unique_ptr<SumTask>> restore_task(const TaskPlan& plan,
                                                            ByteView checkpoint);

/// As `restore_task`; a finished task is reopened when sum `step_number` of a cumulative step is
/// the one that is wanted.
[[nodiscard]] Result<std::unique_ptr<SumTask>> restore_task_at(const TaskPlan& plan,
                                                               ByteView checkpoint,
                                                               std::uint64_t step_number);

/// Whether the sums of this step add up to the model: to the first one of a lineage a shop
/// contributes all of its values, to each later one how they differ from those of the last sum that
/// it is counted in ("ease.gram").
[[nodiscard]] bool is_cumulative(std::string_view step_kind) noexcept;

}  // namespace guildsum::models
