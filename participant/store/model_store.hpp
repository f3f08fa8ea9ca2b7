#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/metrics.hpp"
#include "participant/store/store.hpp"
#include "protocol/ids.hpp"

namespace guildsum::participant {

/// A released model that the shop keeps; one per task kind, the newest.
struct ModelRecord {
  std::string kind;  ///< of the task, such as "ease"
  protocol::ModelVersion version;
  protocol::BlobId root;    ///< Of its checkpoint.
  Bytes plan;               ///< Canonical bytes of the training plan.
  protocol::RoundId round;  ///< Whose result it is.
  std::int64_t received_ms = 0;
  protocol::Digest lineage;       ///< Zero for one that an older version kept.
  std::uint64_t step_number = 0;  ///< Of the sum that completed it.
};

/// Where the running task stands after the last sum that this shop verified.
struct TaskStateRecord {
  protocol::Digest lineage;
  std::uint64_t step_number = 0;  ///< Of the step that led here; 0 at the task's start.
  protocol::BlobId root;          ///< Of the checkpoint.
  Bytes plan;
  std::vector<protocol::ParticipantId> survivors;  ///< U2 of that step, ascending.
};

/// Quality on the shop's own hold-out. `role` is "popularity", "alone" or "federated".
struct EvaluationRecord {
  std::string role;
  std::string kind;
  protocol::ModelVersion version;
  models::Quality quality;
  crypto::Digest data;  ///< Which purchases it was measured on.
};

/// Models and task states with their checkpoints, which are files beside the store, named by their
/// content address. Thread safe.
class ModelStore {
 public:
  /// Creates the directory of checkpoints with mode 0700.
  [[nodiscard]] static Result<std::unique_ptr<ModelStore>> open(
      Store& store, const std::filesystem::path& checkpoints);

  /// Verified against `root` when it is read. BaseErrc::not_found, corrupt.
  [[nodiscard]] Result<Bytes> checkpoint(const protocol::BlobId& root) const;
  /// Durable; equal content is written once. BaseErrc::corrupt if the content has another address.
  [[nodiscard]] Result<> keep_checkpoint(const protocol::BlobId& root, ByteView checkpoint) const;

  /// The checkpoint must be kept before.
  [[nodiscard]] Result<> keep_model(const ModelRecord& record);
  [[nodiscard]] Result<std::vector<ModelRecord>> models();
  [[nodiscard]] Result<> keep_task_state(const TaskStateRecord& state);
  [[nodiscard]] Result<std::optional<TaskStateRecord>> task_state();
  /// Removes checkpoints that no model and no task state refers to.
  [[nodiscard]] Result<> sweep();

  [[nodiscard]] Result<> keep_evaluation(const EvaluationRecord& record);
  [[nodiscard]] Result<std::vector<EvaluationRecord>> evaluations();

 private:
  ModelStore(Store& store, std::filesystem::path checkpoints)
      : store_{store}, checkpoints_{std::move(checkpoints)} {}
  [[nodiscard]] std::filesystem::path path_of(const protocol::BlobId& root) const;
  Store& store_;
  std::filesystem::path checkpoints_;
};

}  // namespace guildsum::participant
