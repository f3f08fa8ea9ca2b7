#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/net/wait.hpp"
#include "base/thread_pool.hpp"
#include "coordinator/active_round.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/repair.hpp"
#include "coordinator/scheduler.hpp"
#include "coordinator/step_plan.hpp"
#include "coordinator/store/blobs.hpp"
#include "coordinator/task_run.hpp"
#include "coordinator/uploads.hpp"
#include "coordinator/vocabulary/key_service.hpp"

namespace guildsum::coordinator {

/// What the service works with; all must outlive it, and the scheduler must be stopped first.
struct RoundServiceParts {
  Ledger& ledger;
  Blobs& blobs;
  Uploads& uploads;
  Membership& membership;
  const crypto::Signer& coordinator;
  Scheduler& scheduler;
  ThreadPool& pool;
  net::Notifier& changes;
  const Clock& clock;
  Log& log;
  KeyService* keys = nullptr;  ///< of a private vocabulary; none in published mode
};

/// What tasks of a private federation go by: the rows that the last histogram led to.
struct SharedVocabulary {
  BlobId root;  ///< of its checkpoint
  std::uint32_t rows = 0;
  AgreedKey key;
};

/// The running task and its rounds: carries what shops send into the round machine, and what the
/// machine wants into the world. Thread safe; no call waits for another shop.
///
/// Every accepted event is durable before its effects. After a restart `open` replays the running
/// attempt, so that shops see the same bytes again, arms the deadline of its phase anew and repeats
/// an opening that was under way. Every attempt ends with a result or a reason; every task with a
/// model or a reason.
class RoundService {
 public:
  /// Takes up what the ledger says is running.
  [[nodiscard]] static Result<std::unique_ptr<RoundService>> open(RoundServiceParts parts,
                                                                  FederationTerms terms);

  /// Starts a task; its first round begins at once. It goes on with the newest model of its kind
  /// where it can (`continuation_of`), unless it is to start `anew`.
  /// @return BaseErrc::busy while another task runs, ProtocolErrc::too_few without enough shops,
  ///   models' bad_plan.
  [[nodiscard]] Result<protocol::Epoch> start_task(const models::TaskPlan& plan, bool anew = false);
  /// Shops that must hold an item of a private vocabulary: k + c as the next round would state it.
  [[nodiscard]] std::uint32_t holders_min() const;
  /// The newest shared rows, if they still may be used.
  /// @return BaseErrc::not_found when there are none, when a member of their key has left, or when
  ///   more shops are now assumed corrupt than they were made for: a vocabulary task comes first.
  [[nodiscard]] Result<SharedVocabulary> shared_vocabulary() const;
  /// The epoch in which a shop that joins now first takes part.
  [[nodiscard]] protocol::Epoch next_epoch() const;

  // From shops. The sender of every message must have been checked against its certificate.

  /// @return the machine's refusal; ProtocolErrc::round_over for a round that ended, wrong_round
  ///   for one that never was, restored_backup for a check-in whose counter does not follow the
  ///   shop's last one: an old copy of its journal is running.
  [[nodiscard]] Result<> submit(protocol::RoundId round, Event event);
  /// Notes why a shop took no part in an attempt, for the operator.
  /// @return bad_signature; wrong_round for an attempt that never was.
  [[nodiscard]] Result<> note_refusal(const protocol::Refusal& refusal);
  [[nodiscard]] Result<protocol::UploadStatus> begin_upload(protocol::RoundId round,
                                                            protocol::MaskedInputUpload upload);
  /// `complete` in the answer means durable.
  [[nodiscard]] Result<protocol::UploadStatus> put_chunk(protocol::RoundId round,
                                                         const ParticipantId& shop,
                                                         std::uint32_t index, ByteView chunk);
  [[nodiscard]] Result<protocol::UploadStatus> upload_status(protocol::RoundId round,
                                                             const ParticipantId& shop) const;
  /// The open check-in phase of an attempt after `after`, if this shop may take part.
  [[nodiscard]] std::optional<protocol::RoundInvitation> invitation_for(
      const ParticipantId& shop, const RoundKey& after) const;
  /// The next phase message with a number above `after`; nothing while there is none.
  /// @return ProtocolErrc::round_over when none will come any more, wrong_round for an unknown
  /// round.
  [[nodiscard]] Result<std::optional<PhaseMessage>> message_for_shop(protocol::RoundId round,
                                                                     const ParticipantId& shop,
                                                                     std::uint32_t after) const;

  /// The framed RoundResult or RoundAborted that ended any attempt of the past.
  /// @return ProtocolErrc::wrong_phase while it runs, wrong_round if there never was one.
  [[nodiscard]] Result<Bytes> outcome_of(const RoundKey& key) const;

  /// The framed UnopenedRound of a certified attempt that did not open, or whose sum deltas build
  /// on: who is in it.
  /// @return ProtocolErrc::wrong_phase for one that is neither, wrong_round if there never was one.
  [[nodiscard]] Result<Bytes> survivors_of(const RoundKey& key) const;

  // For the operator: JSON documents (round_views.hpp).

  /// BaseErrc::not_found for an unknown task. With the running round, if it is of this task.
  [[nodiscard]] Result<std::string> task_document(protocol::Epoch epoch) const;
  [[nodiscard]] Result<std::string> tasks_document() const;
  /// The latest attempt, with its predecessors under "attempts".
  [[nodiscard]] Result<std::string> round_document(protocol::RoundId round) const;
  /// All attempts, oldest first.
  [[nodiscard]] Result<std::string> rounds_document() const;

 private:
  RoundService(RoundServiceParts parts, FederationTerms terms);

