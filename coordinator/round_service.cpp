#include "coordinator/round_service.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/repair.hpp"
#include "coordinator/round_views.hpp"
#include "coordinator/transcripts.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

// What shops and the machine do to a running attempt. The task's steps are in task_steps.cpp,
// opening in sum_opening.cpp, documents in round_documents.cpp.
namespace guildsum::coordinator {

using protocol::ProtocolErrc;

namespace {

enum : std::uint32_t { kResultNumber = 5, kAbortedNumber = 6, kAbandonedNumber = 7 };

/// The number under which an ended attempt's outcome is a phase message.
Result<std::uint32_t> outcome_number(const RoundRow& row) {
  if (row.status == RoundStatus::completed || row.outcome.empty()) return kResultNumber;
  GS_TRY(const auto aborted, protocol::decode<protocol::RoundAborted>(row.outcome));
  return aborted.certificate.empty() ? kAbortedNumber : kAbandonedNumber;
}

constexpr std::chrono::seconds kLedgerRetry{1};

Error ledger_unavailable() {
  return {BaseErrc::busy, "the ledger could not be written; the round waits for it"};
}

/// Whether the shop's check-in is part of this attempt.
bool takes_part(const ActiveRound& round, const ParticipantId& shop) {
  const RoundProgress seen = progress(round.phase(), round.context());
  const auto found = seen.shops.find(shop);
  return found != seen.shops.end() && found->second != ShopProgress::invited;
}

/// Whether masked inputs of this attempt may be on their way: it may be repeated only after an
/// abandon certificate.
bool inputs_are_out(const Phase& phase) {
  return std::holds_alternative<CollectingMaskedInputs>(phase) ||
         std::holds_alternative<Certifying>(phase) || std::holds_alternative<Unmasking>(phase) ||
         std::holds_alternative<Opening>(phase) ||
         std::holds_alternative<CollectingAbandons>(phase);
}

}  // namespace

RoundService::RoundService(RoundServiceParts parts, FederationTerms terms)
    : parts_{parts}, terms_{std::move(terms)} {}

std::int64_t RoundService::now() const noexcept {
  return parts_.clock.wall_now().time_since_epoch().count();
}

protocol::Epoch RoundService::next_epoch() const {
  const std::scoped_lock lock{mutex_};
  return last_epoch_.next();
}

Result<ActiveRound*> RoundService::active(protocol::RoundId round) const {
  if (active_ && active_->key().round == round) return active_.get();
  GS_TRY(const auto attempts,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.attempts(round); }));
  return Error{attempts.empty() ? ProtocolErrc::wrong_round : ProtocolErrc::round_over,
               "round " + std::to_string(round.value())};
}

Result<> RoundService::catch_up() {
  if (!active_ || !active_->is_behind()) return {};
  const std::uint64_t known = active_->sequence();
  GS_CHECK(active_->catch_up());
  parts_.log.info("round.caught_up", {{"round", active_->key().round},
                                      {"attempt", active_->key().attempt},
                                      {"phase", phase_name(active_->phase())}});
  if (active_->sequence() == known) return {};
  perform(active_->pending());
  if (is_over(active_->phase())) after_end();
  parts_.changes.notify();
  return {};
}

void RoundService::catch_up_later(const RoundKey& key) {
  parts_.scheduler.after(kLedgerRetry, [this, key] {
    const std::scoped_lock lock{mutex_};
    if (!active_ || active_->key() != key) return;
    if (catch_up().has_error()) catch_up_later(key);
  });
}

Result<> RoundService::submit_locked(Event event, const ActiveRound::Also& also) {
  const std::size_t before = active_->phase().index();
  const bool inputs_were_out = inputs_are_out(active_->phase());
  auto accepted =
      active_->submit(std::move(event), [&](LedgerWriter& rows, const Phase& next) -> Result<> {
        if (also) GS_CHECK(also(rows, next));
        return is_over(next) ? store_end(rows, next, inputs_were_out) : Result<>{};
      });
  if (accepted.has_error()) {
    if (active_->is_behind()) catch_up_later(active_->key());
    return accepted.error();
  }
  if (active_->phase().index() != before) {
    deadline_.reset();
    parts_.log.info("round.phase", {{"round", active_->key().round},
                                    {"attempt", active_->key().attempt},
                                    {"phase", phase_name(active_->phase())}});
  }
  perform(std::move(accepted->effects));
  if (is_over(active_->phase())) after_end();
  // Also without a new phase: whom the round waits for has changed.
  if (!accepted->repeated) parts_.changes.notify();
  return {};
}

