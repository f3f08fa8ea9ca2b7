#include "participant/round_driver.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/secret_memory.hpp"
#include "participant/errors.hpp"
#include "participant/uploader.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPollWait{10'000};
/// An attempt that is over may be followed by its repair soon, which is announced as an invitation.
constexpr milliseconds kPollWaitAtTheEnd{1'000};
/// How long an attempt may take beyond the coordinator's own deadlines.
constexpr milliseconds kGiveUpMargin{120'000};
constexpr milliseconds kGiveUpUndescribed{600'000};
constexpr std::uint64_t kJournalCompactBytes = 256 * 1024;

template <class Message>
Result<std::optional<Event>> decoded(ByteView frame) {
  GS_TRY(auto message, protocol::decode<Message>(frame));
  return std::optional<Event>{std::move(message)};
}

/// Of these answers the coordinator needs only some: in every round a few come after the phase has
/// what it needs.
bool came_late(protocol::MessageType type, const Error& error) {
  using protocol::MessageType;
  const bool optional = type == MessageType::survivor_signature || type == MessageType::unmask ||
                        type == MessageType::vote || type == MessageType::abandon;
  return optional && (error == protocol::ProtocolErrc::round_over ||
                      error == protocol::ProtocolErrc::wrong_phase);
}

milliseconds poll_wait(const Phase& phase) {
  const auto* left = std::get_if<AwaitingAbandonCertificate>(&phase);
  return left != nullptr && left->told ? kPollWaitAtTheEnd : kPollWait;
}

/// The descriptions that a certificate of the past will be checked against, and the vectors that a
/// repair would need.
std::vector<protocol::RoundDigest> rounds_to_keep(const JournalState& journal) {
  std::vector<protocol::RoundDigest> keep;
  for (const UnsettledContribution& open : journal.history.unsettled()) keep.push_back(open.rd);
  return keep;
}

/// The states that deltas are or may be against.
std::vector<protocol::RoundDigest> states_to_keep(const JournalState& journal) {
  std::vector<protocol::RoundDigest> keep = rounds_to_keep(journal);
  for (const auto& [step, base] : journal.history.bases()) keep.push_back(base.rd);
  return keep;
}

milliseconds all_deadlines(const protocol::PhaseDeadlines& d) {
  return d.check_in + d.share + d.masked_input + d.certify + d.unmask + d.vote;
}

}  // namespace

Result<> RoundDriver::take_part(const protocol::RoundInvitation& invitation,
                                const RoundContext& context) {
  attempt_ = {invitation.round, invitation.attempt};
  description_.reset();
  heard_.reset();
  give_up_ =
      now() + milliseconds{static_cast<std::int64_t>(invitation.closes_in_ms)} + kGiveUpUndescribed;
  record_ = {};
  record_.round = invitation.round;
  record_.attempt = invitation.attempt;
  record_.task_kind = invitation.task_kind;
  record_.phase = "awaiting-description";
  GS_CHECK(parts_.activity.begin_round(record_));
  parts_.retry.log.info("round.check_in", {{"round", invitation.round},
                                           {"attempt", invitation.attempt},
                                           {"task", invitation.task_kind}});
  const std::uint64_t counter = parts_.journal.state().counter + 1;
  return live(begin(invitation, counter, RoundSecrets::generate(parts_.retry.random), context),
              context);
}

Result<> RoundDriver::resume(const RoundContext& context) {
  const std::vector<JournalRecord> records = parts_.journal.state().open_round;
  if (records.empty()) return {};
  attempt_ = {parts_.journal.state().last_round, parts_.journal.state().last_attempt};
  give_up_ = now() + kGiveUpUndescribed;
  description_.reset();
  heard_.reset();
  for (const JournalRecord& record : records) {
    const auto* bound = std::get_if<BoundToDescriptor>(&record);
    if (bound == nullptr) continue;
    if (auto description = parts_.spool.description(bound->rd)) description_ = *description;
  }
  record_ = {};
  record_.round = attempt_.round;
  record_.attempt = attempt_.attempt;
  if (description_) record_.step_kind = description_->descriptor.state.step_kind;
  parts_.retry.log.info("round.resume", {{"round", attempt_.round},
                                         {"attempt", attempt_.attempt},
                                         {"last_record", name_of(records.back())}});
  return live(participant::resume(records, description_, context), context);
}

Result<> RoundDriver::live(Step step, const RoundContext& context) {
  seen_ = phase_number(step.next);
  while (true) {
    Phase phase = std::move(step.next);
    GS_CHECK(note_phase(phase, false));
    GS_TRY(auto event, perform(std::move(step.effects), phase));
    if (!event && is_over(phase)) return finish(phase);
    while (!event) {
      if (parts_.retry.stop.stopped()) return {};
      GS_TRY(event, next_event(phase));
    }
    const bool leaving = std::holds_alternative<AbandonRequested>(*event);
    step = advance(std::move(phase), std::move(*event), context);
    if (leaving && !is_over(step.next)) {
      GS_TRY(const auto ignored, perform(std::move(step.effects), step.next));
      (void)ignored;
      return close_as_it_stands(step.next);
    }
  }
}

Result<> RoundDriver::finish(const Phase& phase) {
  GS_CHECK(note_phase(phase, true));
  const auto keep = rounds_to_keep(parts_.journal.state());
  GS_CHECK(parts_.spool.sweep(keep));
  GS_CHECK(parts_.kept.sweep(keep));
  GS_CHECK(parts_.states.sweep(states_to_keep(parts_.journal.state())));
  if (parts_.journal.size_bytes() > kJournalCompactBytes) GS_CHECK(parts_.journal.compact());
  parts_.retry.log.info("round.over", {{"round", attempt_.round},
                                       {"attempt", attempt_.attempt},
                                       {"outcome", phase_name(phase)},
                                       {"counted", record_.counted},
                                       {"accepted", record_.accepted}});
  if (secrets_outside_arena() > 0) warn_about_secret_memory(parts_.retry.log);
  description_.reset();
  return {};
}

Result<> RoundDriver::close_as_it_stands(const Phase& phase) {
  RoundClosed closed{attempt_.round, attempt_.attempt, {}, false, false, {}};
  if (const auto* waiting = std::get_if<AwaitingResult>(&phase)) {
    // Certified and answered: the sum may have been opened, so it counts with our input in it.
    const auto& own = waiting->round.view.cohort.at(waiting->round.own);
    closed.rd = waiting->round.view.rd;
    closed.counted = waiting->survivors.contains(own);
  }
  if (const auto* waiting = std::get_if<AwaitingAbandonCertificate>(&phase)) {
    closed.rd = waiting->round.view.rd;
    closed.counted = true;
  }
  GS_CHECK(parts_.journal.append(closed));
  record_.detail = "left without a result";
  return finish(phase);
}

Result<std::optional<Event>> RoundDriver::perform(std::vector<Effect> effects, const Phase& phase) {
  std::optional<Event> event;
  for (Effect& effect : effects) {
    GS_TRY(auto next, perform_one(std::move(effect), phase));
    if (next && !event) event = std::move(next);
  }
  return event;
}

Result<std::optional<Event>> RoundDriver::perform_one(Effect effect, const Phase& phase) {
  if (const auto* write = std::get_if<WriteJournal>(&effect)) {
    if (const auto* spooled = std::get_if<SpooledInput>(&write->record)) {
      GS_CHECK(parts_.journal.append(ContributedAt{spooled->rd, wall_ms()}));
    }
    GS_CHECK(parts_.journal.append(write->record));
    const bool accepted = std::holds_alternative<BoundToDescriptor>(write->record);
    if (accepted && description_) {
      const auto kept = parts_.seen.keep(*description_);
      if (!kept) parts_.retry.log.warn("evidence.not_kept", {{"reason", kept.error()}});
    }
    return std::optional<Event>{};
  }
  if (const auto* refusal = std::get_if<Refused>(&effect)) {
    GS_CHECK(refused(refusal->reason));
    return std::optional<Event>{};
  }
  if (const auto* message = std::get_if<Send>(&effect)) return send(*message);
  if (const auto* job = std::get_if<MaskInput>(&effect)) return std::optional<Event>{mask(*job)};
  if (const auto* job = std::get_if<UploadInput>(&effect)) return upload_input(*job);
  return std::optional<Event>{check(std::get<CheckResult>(effect), phase)};
}

Result<> RoundDriver::refused(const Error& reason) {
  record_.detail = reason.message();
  keep_evidence(reason);
  parts_.retry.log.warn(
      "round.refused",
      {{"round", attempt_.round}, {"code", refusal_code(reason)}, {"reason", reason}});
  GS_CHECK(parts_.activity.record_refusal(attempt_.round, reason));
  if (parts_.report) parts_.report(attempt_, reason);
  return {};
}

void RoundDriver::keep_as_evidence(const AttemptId& attempt, std::string_view what,
                                   ByteView frame) {
  const auto kept = parts_.evidence.keep(attempt, what, frame);
  if (!kept) {
    parts_.retry.log.warn("evidence.not_kept", {{"reason", kept.error()}});
  } else if (kept->has_value()) {
    parts_.retry.log.info("evidence.kept", {{"round", attempt.round}, {"file", **kept}});
  }
}

void RoundDriver::keep_evidence(const Error& reason) {
  if (description_) {
    const Bytes description = protocol::encode(*description_);
    if (!heard_ || heard_->frame != description) {
      keep_as_evidence(attempt_, "description", description);
    }
    // What this shop was told before of the same step convinces others.
    const auto other = parts_.seen.other_state_of(description_->descriptor.state);
    if (other && other->has_value()) {
      const protocol::RoundDescriptor& d = (**other).descriptor;
      keep_as_evidence({d.round, d.attempt}, "description", protocol::encode(**other));
    }
  }
  if (!heard_) return;
  const std::string number = std::to_string(heard_->number);
  keep_as_evidence(attempt_, "message-" + number + "-" + refusal_code(reason), heard_->frame);
}

Result<std::optional<Event>> RoundDriver::send(const Send& message) {
  const auto sent = with_retries(parts_.retry, give_up_, name_of(message.type), [&] {
    return parts_.remote.send(attempt_, message.type, message.frame);
  });
  if (sent) {
    parts_.retry.log.debug("round.sent",
                           {{"round", attempt_.round}, {"type", name_of(message.type)}});
    if (message.type == protocol::MessageType::share_keys) hold();
    if (message.type == protocol::MessageType::vote) {
      GS_TRY(const auto vote, protocol::decode<protocol::Vote>(message.frame));
      GS_CHECK(parts_.journal.append(VoteTaken{vote.rd}));
    }
    return std::optional<Event>{};
  }
  parts_.retry.log.write(
      came_late(message.type, sent.error()) ? LogLevel::debug : LogLevel::warn, "round.not_taken",
      {{"round", attempt_.round}, {"type", name_of(message.type)}, {"reason", sent.error()}});
  // Without its check-in this shop is no member. Of a later message the coordinator tells the rest.
  if (message.type != protocol::MessageType::check_in || is_retryable(sent.error())) {
    return std::optional<Event>{};
  }
  return std::optional<Event>{AbandonRequested{sent.error()}};
}

void RoundDriver::hold() {
  if (!parts_.hold_after_share || held_) return;
  held_ = true;
  parts_.retry.log.warn("drill.holding",
                        {{"round", attempt_.round}, {"attempt", attempt_.attempt}});
  while (!parts_.retry.stop.wait_for(milliseconds{3'600'000})) {
  }
}

Event RoundDriver::mask(const MaskInput& job) {
  if (parts_.retry.stop.stopped()) {
    return MaskingFailed{Error{BaseErrc::interrupted, "the agent stops"}};
  }
  const auto started = now();
  auto chunks = with_retries(parts_.retry, give_up_, "training",
                             [&] { return parts_.work.mask(*description_, job); });
  if (!chunks) return MaskingFailed{chunks.error()};
  if (job.base && !job.repairs) {
    record_.detail = "a delta against step " + std::to_string(job.base->step_number);
  }
  parts_.retry.log.info("round.spooled", {{"round", attempt_.round},
                                          {"chunks", chunks->chunk_digests.size()},
                                          {"took_ms", now() - started}});
  return MaskedInputSpooled{chunks->chunk_root,
                            static_cast<std::uint32_t>(chunks->chunk_digests.size())};
}

std::optional<Event> RoundDriver::upload_input(const UploadInput& job) {
  const auto chunks = parts_.spool.read(job.header.rd);
  if (!chunks) return Event{AbandonRequested{chunks.error()}};
  const auto done = upload(attempt_, job.header, *chunks, parts_.remote, parts_.retry, give_up_);
  if (done) return Event{UploadCompleted{}};
  if (done.error() == ParticipantErrc::spool_lost) return Event{AbandonRequested{done.error()}};
  parts_.retry.log.warn(
      "round.not_taken",
      {{"round", attempt_.round}, {"type", "masked_input"}, {"reason", done.error()}});
  return std::nullopt;
}

Event RoundDriver::check(const CheckResult& job, const Phase& phase) {
  const auto& checking = std::get<CheckingResult>(phase);
  const auto reason = with_retries(parts_.retry, give_up_, "result", [&] {
    return parts_.work.check(*description_, checking.survivors, job.result);
  });
  record_.counted = checking.survivors.contains(checking.round.view.cohort.at(checking.round.own));
  if (reason) return ResultChecked{*reason};
  parts_.retry.log.error("round.check_failed",
                         {{"round", attempt_.round}, {"reason", reason.error()}});
  return ResultChecked{protocol::VoteReason::model_not_reproduced};
}

Result<std::optional<Event>> RoundDriver::next_event(const Phase& phase) {
  seen_ = std::max(seen_, phase_number(phase));
  heard_.reset();
  const auto answer = with_retries(parts_.retry, give_up_, "phase", [&] {
    return parts_.remote.phase(attempt_.round, seen_, poll_wait(phase));
  });
  if (parts_.retry.stop.stopped()) return std::optional<Event>{};
  if (!answer) return std::optional<Event>{AbandonRequested{answer.error()}};
  if (answer->has_value()) return read_message(**answer);
  if (is_superseded()) {
    return std::optional<Event>{AbandonRequested{
        Error{protocol::ProtocolErrc::round_over, "the coordinator has opened a newer attempt"}}};
  }
  if (now() >= give_up_) {
    return std::optional<Event>{
        AbandonRequested{Error{BaseErrc::timed_out, "waiting for the round"}}};
  }
  return std::optional<Event>{};
}

bool RoundDriver::is_superseded() {
  const auto newer = parts_.remote.invitation(attempt_, milliseconds{0});
  return newer && newer->has_value() && AttemptId{(*newer)->round, (*newer)->attempt} > attempt_;
}

Result<std::optional<Event>> RoundDriver::read_message(const PhaseMessage& message) {
  seen_ = message.number;
  heard_ = message;
  const auto read = [&]() -> Result<std::optional<Event>> {
    switch (message.number) {
      case 1:
        return decoded<protocol::RoundDescription>(message.frame);
      case 2:
        return decoded<protocol::ShareDelivery>(message.frame);
      case 3:
        return decoded<protocol::SurvivorProposal>(message.frame);
      case 4:
        return decoded<protocol::SurvivorCertificate>(message.frame);
      case 5:
        return decoded<protocol::RoundResult>(message.frame);
      case 6:
      case 7:
        return decoded<protocol::RoundAborted>(message.frame);
      default:
        return Error{protocol::ProtocolErrc::unknown_type,
                     "phase message " + std::to_string(message.number)};
    }
  };
  auto event = read();
  if (!event) {
    GS_CHECK(refused(event.error()));
    return std::optional<Event>{};
  }
  if (const auto* description = std::get_if<protocol::RoundDescription>(&**event);
      description != nullptr && !description_) {
    // On the disk before the machine binds to it, so that a restarted agent can go on.
    GS_CHECK(parts_.spool.keep_description(*description));
    description_ = *description;
    record_.step_kind = description->descriptor.state.step_kind;
    give_up_ = now() + all_deadlines(description->descriptor.deadlines) + kGiveUpMargin;
  }
  return event;
}

Result<> RoundDriver::note_phase(const Phase& phase, bool ended) {
  record_.phase = phase_name(phase);
  if (const auto* finished = std::get_if<Finished>(&phase)) {
    record_.counted = finished->counted;
    record_.accepted = finished->accepted;
  }
  if (const auto* over = std::get_if<Ended>(&phase)) {
    record_.detail =
        "ended by the coordinator, reason " + std::to_string(static_cast<unsigned>(over->reason));
  }
  return parts_.activity.update_round(record_, ended);
}

}  // namespace guildsum::participant
