#include "simulations/faults/shop_node.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "participant/contribution.hpp"
#include "participant/errors.hpp"
#include "participant/remote/retry.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/packed_sum.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "simulations/faults/task.hpp"

// A shop's program: its disk, its crashes, and what the round machine wants done. What it asks the
// coordinator is in shop_calls.cpp.
namespace guildsum::simulations {
namespace {

using participant::Phase;
using protocol::MessageType;

// As participant/round_driver.cpp.
constexpr milliseconds kGiveUpUndescribed{600'000};
/// Small, so that summaries are written and read too.
constexpr std::uint64_t kJournalCompactBytes = 8 * 1024;
constexpr milliseconds kTraining{200};
constexpr std::uint64_t kForgottenBytes = 600;

/// The phase that a message ends, as `Fault` counts them.
std::optional<std::uint64_t> phase_ended_by(MessageType type) {
  switch (type) {
    case MessageType::check_in:
      return 0;
    case MessageType::share_keys:
      return 1;
    case MessageType::masked_input_upload:
      return 2;
    case MessageType::survivor_signature:
      return 3;
    case MessageType::unmask:
      return 4;
    case MessageType::vote:
      return 5;
    default:
      return std::nullopt;
  }
}

}  // namespace

ShopNode::ShopNode(RunParts parts, std::uint32_t index, CoordinatorNode& coordinator,
                   ShopLink& link)
    : parts_{std::move(parts)},
      index_{index},
      coordinator_{coordinator},
      link_{link},
      clock_{parts_.queue},
      random_{parts_.plan.draw(10, index, 0, std::uint64_t{1} << 62)} {
  policy_.cohort_min = parts_.scenario.cohort_min;
  policy_.purpose = coordinator.purpose();
  attack_ = attack_of(parts_.scenario, parts_.plan, index);
}

participant::RoundContext ShopNode::context() const {
  return {parts_.identities.federation,    parts_.identities.ids[index_],
          parts_.identities.shops[index_], parts_.identities.coordinator.verify_key(),
          coordinator_.roster(),           policy_,
          journal_->state().history,       nullptr,
          past_};
}

std::string_view ShopNode::phase() const noexcept {
  if (gone_) return "gone";
  if (!is_up()) return "down";
  return phase_ ? participant::phase_name(*phase_) : "between rounds";
}

void ShopNode::later(milliseconds delay, std::function<void()> work) {
  parts_.queue.after(delay, [this, life = life_, work = std::move(work)] {
    if (life == life_) work();
  });
}

Result<> ShopNode::start() {
  const auto& directory = parts_.directory;
  GS_CHECK(make_private_directory(directory));
  GS_TRY(auto journal, participant::Journal::open(directory / "journal", log_));
  GS_TRY(spool_, participant::Spool::open(directory / "spool"));
  GS_TRY(kept_, participant::KeptInputs::open(directory / "kept", directory / "kept.key", random_));
  journal_.emplace(std::move(journal));
  resume();
  if (is_up()) wake_after(milliseconds{0});
  return {};
}

void ShopNode::crash(milliseconds down) {
  ++crashes_;
  ++life_;
  phase_.reset();
  past_.reset();
  description_.reset();
  outbox_.clear();
  journal_.reset();
  spool_.reset();
  kept_.reset();
  waiting_ = false;
  busy_ = false;
  later(down + milliseconds{1}, [this] {
    if (const auto started = start(); !started) {
      parts_.checker.report("I2",
                            "shop " + std::to_string(index_) +
                                " does not start after a crash: " + started.error().message());
      gone_ = true;
    }
  });
}

/// One step that can be cut short by a crash. False: it crashed before; `mode` otherwise says how
/// the step is to end.
bool ShopNode::may_go_on(std::optional<CrashMode>& mode) {
  const auto fault = parts_.plan.at(FaultKind::shop_crash, index_, ++steps_, parts_.queue.now());
  if (!fault) return true;
  mode = static_cast<CrashMode>(fault->value % 4);
  if (*mode != CrashMode::before) return true;
  crash(milliseconds{static_cast<std::int64_t>(fault->value / 8)});
  return false;
}

bool ShopNode::write(const participant::JournalRecord& record) {
  const auto path = parts_.directory / "journal";
  const std::uint64_t before = journal_->size_bytes();
  std::optional<CrashMode> mode;
  if (!may_go_on(mode)) return false;
  const auto appended = journal_->append(record);
  const std::uint64_t after = journal_->size_bytes();
  if (!appended) {
    parts_.checker.report("I2", "the journal cannot be written: " + appended.error().message());
    crash(kTraining);
    return false;
  }
  if (!mode) {
    parts_.checker.on_journal(index_, record);
    return true;
  }
  const milliseconds down{static_cast<std::int64_t>(parts_.plan.fired().back().value / 8)};
  if (*mode == CrashMode::after) parts_.checker.on_journal(index_, record);
  crash(down);
  auto content = read_file(path, std::size_t{1} << 26);
  if (!content) return false;
  if (*mode != CrashMode::after) {
    // Its first part reached the disk; what follows was never written, or holds anything.
    const std::uint64_t kept = before + parts_.plan.draw(11, index_, steps_, after - before);
    Bytes tail(*mode == CrashMode::garbage ? after - kept : 0);
    random_.fill(tail);
    content->resize(kept);
    append(*content, tail);
  }
  if (parts_.defects.forgetful_disk && content->size() > kForgottenBytes) {
    content->resize(content->size() - kForgottenBytes);
  }
  if (!write_file_atomically(path, *content)) {
    parts_.checker.report("I2", "the crash could not be simulated");
  }
  return false;
}

void ShopNode::begin(const protocol::RoundInvitation& invitation) {
  attempt_ = {invitation.round, invitation.attempt};
  description_.reset();
  sharers_.clear();
  seen_ = 0;
  ++attempts_;
  give_up_ = parts_.queue.now() + milliseconds{static_cast<std::int64_t>(invitation.closes_in_ms)} +
             kGiveUpUndescribed;
  perform(participant::begin(invitation, journal_->state().counter + 1,
                             participant::RoundSecrets::generate(random_), context()));
}

void ShopNode::resume() {
  const std::vector<participant::JournalRecord> records = journal_->state().open_round;
  if (records.empty()) return;
  attempt_ = {journal_->state().last_round, journal_->state().last_attempt};
  give_up_ = parts_.queue.now() + kGiveUpUndescribed;
  description_.reset();
  for (const auto& record : records) {
    const auto* bound = std::get_if<participant::BoundToDescriptor>(&record);
    if (bound == nullptr) continue;
    if (auto description = spool_->description(bound->rd)) description_ = *description;
  }
  participant::Step step = participant::resume(records, description_, context());
  seen_ = participant::phase_number(step.next);
  perform(std::move(step));
}

void ShopNode::give(participant::Event event) {
  const bool leaving = std::holds_alternative<participant::AbandonRequested>(event);
  const std::uint64_t life = life_;
  perform(participant::advance(std::move(*phase_), std::move(event), context()));
  if (life != life_ || !leaving || !phase_ || participant::is_over(*phase_)) return;
  close_as_it_stands();
}

void ShopNode::perform(participant::Step step) {
  phase_ = std::move(step.next);
  std::optional<participant::Event> next;
  for (participant::Effect& effect : step.effects) {
    if (!perform_one(effect, next)) return;
  }
  if (next) return give(*std::move(next));
  if (!busy_ && outbox_.empty() && participant::is_over(*phase_)) finish();
}

bool ShopNode::perform_one(participant::Effect& effect, std::optional<participant::Event>& next) {
  if (const auto* record = std::get_if<participant::WriteJournal>(&effect)) {
    if (const auto* frozen = std::get_if<participant::FrozenSharers>(&record->record)) {
      sharers_ = frozen->sharers;
    }
    return write(record->record);
  }
  std::optional<CrashMode> mode;
  if (!may_go_on(mode)) return false;
  if (auto* message = std::get_if<participant::Send>(&effect)) {
    parts_.checker.on_signed(index_, message->type, message->frame);
    outbox_.push_back({Outgoing::Kind::message, message->type, std::move(message->frame)});
  } else if (const auto* job = std::get_if<participant::MaskInput>(&effect)) {
    mask(*job);
  } else if (const auto* upload = std::get_if<participant::UploadInput>(&effect)) {
    const auto chunks = spool_->read(upload->header.rd);
    if (!chunks) {
      next = participant::AbandonRequested{chunks.error()};
    } else {
      Outgoing item{
          Outgoing::Kind::upload, MessageType::masked_input_upload,
          protocol::encode(protocol::MaskedInputUpload{upload->header, chunks->digests()})};
      item.header = upload->header;
      outbox_.push_back(std::move(item));
    }
  } else if (const auto* check = std::get_if<participant::CheckResult>(&effect)) {
    Outgoing item;
    item.kind = Outgoing::Kind::check;
    item.result = check->result;
    outbox_.push_back(std::move(item));
  } else if (const auto* refused = std::get_if<participant::Refused>(&effect)) {
    ++refusals_;
    const bool lied_to = parts_.scenario.lie == CoordinatorLie::another_past;
    if (refused->reason == protocol::ProtocolErrc::forked_chain && !lied_to && past_ &&
        past_->has_value()) {
      parts_.checker.report("I5", "a round does not continue the past that its shop was shown");
    }
  }
  if (!mode) return true;
  crash(milliseconds{static_cast<std::int64_t>(parts_.plan.fired().back().value / 8)});
  return false;
}

/// Training takes time; the event comes when the input is in the spool.
void ShopNode::mask(const participant::MaskInput& job) {
  const protocol::RoundDescriptor& d = description_->descriptor;
  std::vector<std::int64_t> values;
  if (job.repairs) {
    const auto packed = kept_->read(*job.repairs);
    const auto kept = packed ? protocol::unpack_sum(d.codec, *packed)
                             : Result<std::vector<std::int64_t>>{packed.error()};
    if (!kept) {
      busy_ = true;
      const Error reason = kept.error();
      return later(milliseconds{1}, [this, reason] {
        busy_ = false;
        give(participant::MaskingFailed{reason});
        pump();
      });
    }
    values = *kept;
  } else {
    const auto shops = static_cast<std::uint32_t>(parts_.identities.shops.size());
    const std::uint64_t seed = parts_.plan.draw(kInputStream, 0, 0, 1U << 30);
    values = input_of(seed, index_, shops, d.state.step_number, d.codec.vector_length);
  }
  if (attack_ && !job.repairs) spoil_input(*attack_, values);
  parts_.checker.on_masked(index_, *description_, sharers_, job.masks, values);
  if (parts_.defects.counts_twice == index_) {
    for (std::int64_t& value : values) value *= 2;
  }
  const auto chunks = spool(job, std::move(values));
  participant::Event event = participant::UploadCompleted{};
  if (chunks) {
    event = participant::MaskedInputSpooled{
        chunks->chunk_root, static_cast<std::uint32_t>(chunks->chunk_digests.size())};
  } else {
    event = participant::MaskingFailed{chunks.error()};
  }
  busy_ = true;
  later(slowed(kTraining), [this, event = std::move(event)] {
    busy_ = false;
    give(event);
    pump();
  });
}

/// As participant/training/training_job.cpp.
Result<participant::MaskedChunks> ShopNode::spool(const participant::MaskInput& job,
                                                  std::vector<std::int64_t> values) {
  const protocol::RoundDescriptor& d = description_->descriptor;
  const protocol::RoundDigest rd = protocol::round_digest(d);
  GS_TRY(auto keeper, kept_->write(rd, random_));
  GS_TRY(const auto plain, participant::mask_input(values, d.codec, {}, [&](ByteView chunk) {
           return keeper.append(chunk);
         }));
  (void)plain;
  GS_CHECK(keeper.commit());
  GS_TRY(auto writer, spool_->write(rd));
  GS_TRY(auto chunks, participant::mask_input(values, d.codec, job.masks, [&](ByteView chunk) {
           return writer.append(chunk);
         }));
  GS_CHECK(writer.commit(chunks.chunk_digests));
  return chunks;
}

void ShopNode::leave(Error reason) { give(participant::AbandonRequested{std::move(reason)}); }

/// As participant/round_driver.cpp: the round can only be left.
void ShopNode::close_as_it_stands() {
  participant::RoundClosed closed{attempt_.round, attempt_.attempt, {}, false, false, {}};
  if (const auto* waiting = std::get_if<participant::AwaitingResult>(&*phase_)) {
    closed.rd = waiting->round.view.rd;
    closed.counted = waiting->survivors.contains(waiting->round.view.cohort.at(waiting->round.own));
  }
  if (const auto* left = std::get_if<participant::AwaitingAbandonCertificate>(&*phase_)) {
    closed.rd = left->round.view.rd;
    closed.counted = true;
  }
  if (write(closed)) finish();
}

void ShopNode::finish() {
  std::vector<protocol::RoundDigest> keep;
  for (const auto& open : journal_->state().history.unsettled()) keep.push_back(open.rd);
  const bool swept = spool_->sweep(keep).has_value() && kept_->sweep(keep).has_value();
  const bool compacted =
      journal_->size_bytes() <= kJournalCompactBytes || journal_->compact().has_value();
  if (!swept || !compacted) parts_.checker.report("I2", "a shop's directory cannot be written");
  phase_.reset();
  description_.reset();
  outbox_.clear();
  poll_wait_ = milliseconds{0};
}

void ShopNode::departs_after(MessageType type) {
  const auto phase = phase_ended_by(type);
  if (!phase || departed_ == attempts_) return;
  // One draw decides for the whole attempt; it is only asked for where it applies.
  const auto drawn = parts_.plan.peek(FaultKind::departure, index_, attempts_, parts_.queue.now());
  if (!drawn || drawn->value % 8 % 6 != *phase) return;
  const auto fault = parts_.plan.at(FaultKind::departure, index_, attempts_, parts_.queue.now());
  const milliseconds away{static_cast<std::int64_t>(fault->value / 8)};
  departed_ = attempts_;
  crash(away);
  if (away.count() > 0) return;
  ++life_;
  gone_ = true;
}

}  // namespace guildsum::simulations
