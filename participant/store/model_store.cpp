#include "participant/store/model_store.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/limits.hpp"

namespace guildsum::participant {
namespace {

constexpr std::string_view kEnding = ".checkpoint";

template <class Fixed>
Result<Fixed> fixed(ByteView bytes) {
  return Fixed::parse(bytes);
}

Bytes join(const std::vector<protocol::ParticipantId>& ids) {
  Bytes out;
  for (const auto& id : ids) append(out, id.view());
  return out;
}

Result<std::vector<protocol::ParticipantId>> split(ByteView bytes) {
  std::vector<protocol::ParticipantId> out;
  constexpr std::size_t kSize = protocol::ParticipantId::kSize;
  for (std::size_t at = 0; at < bytes.size(); at += kSize) {
    const auto rest = bytes.subspan(at);
    GS_TRY(auto id, protocol::ParticipantId::parse(rest.first(std::min(kSize, rest.size()))));
    out.push_back(id);
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<ModelStore>> ModelStore::open(Store& store,
                                                     const std::filesystem::path& checkpoints) {
  GS_CHECK(make_private_directory(checkpoints));
  return std::unique_ptr<ModelStore>{new ModelStore{store, checkpoints}};
}

std::filesystem::path ModelStore::path_of(const protocol::BlobId& root) const {
  return checkpoints_ / (root.hex() + std::string{kEnding});
}

Result<Bytes> ModelStore::checkpoint(const protocol::BlobId& root) const {
  GS_TRY(Bytes bytes, read_file(path_of(root), protocol::kBlobBytesMax));
  if (protocol::blob_id(bytes) != root) {
    return Error{BaseErrc::corrupt, path_of(root).string() + " does not have its own address"};
  }
  return bytes;
}

Result<> ModelStore::keep_checkpoint(const protocol::BlobId& root, ByteView checkpoint) const {
  if (protocol::blob_id(checkpoint) != root) {
    return Error{BaseErrc::corrupt, "the checkpoint does not have the address " + root.hex()};
  }
  // A file that was damaged since is written anew.
  if (const auto kept = this->checkpoint(root); kept.has_value()) return {};
  return write_file_atomically(path_of(root), checkpoint);
}

Result<> ModelStore::keep_model(const ModelRecord& record) {
  const auto session = store_.session();
  GS_TRY(auto insert,
         session->prepare("INSERT OR REPLACE INTO model(kind, version, root, plan, round, "
                          "received_at, lineage, step_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
  return insert
      .bind(record.kind, record.version.value(), record.root, record.plan, record.round.value(),
            store_.clock().wall_now().time_since_epoch().count(), record.lineage,
            record.step_number)
      .run();
}

Result<std::vector<ModelRecord>> ModelStore::models() {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT kind, version, root, plan, round, received_at, "
                                       "lineage, step_number FROM model ORDER BY version DESC"));
  std::vector<ModelRecord> out;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return out;
    ModelRecord record;
    record.kind = select.text(0);
    record.version = protocol::ModelVersion{select.unsigned_integer(1)};
    GS_TRY(record.root, fixed<protocol::BlobId>(select.blob(2)));
    record.plan = select.blob_copy(3);
    record.round = protocol::RoundId{select.unsigned_integer(4)};
    record.received_ms = select.integer(5);
    GS_TRY(record.lineage, fixed<protocol::Digest>(select.blob(6)));
    record.step_number = select.unsigned_integer(7);
    out.push_back(std::move(record));
  }
}

Result<> ModelStore::keep_task_state(const TaskStateRecord& state) {
  const auto session = store_.session();
  GS_TRY(auto insert,
         session->prepare("INSERT OR REPLACE INTO task_state(id, lineage, step_number, root, "
                          "plan, survivors) VALUES (1, ?, ?, ?, ?, ?)"));
  return insert
      .bind(state.lineage, state.step_number, state.root, state.plan, join(state.survivors))
      .run();
}

Result<std::optional<TaskStateRecord>> ModelStore::task_state() {
  const auto session = store_.session();
  GS_TRY(auto select,
         session->prepare("SELECT lineage, step_number, root, plan, survivors FROM task_state"));
  GS_TRY(const bool found, select.step());
  if (!found) return std::optional<TaskStateRecord>{};
  TaskStateRecord state;
  GS_TRY(state.lineage, fixed<protocol::Digest>(select.blob(0)));
  state.step_number = select.unsigned_integer(1);
  GS_TRY(state.root, fixed<protocol::BlobId>(select.blob(2)));
  state.plan = select.blob_copy(3);
  GS_TRY(state.survivors, split(select.blob(4)));
  return std::optional{std::move(state)};
}

Result<> ModelStore::sweep() {
  GS_TRY(const auto kept_models, models());
  GS_TRY(const auto state, task_state());
  const auto wanted = [&](const std::filesystem::path& path) {
    if (state && path == path_of(state->root)) return true;
    return std::ranges::any_of(
        kept_models, [&](const ModelRecord& model) { return path == path_of(model.root); });
  };
  std::error_code error;
  std::vector<std::filesystem::path> old;
  std::filesystem::directory_iterator entries{checkpoints_, error};
  for (; !error && entries != std::filesystem::directory_iterator{}; entries.increment(error)) {
    if (!wanted(entries->path())) old.push_back(entries->path());
  }
  for (const auto& path : old) GS_CHECK(remove_file(path));
  return {};
}

Result<> ModelStore::keep_evaluation(const EvaluationRecord& record) {
  const auto session = store_.session();
  GS_TRY(
      auto insert,
      session->prepare("INSERT OR REPLACE INTO evaluation(role, kind, version, users, ndcg_at_20, "
                       "recall_at_20, coverage_at_20, data_digest, evaluated_at) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return insert
      .bind(record.role, record.kind, record.version.value(), record.quality.customers,
            record.quality.ndcg_at_20, record.quality.recall_at_20, record.quality.coverage_at_20,
            record.data, store_.clock().wall_now().time_since_epoch().count())
      .run();
}

Result<std::vector<EvaluationRecord>> ModelStore::evaluations() {
  const auto session = store_.session();
  GS_TRY(auto select,
         session->prepare("SELECT role, kind, version, users, ndcg_at_20, recall_at_20, "
                          "coverage_at_20, data_digest FROM evaluation"));
  std::vector<EvaluationRecord> out;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return out;
    EvaluationRecord record;
    record.role = select.text(0);
    record.kind = select.text(1);
    record.version = protocol::ModelVersion{select.unsigned_integer(2)};
    record.quality.customers = static_cast<std::size_t>(select.integer(3));
    record.quality.ndcg_at_20 = select.number(4);
    record.quality.recall_at_20 = select.number(5);
    record.quality.coverage_at_20 = select.number(6);
    GS_TRY(record.data, fixed<crypto::Digest>(select.blob(7)));
    out.push_back(std::move(record));
  }
}

}  // namespace guildsum::participant
