#pragma once

#include <memory>

#include "base/log.hpp"
#include "models/sum_task.hpp"
#include "participant/remote/remote.hpp"
#include "participant/store/model_store.hpp"
#include "protocol/descriptor.hpp"

namespace guildsum::participant {

/// A task at the state that a round starts from.
struct OpenedTask {
  std::unique_ptr<models::SumTask> task;
  Bytes checkpoint;  ///< What `task` was restored from.
  /// U2 of the step before, when this shop verified that step; else it is not known.
  std::optional<std::vector<protocol::ParticipantId>> survivors_before;
};

/// Finds the state that a descriptor names, from what this shop computed by itself where it can.
///
/// The lineage must be the one of the descriptor's epoch and the plan's start, for a delta of that
/// epoch or an earlier one. A task's first step must start from what the plan alone leads to, and a
/// step that follows one this shop verified must start from exactly that result: otherwise the
/// coordinator is asking about a model that the opened sums do not lead to. Only after missed steps
/// is a checkpoint taken from the coordinator, by its address, and that is logged as
/// `model.adopted`.
/// @return ParticipantErrc::model_not_reproduced, or the error of fetching and restoring.
[[nodiscard]] Result<OpenedTask> open_task(const models::TaskPlan& plan,
                                           const protocol::RoundDescriptor& descriptor,
                                           ModelStore& store, Remote& remote, Log& log);

/// The request that `task` makes now, which must be what the round asks for.
/// @return ParticipantErrc::request_mismatch naming what differs.
[[nodiscard]] Result<models::SumRequest> matching_request(const models::SumTask& task,
                                                          const protocol::RoundDescription& round);

}  // namespace guildsum::participant