Result<> RoundService::store_end(LedgerWriter& rows, const Phase& phase,
                                 bool inputs_were_out) const {
  RoundRow row = active_->row();
  row.ended_unix_ms = now();
  if (const auto* done = std::get_if<Completed>(&phase)) {
    row.status = RoundStatus::completed;
    row.transcript = done->transcript;
    row.outcome = protocol::encode(done->result);
  }
  if (const auto* aborted = std::get_if<Aborted>(&phase)) {
    const bool lost = inputs_were_out && aborted->message.certificate.empty();
    row.status = lost ? RoundStatus::lost : RoundStatus::aborted;
    row.reason = explain_abort(aborted->message, parts_.membership);
    row.transcript = protocol::aborted_transcript(active_->plan().descriptor.previous_transcript,
                                                  aborted->message);
    row.outcome = protocol::encode(aborted->message);
  }
  auto summary = describe_round(*active_, row, parts_.membership, std::nullopt);
  // By its content address, so that a second try of this transaction changes nothing.
  const protocol::AttemptTranscript transcript = transcript_of(phase, active_->plan());
  GS_TRY(const BlobId whole, parts_.blobs.put(protocol::print_attempt(transcript)));
  GS_CHECK(rows.publish(whole, "transcript", now()));
  summary[kTranscriptBlob] = whole.hex();
  // What shops follow the chain by, apart: a hundredth of the transcript.
  protocol::AttemptEnds end;
  end.ends.push_back(protocol::end_of(transcript));
  GS_TRY(const BlobId link, parts_.blobs.put(protocol::encode(end)));
  GS_CHECK(rows.publish(link, "attempt-end", now()));
  summary[kEndBlob] = link.hex();
  if (row.status != RoundStatus::aborted) GS_CHECK(store_survivors(rows, phase, summary));
  row.summary = json::compact(summary);
  GS_CHECK(rows.end_round(row));
  // Shops that are behind may still fetch the shares of this attempt, not those of the one before.
  if (previous_) GS_CHECK(rows.remove_events(previous_->key(), short_lived_event_kinds()));
  const boost::json::object detail{{"round", row.key.round.value()},
                                   {"attempt", row.key.attempt.value()},
                                   {"transcript", row.transcript.hex()},
                                   {"reason", row.reason}};
  return rows.append_audit(row.ended_unix_ms, "coordinator",
                           "round." + std::string{to_string(row.status)}, json::compact(detail));
}

Result<> RoundService::store_survivors(LedgerWriter& rows, const Phase& phase,
                                       boost::json::object& summary) const {
  const auto survivors = survivors_to_show(phase);
  if (!survivors) return {};
  GS_TRY(const BlobId blob, parts_.blobs.put(protocol::encode(*survivors)));
  GS_CHECK(rows.publish(blob, "survivors", now()));
  summary[kUnopenedBlob] = blob.hex();
  return {};
}

void RoundService::perform(std::vector<Effect> effects) {
  for (Effect& effect : effects) perform_one(std::move(effect));
}

void RoundService::perform_one(Effect effect) {
  const RoundKey key = active_->key();
  if (std::holds_alternative<PublishPhase>(effect)) parts_.changes.notify();
  if (const auto* arm = std::get_if<ArmDeadline>(&effect)) {
    deadline_ = parts_.clock.steady_now() + arm->after;
    parts_.scheduler.after(arm->after, [this, key, phase = arm->phase] { deadline(key, phase); });
  }
  if (auto* open = std::get_if<OpenSum>(&effect)) {
    auto job = std::make_shared<const OpenSum>(std::move(*open));
    parts_.scheduler.post([this, key, job] { open_sum_of(key, job, 0); });
  }
  if (const auto* fault = std::get_if<RecordFault>(&effect)) {
    parts_.log.warn("round.fault", {{"round", key.round},
                                    {"shop", parts_.membership.name_of(fault->participant)},
                                    {"reason", fault->reason}});
  }
}

void RoundService::after_end() {
  const auto* aborted = std::get_if<Aborted>(&active_->phase());
  parts_.log.info("round.closed",
                  {{"round", active_->key().round},
                   {"attempt", active_->key().attempt},
                   {"outcome", aborted ? code_of(aborted->message.reason) : "completed"},
                   {"reason", aborted ? explain_abort(aborted->message, parts_.membership) : ""}});
  deadline_.reset();
  previous_ = std::move(active_);
  parts_.scheduler.post([this] { continue_task(); });
}

