#include "participant/training/task_cursor.hpp"

#include "participant/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"

namespace guildsum::participant {
namespace {

Error not_reproduced(std::string detail) {
  return {ParticipantErrc::model_not_reproduced, std::move(detail)};
}

Error mismatch(std::string what) { return {ParticipantErrc::request_mismatch, std::move(what)}; }

constexpr std::uint64_t kEpochsLookedAt = 1U << 16;

/// A task's epoch names its lineage with the root of its start. One that goes on with a model has
/// an epoch of its own, later than the lineage's.
bool names_lineage(const protocol::RoundDescriptor& descriptor, const protocol::BlobId& root) {
  const protocol::StateRoot& state = descriptor.state;
  if (protocol::lineage_of(descriptor.epoch, root) == state.lineage) return true;
  if (!models::is_cumulative(state.step_kind) || state.step_number <= 1) return false;
  const std::uint64_t newest = descriptor.epoch.value();
  const std::uint64_t oldest = newest > kEpochsLookedAt ? newest - kEpochsLookedAt : 0;
  for (std::uint64_t epoch = newest; epoch-- > oldest;) {
    if (protocol::lineage_of(protocol::Epoch{epoch}, root) == state.lineage) return true;
  }
  return false;
}

/// The task as its plan alone starts it, which with the epoch names the lineage.
Result<OpenedTask> start(const models::TaskPlan& plan,
                         const protocol::RoundDescriptor& descriptor) {
  OpenedTask opened;
  GS_TRY(opened.task, models::make_task(plan));
  opened.checkpoint = opened.task->checkpoint();
  const auto root = protocol::blob_id(opened.checkpoint);
  if (!names_lineage(descriptor, root)) {
    return not_reproduced("the lineage is not that of the epoch and the task's start");
  }
  return opened;
}

Result<OpenedTask> restore(const models::TaskPlan& plan, const protocol::StateRoot& state,
                           Bytes checkpoint) {
  OpenedTask opened;
  opened.checkpoint = std::move(checkpoint);
  GS_TRY(opened.task, models::restore_task_at(plan, opened.checkpoint, state.step_number));
  return opened;
}

/// The step before was verified here: only its result, or what follows from it when one sum was
/// lost for good, may be asked about.
Result<OpenedTask> follow(const models::TaskPlan& plan, const protocol::StateRoot& state,
                          const TaskStateRecord& known, ModelStore& store) {
  GS_TRY(Bytes checkpoint, store.checkpoint(known.root));
  GS_TRY(OpenedTask opened, restore(plan, state, std::move(checkpoint)));
  if (!known.survivors.empty()) opened.survivors_before = known.survivors;
  if (known.step_number + 1 == state.step_number) {
    if (known.root == state.model_root) return opened;
    return not_reproduced("step " + std::to_string(state.step_number) +
                          " does not start from the result that this shop verified");
  }
  if (opened.task->apply_lost()) {
    opened.checkpoint = opened.task->checkpoint();
    if (protocol::blob_id(opened.checkpoint) == state.model_root) return opened;
  }
  return not_reproduced("more than one step was missed");
}

Result<OpenedTask> adopt(const models::TaskPlan& plan, const protocol::StateRoot& state,
                         Remote& remote, Log& log) {
  log.warn("model.adopted", {{"step_kind", state.step_kind},
                             {"step_number", state.step_number},
                             {"root", state.model_root}});
  GS_TRY(Bytes checkpoint, remote.blob(state.model_root, protocol::kBlobBytesMax));
  return restore(plan, state, std::move(checkpoint));
}

/// Where this shop verified the lineage last: the running task, or the model that a task of deltas
/// goes on with after others have run.
Result<std::optional<TaskStateRecord>> known_state(const models::TaskPlan& plan,
                                                   const protocol::StateRoot& state,
                                                   ModelStore& store) {
  const auto is_it = [&](const protocol::Digest& lineage, const Bytes& of) {
    return lineage == state.lineage && of == plan.canonical_bytes();
  };
  GS_TRY(auto known, store.task_state());
  if (known && is_it(known->lineage, known->plan)) return known;
  GS_TRY(const auto models, store.models());
  for (const ModelRecord& model : models) {
    if (!models::is_cumulative(state.step_kind) || !is_it(model.lineage, model.plan)) continue;
    return std::optional{
        TaskStateRecord{model.lineage, model.step_number, model.root, model.plan, {}}};
  }
  return std::optional<TaskStateRecord>{};
}

}  // namespace

Result<OpenedTask> open_task(const models::TaskPlan& plan,
                             const protocol::RoundDescriptor& descriptor, ModelStore& store,
                             Remote& remote, Log& log) {
  const protocol::StateRoot& state = descriptor.state;
  GS_TRY(OpenedTask started, start(plan, descriptor));
  if (state.step_number <= 1) {
    if (protocol::blob_id(started.checkpoint) == state.model_root) return started;
    return not_reproduced("the task does not start from its plan");
  }
  GS_TRY(const auto known, known_state(plan, state, store));
  if (!known) return adopt(plan, state, remote, log);
  if (known->step_number >= state.step_number) {
    return not_reproduced("step " + std::to_string(state.step_number) + " was verified already");
  }
  auto followed = follow(plan, state, *known, store);
  if (followed || known->step_number + 1 == state.step_number) return followed;
  return adopt(plan, state, remote, log);
}

Result<models::SumRequest> matching_request(const models::SumTask& task,
                                            const protocol::RoundDescription& round) {
  const protocol::RoundDescriptor& descriptor = round.descriptor;
  GS_TRY(auto request, task.next_request());
  if (request.step_kind != descriptor.state.step_kind) return mismatch("step kind");
  if (request.step_number != descriptor.state.step_number) return mismatch("step number");
  if (request.layout.canonical_bytes() != round.layout) return mismatch("layout");
  if (request.layout.total_length() != descriptor.codec.vector_length) return mismatch("length");
  const auto inputs =
      request.public_inputs.empty() ? protocol::BlobId{} : protocol::blob_id(request.public_inputs);
  if (inputs != descriptor.state.public_inputs) return mismatch("public inputs");
  return request;
}

}  // namespace guildsum::participant
