// From one sum of a task to the next, on the scheduler. Each decision follows from the ledger
// alone, so that it comes out the same after a crash in the middle of it.
#include <algorithm>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/round_service.hpp"
#include "coordinator/round_views.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"

namespace guildsum::coordinator {

namespace {

constexpr std::chrono::seconds kStorageRetry{5};

/// Whether the same may succeed later: disks fill up and are emptied again.
bool is_storage_trouble(const Error& error) {
  return error == BaseErrc::no_space || error == BaseErrc::io_failed || error == BaseErrc::busy;
}

}  // namespace

Result<std::unique_ptr<RoundService>> RoundService::open(RoundServiceParts parts,
                                                         FederationTerms terms) {
  std::unique_ptr<RoundService> service{new RoundService{parts, std::move(terms)}};
  RoundService* const self = service.get();
  if (parts.keys != nullptr) parts.keys->on_end = [self] { self->continue_task(); };
  GS_CHECK(service->recover());
  return service;
}

Result<std::unique_ptr<ActiveRound>> RoundService::resume_round(const RoundRow& row) const {
  GS_TRY(const auto plan, decode_plan(row.plan));
  GS_TRY(auto roster, parts_.membership.roster_at(plan.descriptor.roster_head));
  return ActiveRound::resume(parts_.ledger, parts_.coordinator, row, std::move(roster));
}

Result<RoundService::Unfinished> RoundService::resume_uploads(const ActiveRound& round) {
  GS_TRY(auto uploads, round.begun_uploads());
  Unfinished unfinished;
  const auto* collecting = std::get_if<CollectingMaskedInputs>(&round.phase());
  for (protocol::MaskedInputUpload& upload : uploads) {
    const ParticipantId shop = upload.header.sender;
    const bool complete = collecting == nullptr || collecting->complete.contains(shop);
    GS_TRY(auto progress, parts_.uploads.begin(round.key(), shop, round.plan().descriptor,
                                               std::move(upload.chunk_digests), complete));
    if (progress.all_received && !progress.status.complete) {
      unfinished.emplace_back(shop, std::move(progress));
    }
  }
  return unfinished;
}

void RoundService::finish_later(const RoundKey& key, const ParticipantId& shop,
                                const Uploads::Progress& progress) {
  parts_.scheduler.post([this, key, shop, progress] {
    if (const auto done = finish_upload(key, shop, progress); done.has_error()) {
      parts_.log.warn("round.upload_not_completed",
                      {{"shop", parts_.membership.name_of(shop)}, {"reason", done.error()}});
    }
  });
}

Result<> RoundService::recover() {
  std::vector<TaskRow> tasks;
  std::vector<RoundRow> rounds;
  GS_CHECK(parts_.ledger.read([&](LedgerReader& rows) -> Result<> {
    GS_TRY(tasks, rows.recent_tasks(1));
    GS_TRY(rounds, rows.recent_rounds(2));
    return {};
  }));
  if (tasks.empty()) return {};
  last_epoch_ = tasks.front().epoch;
  const bool running = !rounds.empty() && rounds.front().status == RoundStatus::running;
  const std::size_t ended = running ? 1 : 0;
  if (rounds.size() > ended) {
    auto previous = resume_round(rounds[ended]);
    if (previous.has_value()) previous_ = *std::move(previous);
    // Only shops that are behind would have needed it; its outcome is in its row.
    else
      parts_.log.warn("round.not_replayed", {{"reason", previous.error()}});
  }
  if (tasks.front().status != TaskStatus::running) return {};
  GS_TRY(run_, resume_task(parts_.blobs, tasks.front()));
  task_ = run_->row;
  if (!running) {
    parts_.scheduler.post([this] { continue_task(); });
    return {};
  }
  return take_up_round(rounds.front());
}

Result<> RoundService::take_up_round(const RoundRow& row) {
  GS_TRY(auto round, resume_round(row));
  GS_CHECK(parts_.uploads.keep_only(round->key()));
  GS_TRY(const Unfinished unfinished, resume_uploads(*round));
  const std::scoped_lock lock{mutex_};
  active_ = std::move(round);
  parts_.log.info("round.resumed", {{"round", active_->key().round},
                                    {"attempt", active_->key().attempt},
                                    {"phase", phase_name(active_->phase())}});
  perform(active_->pending());
  for (const auto& [shop, found] : unfinished) finish_later(active_->key(), shop, found);
  return {};
}

Result<protocol::Epoch> RoundService::start_task(const models::TaskPlan& plan, bool anew) {
  GS_CHECK(plan.validate());
  const std::scoped_lock lock{mutex_};
  if (task_) {
    return Error{BaseErrc::busy, "task " + std::to_string(task_->epoch.value()) + " (" +
                                     task_->kind + ") is running"};
  }
  const protocol::Epoch epoch = last_epoch_.next();
  const std::uint32_t eligible = parts_.membership.eligible(epoch);
  if (eligible < terms_.rounds.cohort_min) {
    return Error{protocol::ProtocolErrc::too_few,
                 "a round needs " + std::to_string(terms_.rounds.cohort_min) + " shops, " +
                     std::to_string(eligible) + " are enrolled (rounds.cohort_min)"};
  }
  GS_CHECK(check_vocabulary(plan));
  std::optional<Continuation> from;
  if (!anew) {
    GS_TRY(from, continuation_for(plan));
  }
  auto created = create_task(parts_.ledger, parts_.blobs, plan, epoch, now(), from);
  if (created.has_error()) {
    // A commit can fail after the fact.
    GS_TRY(const auto stored,
           read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.task(epoch); }));
    if (!stored || stored->plan != plan.canonical_bytes()) return created.error();
    created = resume_task(parts_.blobs, *stored);
  }
  GS_TRY(run_, std::move(created));
  run_stale_ = false;
  task_ = run_->row;
  last_epoch_ = epoch;
  parts_.log.info("task.started",
                  {{"task", epoch},
                   {"kind", task_->kind},
                   {"sums", task_->sums_total},
                   {"continues_task", task_->origin == epoch ? 0 : task_->origin.value()}});
  parts_.scheduler.post([this] { continue_task(); });
  return epoch;
}