void RoundService::deadline(const RoundKey& key, std::uint32_t phase) {
  const std::scoped_lock lock{mutex_};
  // Which phase it is shows only once the ledger was read.
  auto done = catch_up();
  if (!active_ || active_->key() != key) return;
  if (done.has_value()) {
    if (active_->phase().index() != phase) return;
    done = submit_locked(DeadlinePassed{phase});
  }
  if (done.has_value()) return;
  parts_.log.error("round.deadline_not_stored", {{"round", key.round}, {"reason", done.error()}});
  parts_.scheduler.after(kLedgerRetry, [this, key, phase] { deadline(key, phase); });
}

Result<> RoundService::answer_late(protocol::RoundId round, Event event) const {
  if (previous_ && previous_->key().round == round) {
    // A repeated message is answered as the first time, whatever has happened since.
    Step step = advance(previous_->phase(), std::move(event), previous_->context());
    if (step.repeated) return {};
    return step.refused ? *step.refused : Error{ProtocolErrc::round_over};
  }
  GS_CHECK(active(round));
  return ProtocolErrc::round_over;
}

Result<> RoundService::submit(protocol::RoundId round, Event event) {
  const std::scoped_lock lock{mutex_};
  GS_CHECK(catch_up());
  if (!active_ || active_->key().round != round) return answer_late(round, std::move(event));
  if (auto* check_in = std::get_if<protocol::CheckIn>(&event)) {
    return submit_check_in(std::move(*check_in));
  }
  return submit_locked(std::move(event));
}

/// The newest one is kept: it is what the shop compares its journal with.
Result<> RoundService::submit_check_in(protocol::CheckIn check_in) {
  const ParticipantId shop = check_in.sender;
  const Bytes frame = protocol::encode(check_in);
  GS_TRY(const auto last, read_from(parts_.ledger, [&](LedgerReader& rows) {
           return rows.last_check_in(shop);
         }));
  if (last) {
    GS_TRY(const auto before, protocol::decode<protocol::CheckIn>(*last));
    const bool other = before.round != check_in.round || before.attempt != check_in.attempt;
    if (other && before.counter >= check_in.counter) {
      return Error{ProtocolErrc::restored_backup,
                   parts_.membership.name_of(shop) + " checked in before with counter " +
                       std::to_string(before.counter)};
    }
  }
  return submit_locked(std::move(check_in), [&](LedgerWriter& rows, const Phase&) {
    return rows.set_last_check_in(shop, frame);
  });
}

Result<Uploads::Progress> RoundService::accept_header(protocol::RoundId round,
                                                      protocol::MaskedInputUpload upload,
                                                      RoundKey& key) {
  const std::scoped_lock lock{mutex_};
  GS_CHECK(catch_up());
  GS_TRY(ActiveRound * attempt, active(round));
  key = attempt->key();
  const protocol::RoundDescriptor descriptor = attempt->plan().descriptor;
  const ParticipantId shop = upload.header.sender;
  std::vector<Digest> chunk_digests = upload.chunk_digests;
  GS_CHECK(submit_locked(InputBegun{std::move(upload)}));
  GS_TRY(auto begun, parts_.uploads.begin(key, shop, descriptor, std::move(chunk_digests)));
  return begun;
}

Result<protocol::UploadStatus> RoundService::begin_upload(protocol::RoundId round,
                                                          protocol::MaskedInputUpload upload) {
  const ParticipantId shop = upload.header.sender;
  RoundKey key;
  GS_TRY(auto progress, accept_header(round, std::move(upload), key));
  // Whole already if the coordinator ended between the last chunk and its acknowledgement.
  return finish_upload(key, shop, std::move(progress));
}

Result<protocol::UploadStatus> RoundService::finish_upload(const RoundKey& key,
                                                           const ParticipantId& shop,
                                                           Uploads::Progress progress) {
  if (!progress.all_received || progress.status.complete) return progress.status;
  // Durable, then remembered as complete, and only then acknowledged.
  GS_CHECK(parts_.uploads.finish(key, shop));
  const std::scoped_lock lock{mutex_};
  GS_CHECK(catch_up());
  GS_TRY(const ActiveRound* attempt, active(key.round));
  if (attempt->key() != key) return Error{ProtocolErrc::wrong_round, "a newer attempt has begun"};
  GS_CHECK(submit_locked(InputCompleted{shop}));
  parts_.uploads.set_complete(key, shop);
  progress.status.complete = true;
  return progress.status;
}