  // Recovery.
  [[nodiscard]] Result<> recover();
  [[nodiscard]] Result<std::unique_ptr<ActiveRound>> resume_round(const RoundRow& row) const;
  /// Uploads whose last chunk was written, but not the event that says so.
  using Unfinished = std::vector<std::pair<ParticipantId, Uploads::Progress>>;
  [[nodiscard]] Result<Unfinished> resume_uploads(const ActiveRound& round);
  /// Completes one on the scheduler: the shop need not come back for it.
  void finish_later(const RoundKey& key, const ParticipantId& shop,
                    const Uploads::Progress& progress);
  /// Makes a stored attempt the running one.
  [[nodiscard]] Result<> take_up_round(const RoundRow& row);

  // One step at a time, on the scheduler.
  void continue_task();
  /// After a failure: the task as the ledger has it, which may be a step behind or ahead.
  [[nodiscard]] Result<> refresh_task();
  [[nodiscard]] Result<> take_next_step();
  /// What follows the last attempt of the task: the next one's key, or nothing when the task is
  /// over.
  [[nodiscard]] Result<std::optional<RoundKey>> settle(const RoundRow& last);
  [[nodiscard]] bool is_hopeless(const RoundRow& last,
                                 const std::vector<RefusalRow>& refusals) const;
  [[nodiscard]] bool rejected_by_shops() const;
  [[nodiscard]] Result<> step_over_lost_sum(const RoundRow& last);
  /// What is left to repair of the round, if anything can.
  [[nodiscard]] Result<std::optional<PendingRepair>> repair_for(protocol::RoundId round) const;
  [[nodiscard]] bool is_waited_for(const RoundRow& last) const;
  [[nodiscard]] Result<> begin_round(const RoundKey& key, const Digest& previous_transcript);
  /// Who is invited: all that may take part, with a private vocabulary only those that have its
  /// key, but for those whom complaints leave out.
  [[nodiscard]] Result<> choose_shops(StepState& state,
                                      const std::optional<SharedVocabulary>& vocabulary);
  /// Whether a task with this plan can run on what is shared now.
  [[nodiscard]] Result<> check_vocabulary(const models::TaskPlan& plan) const;
  /// What the model is about that a task of this plan would go on with, and that model.
  [[nodiscard]] Result<std::optional<Continuation>> continuation_for(
      const models::TaskPlan& plan) const;
  /// The key and the rows that the running task goes by in private mode; nothing while the key is
  /// being agreed on.
  [[nodiscard]] Result<std::optional<SharedVocabulary>> vocabulary_of_task();
  [[nodiscard]] Result<BlobId> publish_inputs(const models::SumRequest& request);
  [[nodiscard]] Result<> complete_task(const RoundRow& last);
  [[nodiscard]] Result<> fail_task(std::string reason);
  [[nodiscard]] Result<> close_task(TaskRow row, const std::optional<ModelRow>& model);
  void open_sum_of(const RoundKey& key, std::shared_ptr<const OpenSum> job, unsigned tries);
  [[nodiscard]] Result<> open_and_step(const RoundKey& key, const OpenSum& job);
  void report_opening_failed(const RoundKey& key, protocol::AbortReason reason);
  void deadline(const RoundKey& key, std::uint32_t phase);
  void catch_up_later(const RoundKey& key);

  /// The header as an event, and what is there of the input; `key` receives the attempt.
  [[nodiscard]] Result<Uploads::Progress> accept_header(protocol::RoundId round,
                                                        protocol::MaskedInputUpload upload,
                                                        RoundKey& key);
  /// Completes an upload whose chunks are all there. Repeating it is harmless.
  [[nodiscard]] Result<protocol::UploadStatus> finish_upload(const RoundKey& key,
                                                             const ParticipantId& shop,
                                                             Uploads::Progress progress);

  // With mutex_ held.
  /// After a failed write: the running attempt as the ledger has it. An event that was written all
  /// the same takes its effect, so that there may be no running attempt afterwards.
  [[nodiscard]] Result<> catch_up();
  [[nodiscard]] Result<> submit_check_in(protocol::CheckIn check_in);
  [[nodiscard]] Result<> submit_locked(Event event, const ActiveRound::Also& also = {});
  [[nodiscard]] Result<> store_end(LedgerWriter& rows, const Phase& phase,
                                   bool inputs_were_out) const;
  [[nodiscard]] Result<> store_survivors(LedgerWriter& rows, const Phase& phase,
                                         boost::json::object& summary) const;
  void perform(std::vector<Effect> effects);
  void perform_one(Effect effect);
  void after_end();
  [[nodiscard]] Result<RoundRow> ended_attempt(const RoundKey& key) const;
  [[nodiscard]] Result<ActiveRound*> active(protocol::RoundId round) const;
  [[nodiscard]] Result<> answer_late(protocol::RoundId round, Event event) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> remaining() const;
  [[nodiscard]] std::string document_of(const RoundRow& row) const;
  [[nodiscard]] std::int64_t now() const noexcept;

  RoundServiceParts parts_;
  FederationTerms terms_;
  mutable std::mutex mutex_;
  std::optional<TaskRow> task_;            ///< the running one
  std::unique_ptr<ActiveRound> active_;    ///< the running attempt
  std::unique_ptr<ActiveRound> previous_;  ///< the last one that ended, for shops that are behind
  std::optional<Clock::Steady> deadline_;  ///< of the running phase
  protocol::Epoch last_epoch_;
  std::optional<TaskRun> run_;  ///< of task_; the scheduler's
  bool run_stale_ = false;      ///< a step failed half-way: `refresh_task` comes first
};

}  // namespace guildsum::coordinator
