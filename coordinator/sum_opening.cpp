// The heavy end of a round, on the scheduler: open the sum, step the model, make both durable.
#include "base/errors.hpp"
#include "coordinator/opening.hpp"
#include "coordinator/round_service.hpp"

namespace guildsum::coordinator {

namespace {

constexpr std::chrono::seconds kOpeningRetry{5};
constexpr unsigned kOpeningTries = 12;  // a minute for somebody to make room

bool may_pass(const Error& error) {
  return error == BaseErrc::no_space || error == BaseErrc::io_failed || error == BaseErrc::busy;
}

bool is_storage(const Error& error) { return may_pass(error) || error == BaseErrc::corrupt; }

}  // namespace

void RoundService::open_sum_of(const RoundKey& key, std::shared_ptr<const OpenSum> job,
                               unsigned tries) {
  auto done = refresh_task();
  if (done.has_value()) done = open_and_step(key, *job);
  if (done.has_value()) return;
  const Error failure = done.error();
  parts_.log.error("round.opening_failed",
                   {{"round", key.round}, {"tries", tries + 1}, {"reason", failure}});
  run_stale_ = true;  // The step may have gone further than what is stored, or less far.
  if (may_pass(failure) && tries + 1 < kOpeningTries) {
    parts_.scheduler.after(kOpeningRetry,
                           [this, key, job, tries] { open_sum_of(key, job, tries + 1); });
    return;
  }
  report_opening_failed(key, is_storage(failure) ? protocol::AbortReason::storage_failed
                                                 : protocol::AbortReason::model_step_failed);
}

void RoundService::report_opening_failed(const RoundKey& key, protocol::AbortReason reason) {
  const std::scoped_lock lock{mutex_};
  auto done = catch_up();
  if (!active_ || active_->key() != key) return;
  if (done.has_value()) {
    if (!std::holds_alternative<Opening>(active_->phase())) return;
    done = submit_locked(OpeningFailed{reason});
  }
  if (done.has_value()) return;
  // Without this the round would wait for ever: opening has no deadline.
  parts_.log.error("round.failure_not_stored", {{"round", key.round}, {"reason", done.error()}});
  parts_.scheduler.after(kOpeningRetry,
                         [this, key, reason] { report_opening_failed(key, reason); });
}

Result<> RoundService::open_and_step(const RoundKey& key, const OpenSum& job) {
  protocol::CodecParameters codec;
  {
    const std::scoped_lock lock{mutex_};
    GS_CHECK(catch_up());
    if (!active_ || active_->key() != key) return {};
    if (!std::holds_alternative<Opening>(active_->phase())) return {};
    codec = active_->plan().descriptor.codec;
  }
  const auto started = parts_.clock.steady_now();
  const ChunkReader read = [&](std::size_t input, std::uint32_t index) {
    return parts_.uploads.read_chunk(key, job.inputs[input].sender, index);
  };
  GS_TRY(auto opened, open_sum(codec, job, read, &parts_.pool));
  GS_TRY(const SteppedSum stepped,
         step_task(*run_, parts_.blobs, opened.values, std::move(opened.packed), job));
  opened = OpenedSum{};
  protocol::ModelVersion version;
  if (run_->sums->finished()) {
    GS_TRY(const auto models,
           read_from(parts_.ledger, [](LedgerReader& rows) { return rows.models(); }));
    version = models.empty() ? protocol::ModelVersion{1} : models.back().version.next();
  }
  parts_.log.info("round.opened", {{"round", key.round},
                                   {"survivors", job.inputs.size()},
                                   {"values", codec.vector_length},
                                   {"took_ms", parts_.clock.steady_now() - started}});
  const std::scoped_lock lock{mutex_};
  if (!active_ || active_->key() != key) return Error{BaseErrc::interrupted, "the round ended"};
  GS_CHECK(submit_locked(SumOpened{stepped.sum, stepped.row.checkpoint, version},
                         [&](LedgerWriter& rows, const Phase&) -> Result<> {
                           GS_CHECK(rows.publish(stepped.sum, "sum", now()));
                           GS_CHECK(rows.publish(stepped.row.checkpoint, "checkpoint", now()));
                           return rows.update_task(stepped.row);
                         }));
  run_->row = stepped.row;
  task_ = stepped.row;
  return {};
}

}  // namespace guildsum::coordinator