void RoundService::continue_task() {
  auto done = refresh_task();
  if (done.has_value()) done = take_next_step();
  if (done.has_error()) run_stale_ = true;
  if (done.has_error() && !is_storage_trouble(done.error())) {
    parts_.log.error("task.step_failed", {{"reason", done.error()}});
    done = fail_task(done.error().message());
  }
  if (done.has_value()) return;
  parts_.log.error("task.step_postponed", {{"reason", done.error()}});
  parts_.scheduler.after(kStorageRetry, [this] { continue_task(); });
}

Result<> RoundService::refresh_task() {
  {
    const std::scoped_lock lock{mutex_};
    if (!task_) return {};
  }
  if (!run_stale_ || !run_) return {};
  GS_TRY(const auto row,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.task(run_->row.epoch); }));
  if (!row) return Error{BaseErrc::corrupt, "the running task is not in the ledger"};
  if (row->status != TaskStatus::running) {
    const std::scoped_lock lock{mutex_};
    task_.reset();
    run_.reset();
    run_stale_ = false;
    parts_.changes.notify();
    return {};
  }
  GS_TRY(run_, resume_task(parts_.blobs, *row));
  run_stale_ = false;
  const std::scoped_lock lock{mutex_};
  task_ = *row;
  return {};
}

Result<> RoundService::take_next_step() {
  {
    const std::scoped_lock lock{mutex_};
    if (!task_ || active_) return {};
  }
  GS_CHECK(parts_.uploads.keep_only(std::nullopt));
  if (parts_.keys != nullptr) {
    GS_TRY(const auto vocabulary, vocabulary_of_task());
    if (!vocabulary) return {};  // The end of the agreement leads back here.
  }
  GS_TRY(const auto rounds,
         read_from(parts_.ledger, [](LedgerReader& rows) { return rows.recent_rounds(1); }));
  if (rounds.empty()) return begin_round({protocol::RoundId{1}, protocol::Attempt{}}, Digest{});
  const RoundRow& last = rounds.front();
  // Its first write was reported as failed and yet is there.
  if (last.status == RoundStatus::running) return take_up_round(last);
  std::optional<RoundKey> next = RoundKey{last.key.round.next(), protocol::Attempt{}};
  if (last.epoch == run_->row.epoch) {
    GS_TRY(next, settle(last));
  }
  if (!next) return {};
  return begin_round(*next, last.transcript);
}

Result<BlobId> RoundService::publish_inputs(const models::SumRequest& request) {
  if (request.public_inputs.empty()) return BlobId{};
  GS_TRY(const BlobId blob, parts_.blobs.put(request.public_inputs));
  GS_CHECK(parts_.ledger.change(
      [&](LedgerWriter& rows) { return rows.publish(blob, "public inputs", now()); }));
  return blob;
}

