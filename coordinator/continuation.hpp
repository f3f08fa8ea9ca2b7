#pragma once

#include <optional>

#include "coordinator/round/round_machine.hpp"
#include "coordinator/store/ledger.hpp"
#include "models/task_plan.hpp"

/// Tasks that go on with the model of an earlier one by the sum of what changed since
/// (docs/decisions/0015-delta-grams.md).
namespace guildsum::coordinator {

/// The lineage and the released model that a new task goes on with.
struct Continuation {
  protocol::Epoch origin;  ///< of the task that began the lineage
  BlobId first_root;       ///< of that task
  BlobId checkpoint;       ///< of the model
  Digest survivors;        ///< of the model's last sum
};

/// What a task of this plan can go on with: the newest model of its kind, if that has the same plan
/// and is about the same items, and if no later sum of its lineage may be open. Nothing otherwise,
/// and for kinds without deltas: the task begins a lineage of its own.
/// @param vocabulary  what the round descriptor will name
[[nodiscard]] Result<std::optional<Continuation>> continuation_of(Ledger& ledger,
                                                                  const models::TaskPlan& plan,
                                                                  const Digest& vocabulary);

/// SHA-256 over origin and first root: the lineage of the task's rounds.
[[nodiscard]] Digest lineage_of(const TaskRow& task);

/// What shows a shop that missed the end whether it is in the sum: of an attempt that did not open,
/// and of one that did where the next sum is a delta. Nothing of other attempts.
[[nodiscard]] std::optional<protocol::UnopenedRound> survivors_to_show(const Phase& ended);

}  // namespace guildsum::coordinator