Result<protocol::UploadStatus> RoundService::put_chunk(protocol::RoundId round,
                                                       const ParticipantId& shop,
                                                       std::uint32_t index, ByteView chunk) {
  RoundKey key;
  {
    const std::scoped_lock lock{mutex_};
    GS_TRY(const ActiveRound* attempt, active(round));
    key = attempt->key();
  }
  GS_TRY(auto progress, parts_.uploads.put(key, shop, index, chunk));
  return finish_upload(key, shop, std::move(progress));
}

Result<protocol::UploadStatus> RoundService::upload_status(protocol::RoundId round,
                                                           const ParticipantId& shop) const {
  const std::scoped_lock lock{mutex_};
  GS_TRY(const ActiveRound* attempt, active(round));
  GS_TRY(auto progress, parts_.uploads.status(attempt->key(), shop));
  return progress.status;
}

std::optional<std::chrono::milliseconds> RoundService::remaining() const {
  if (!deadline_) return std::nullopt;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(*deadline_ - parts_.clock.steady_now());
  return std::max(left, std::chrono::milliseconds{0});
}

std::optional<protocol::RoundInvitation> RoundService::invitation_for(const ParticipantId& shop,
                                                                      const RoundKey& after) const {
  const std::scoped_lock lock{mutex_};
  if (!active_ || active_->is_behind()) return {};
  if (!std::holds_alternative<CollectingCheckIns>(active_->phase())) return {};
  if (active_->key() <= after) return {};
  const protocol::RoundDescriptor& descriptor = active_->plan().descriptor;
  if (!parts_.membership.is_eligible(shop, descriptor.epoch)) return {};
  if (!active_->plan().invites(shop)) return {};
  protocol::RoundInvitation invitation;
  invitation.federation = descriptor.federation;
  invitation.epoch = descriptor.epoch;
  invitation.round = descriptor.round;
  invitation.attempt = descriptor.attempt;
  invitation.task_kind = descriptor.task_kind;
  invitation.roster_head = descriptor.roster_head;
  invitation.closes_in_ms =
      static_cast<std::uint64_t>(remaining().value_or(std::chrono::milliseconds{}).count());
  return invitation;
}

Result<std::optional<PhaseMessage>> RoundService::message_for_shop(protocol::RoundId round,
                                                                   const ParticipantId& shop,
                                                                   std::uint32_t after) const {
  const std::scoped_lock lock{mutex_};
  const bool in_previous = previous_ && previous_->key().round == round;
  if (active_ && active_->key().round == round) {
    if (active_->is_behind()) return ledger_unavailable();
    auto message = message_for(active_->phase(), shop, after, active_->context());
    if (message || !in_previous || takes_part(*active_, shop)) return message;
  }
  if (in_previous) {
    auto message = message_for(previous_->phase(), shop, after, previous_->context());
    if (message || active_) return message;
    return ProtocolErrc::round_over;
  }
  GS_TRY(const auto attempts,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.attempts(round); }));
  if (attempts.empty()) return ProtocolErrc::wrong_round;
  const RoundRow& last = attempts.back();
  GS_TRY(const std::uint32_t number, outcome_number(last));
  if (last.outcome.empty() || after >= number) return ProtocolErrc::round_over;
  return std::optional{PhaseMessage{number, last.outcome}};
}

Result<RoundRow> RoundService::ended_attempt(const RoundKey& key) const {
  GS_TRY(const auto attempts,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.attempts(key.round); }));
  for (const RoundRow& row : attempts) {
    if (row.key != key) continue;
    if (row.outcome.empty()) return Error{ProtocolErrc::wrong_phase, "the attempt has not ended"};
    return row;
  }
  return ProtocolErrc::wrong_round;
}

Result<Bytes> RoundService::outcome_of(const RoundKey& key) const {
  GS_TRY(const RoundRow row, ended_attempt(key));
  return row.outcome;
}

Result<Bytes> RoundService::survivors_of(const RoundKey& key) const {
  GS_TRY(const RoundRow row, ended_attempt(key));
  GS_TRY(const auto survivors, certified_survivors_of(row, parts_.blobs));
  if (!survivors) return Error{ProtocolErrc::wrong_phase, "the attempt needs no repair"};
  return protocol::encode(*survivors);
}

}  // namespace guildsum::coordinator