Result<> RoundService::begin_round(const RoundKey& key, const Digest& previous_transcript) {
  GS_TRY(const auto request, run_->sums->next_request());
  GS_TRY(const BlobId public_inputs, publish_inputs(request));
  GS_TRY(const auto models,
         read_from(parts_.ledger, [](LedgerReader& rows) { return rows.models(); }));
  GS_TRY(const auto vocabulary, vocabulary_of_task());
  protocol::Roster roster = parts_.membership.roster();
  StepState state;
  state.key = key;
  state.epoch = run_->row.epoch;
  state.previous_transcript = previous_transcript;
  if (!models.empty()) state.base_model = models.back().version;
  state.lineage = lineage_of(run_->row);
  state.model_root = run_->row.checkpoint;
  state.public_inputs = public_inputs;
  state.roster_head = roster.head();
  GS_TRY(const auto repair, repair_for(key.round));
  state.eligible = parts_.membership.eligible(state.epoch);
  if (!repair) GS_CHECK(choose_shops(state, vocabulary));
  if (vocabulary) {
    state.vocabulary_key = vocabulary->key.key;
    state.vocabulary = vocabulary->root;
  }
  GS_TRY(auto plan, plan_round(terms_, state, run_->plan, request));
  if (repair) make_repair(plan, *repair, terms_.rounds);

  RoundRow row;
  row.key = key;
  row.epoch = state.epoch;
  row.step_kind = request.step_kind;
  row.step_number = request.step_number;
  row.started_unix_ms = now();
  const std::scoped_lock lock{mutex_};
  std::vector<Effect> effects;
  GS_TRY(active_, ActiveRound::start(parts_.ledger, parts_.coordinator, std::move(row),
                                     std::move(plan), std::move(roster), effects));
  const protocol::CodecParameters& codec = active_->plan().descriptor.codec;
  parts_.log.info("round.started", {{"round", key.round},
                                    {"attempt", key.attempt},
                                    {"step", request.step_kind},
                                    {"step_number", request.step_number},
                                    {"repairs", repair.has_value()},
                                    {"values", codec.vector_length},
                                    {"ring_bits", unsigned{codec.ring_bits}}});
  perform(std::move(effects));
  return {};
}

Result<> RoundService::complete_task(const RoundRow& last) {
  GS_TRY(const auto models,
         read_from(parts_.ledger, [](LedgerReader& rows) { return rows.models(); }));
  ModelRow model;
  model.version = models.empty() ? protocol::ModelVersion{1} : models.back().version.next();
  model.kind = run_->row.kind;
  model.checkpoint = run_->row.checkpoint;
  model.plan = run_->row.plan;
  model.lineage = lineage_of(run_->row);
  model.epoch = run_->row.epoch;
  model.round = last.key.round;
  model.created_unix_ms = now();
  {
    const std::scoped_lock lock{mutex_};
    const auto* done = previous_ ? std::get_if<Completed>(&previous_->phase()) : nullptr;
    if (done != nullptr) model.survivors = done->result.survivor_count;
  }
  TaskRow row = run_->row;
  row.status = TaskStatus::completed;
  return close_task(std::move(row), model);
}

Result<> RoundService::fail_task(std::string reason) {
  if (!run_) return {};
  TaskRow row = run_->row;
  row.status = TaskStatus::failed;
  row.reason = std::move(reason);
  return close_task(std::move(row), std::nullopt);
}

Result<> RoundService::close_task(TaskRow row, const std::optional<ModelRow>& model) {
  row.ended_unix_ms = now();
  const std::string detail = json::compact(describe_task(row));
  const std::string action = "task." + std::string{to_string(row.status)};
  GS_CHECK(parts_.ledger.change([&](LedgerWriter& rows) -> Result<> {
    if (model) GS_CHECK(rows.add_model(*model));
    GS_CHECK(rows.update_task(row));
    return rows.append_audit(row.ended_unix_ms, "coordinator", action, detail);
  }));
  if (model) {
    parts_.log.info("model.released", {{"version", model->version}, {"kind", model->kind}});
  }
  parts_.log.info(
      "task.closed",
      {{"task", row.epoch}, {"outcome", to_string(row.status)}, {"reason", row.reason}});
  const std::scoped_lock lock{mutex_};
  task_.reset();
  run_.reset();
  parts_.changes.notify();
  return {};
}

}  // namespace guildsum::coordinator
