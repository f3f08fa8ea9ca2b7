#include "participant/journal/journal.hpp"

#include <algorithm>

#include "crypto/sha256.hpp"
#include "participant/errors.hpp"
#include "protocol/descriptor.hpp"
#include "protocol/digests.hpp"

namespace guildsum::participant {
namespace {

constexpr std::string_view kMagic = "GSJRNL01";
constexpr std::size_t kHeadBytes = 4 + 2 + 32;  // length, kind, digest of the record before
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kJournalBytesMax = 256U << 20;

struct RawRecord {
  std::uint16_t kind = 0;
  protocol::Digest previous;
  ByteView body;
  protocol::Digest digest;
  std::size_t size = 0;
};

/// The record at the start of `bytes`; nothing if it is incomplete or its checksum is wrong.
std::optional<RawRecord> read_record(ByteView bytes) {
  if (bytes.size() < kHeadBytes + kDigestBytes) return std::nullopt;
  const std::uint64_t body_size = load_le<std::uint32_t>(bytes.first(4));
  if (body_size > bytes.size() - kHeadBytes - kDigestBytes) return std::nullopt;
  const std::size_t covered = kHeadBytes + static_cast<std::size_t>(body_size);
  RawRecord record;
  record.kind = load_le<std::uint16_t>(bytes.subspan(4, 2));
  record.previous = protocol::Digest{bytes.subspan<6, 32>()};
  record.body = bytes.subspan(kHeadBytes, static_cast<std::size_t>(body_size));
  record.digest = crypto::sha256(bytes.first(covered));
  record.size = covered + kDigestBytes;
  const auto stored = bytes.subspan(covered, kDigestBytes);
  if (!std::ranges::equal(stored, record.digest.view())) return std::nullopt;
  return record;
}

Bytes print_record(const JournalEntry& entry, const protocol::Digest& previous) {
  const EncodedEntry encoded = encode_entry(entry);
  Bytes out(6);
  store_le(static_cast<std::uint32_t>(encoded.body.size()), MutableByteView{out}.first(4));
  store_le(static_cast<std::uint16_t>(encoded.kind), MutableByteView{out}.subspan(4, 2));
  append(out, previous.view());
  append(out, encoded.body);
  const auto digest = crypto::sha256(out);
  append(out, digest.view());
  return out;
}

protocol::Digest digest_at_end(const Bytes& record) {
  return protocol::Digest{ByteView{record}.last<kDigestBytes>()};
}

void restore_history(ContributionHistory& history, const JournalSummary& summary) {
  for (const auto& step : summary.counted) {
    protocol::StateRoot state;
    state.lineage = step.lineage;
    state.step_kind = step.step_kind;
    state.step_number = step.step_number;
    history.count(state);
  }
  for (const auto& open : summary.unsettled) {
    protocol::StateRoot state;
    state.lineage = open.step.lineage;
    state.step_kind = open.step.step_kind;
    state.step_number = open.step.step_number;
    history.keep_unsettled({open.rd, open.round, open.attempt, std::move(state)});
  }
  for (const auto& lineage : summary.approved_lineages) history.restore_approved(lineage);
  for (const auto& task_kind : summary.approvals) history.approve(task_kind);
}

JournalSummary summary_of(const JournalState& state) {
  JournalSummary summary{state.counter, state.last_round, state.last_attempt, {}, {}, {}, {}};
  for (const auto& [step, number] : state.history.counted()) {
    summary.counted.push_back({step.lineage, step.step_kind, number});
  }
  for (const UnsettledContribution& open : state.history.unsettled()) {
    summary.unsettled.push_back(
        {open.rd,
         open.round,
         open.attempt,
         {open.state.lineage, open.state.step_kind, open.state.step_number}});
  }
  const auto& approved = state.history.approved();
  summary.approved_lineages.assign(approved.begin(), approved.end());
  const auto& approvals = state.history.approvals();
  summary.approvals.assign(approvals.begin(), approvals.end());
  return summary;
}

bool a_record_follows(ByteView bytes) {
  for (std::size_t at = 1; at + kHeadBytes + kDigestBytes <= bytes.size(); ++at) {
    if (read_record(bytes.subspan(at))) return true;
  }
  return false;
}

Error damaged(const std::filesystem::path& path, std::size_t offset, std::string_view what) {
  return {ParticipantErrc::journal_corrupt, path.string() + " at byte " + std::to_string(offset) +
                                                ": " + std::string{what} +
                                                "; restore the file from a copy, or leave the "
                                                "federation and join again under a new identity"};
}

}  // namespace

Result<Journal> Journal::open(const std::filesystem::path& path, Log& log) {
  GS_TRY(AppendFile file, AppendFile::open(path));
  if (file.size_bytes() < kMagic.size()) {
    // New, or torn before the first record could be written.
    GS_CHECK(file.truncate(0));
    GS_CHECK(file.append(as_bytes(kMagic)));
    return Journal{path, std::move(file)};
  }
  Journal journal{path, std::move(file)};
  GS_TRY(const Bytes content, read_file(path, kJournalBytesMax));
  const ByteView bytes{content};
  if (as_text(bytes.first(kMagic.size())) != kMagic) return damaged(path, 0, "not a journal");
  std::size_t at = kMagic.size();
  while (at < bytes.size()) {
    const auto record = read_record(bytes.subspan(at));
    if (!record) {
      if (a_record_follows(bytes.subspan(at))) {
        return damaged(path, at, "a record is damaged and good ones follow it");
      }
      log.warn("journal.torn_tail", {{"offset", at}, {"bytes_cut", bytes.size() - at}});
      GS_CHECK(journal.file_.truncate(at));
      break;
    }
    if (record->previous != journal.last_) return damaged(path, at, "a record is missing");
    auto entry = decode_entry(record->kind, record->body);
    if (!entry) return damaged(path, at, entry.error().message());
    GS_CHECK(journal.absorb(*entry));
    journal.last_ = record->digest;
    at += record->size;
  }
  return journal;
}

Result<> Journal::append(const JournalRecord& record) {
  const Bytes bytes = print_record(JournalEntry{record}, last_);
  GS_CHECK(file_.append(bytes));
  last_ = digest_at_end(bytes);
  absorb_record(record);
  return {};
}

Result<> Journal::absorb(const JournalEntry& entry) {
  if (const auto* record = std::get_if<JournalRecord>(&entry)) {
    absorb_record(*record);
    return {};
  }
  const auto& summary = std::get<JournalSummary>(entry);
  state_.counter = std::max(state_.counter, summary.counter);
  state_.last_round = summary.round;
  state_.last_attempt = summary.attempt;
  restore_history(state_.history, summary);
  return {};
}

void Journal::absorb_record(const JournalRecord& record) {
  if (const auto* checked_in = std::get_if<CheckedIn>(&record)) {
    state_.counter = std::max(state_.counter, checked_in->counter);
    state_.last_round = checked_in->round;
    state_.last_attempt = checked_in->attempt;
    state_.open_round.clear();
    bound_.reset();
  }
  if (const auto* bound = std::get_if<BoundToDescriptor>(&record)) {
    if (auto descriptor = protocol::parse_descriptor(bound->descriptor)) {
      state_.history.bind(descriptor->task_kind, descriptor->state);
      state_.history.close_before(descriptor->state);
      state_.history.accept_roster(descriptor->epoch, descriptor->roster_head);
      state_.last_bound =
          BoundAttempt{descriptor->round,
                       descriptor->attempt,
                       bound->rd,
                       descriptor->previous_transcript,
                       false,
                       {},
                       false};
      bound_ = *std::move(descriptor);
    }
  }
  if (const auto* certified = std::get_if<AbandonCertified>(&record)) {
    return state_.history.release(certified->rd);
  }
  if (const auto* approved = std::get_if<LineageApproved>(&record)) {
    return state_.history.approve(approved->approval);
  }
  if (const auto* held = std::get_if<ContributionHeld>(&record)) {
    return state_.history.hold(held->rd, held->request, held->model_root, held->public_inputs);
  }
  if (const auto* certified = std::get_if<ContributionCertified>(&record)) {
    return state_.history.certify(certified->rd, {certified->survivors, certified->faulty},
                                  certified->names_this_shop);
  }
  if (const auto* accepted = std::get_if<AcceptedRoster>(&record)) {
    return state_.history.accept_roster(accepted->epoch, accepted->head);
  }
  if (const auto* taken = std::get_if<VoteTaken>(&record)) {
    if (is_last_bound(taken->rd)) state_.last_bound->vote_taken = true;
    return;
  }
  if (const auto* kept = std::get_if<BoundAttempt>(&record)) {
    state_.last_bound = *kept;
    if (kept->rd.is_zero()) state_.last_bound.reset();
    return;
  }
  if (const auto* state = std::get_if<CountedState>(&record)) {
    return state_.history.restore_base({state->lineage, state->step_kind},
                                       {state->step_number, state->rd});
  }
  if (const auto* joined = std::get_if<JoinApproved>(&record)) {
    return state_.history.restore_approved_join(joined->lineage);
  }
  if (const auto* contributed = std::get_if<ContributedAt>(&record)) {
    state_.history.contribute(contributed->rd, static_cast<std::int64_t>(contributed->at_ms));
    if (state_.open_round.empty()) return;  // Of a round that is over, as compaction wrote it.
  }
  if (const auto* closed = std::get_if<RoundClosed>(&record)) return close(*closed);
  state_.open_round.push_back(record);
}

void Journal::close(const RoundClosed& record) {
  if (record.counted && bound_) {
    if (record.opened) {
      state_.history.count(bound_->state, record.rd);
    } else {
      state_.history.keep_unsettled({record.rd, record.round, record.attempt, bound_->state,
                                     protocol::request_digest(*bound_)});
    }
  }
  if (!record.transcript.is_zero() && is_last_bound(record.rd)) {
    state_.last_bound->opened = record.opened;
    state_.last_bound->transcript = record.transcript;
  }
  state_.open_round.clear();
  bound_.reset();
}

bool Journal::is_last_bound(const protocol::RoundDigest& rd) const {
  return state_.last_bound && state_.last_bound->rd == rd;
}

Result<> Journal::compact() {
  Bytes content = to_bytes(kMagic);
  protocol::Digest last;
  const auto add = [&](const JournalEntry& entry) {
    const Bytes record = print_record(entry, last);
    last = digest_at_end(record);
    guildsum::append(content, record);
  };
  add(JournalEntry{summary_of(state_)});
  for (const UnsettledContribution& open : state_.history.unsettled()) {
    add(JournalEntry{ContributionHeld{open.rd, open.request, open.state.model_root,
                                      open.state.public_inputs}});
    if (!open.certified) continue;
    add(JournalEntry{
        ContributionCertified{open.rd, open.certified->survivors, open.certified->faulty, true}});
  }
  for (const auto& [step, base] : state_.history.bases()) {
    add(JournalEntry{JournalRecord{
        CountedState{step.lineage, step.step_kind, base.step_number, base.rd}}});
  }
  for (const auto& [rd, at_ms] : state_.history.contribution_times()) {
    add(JournalEntry{JournalRecord{ContributedAt{rd, static_cast<std::uint64_t>(at_ms)}}});
  }
  for (const protocol::Digest& lineage : state_.history.approved_joins()) {
    add(JournalEntry{JournalRecord{JoinApproved{lineage}}});
  }
  for (const auto& [epoch, head] : state_.history.accepted_rosters()) {
    add(JournalEntry{JournalRecord{AcceptedRoster{epoch, head}}});
  }
  if (state_.last_bound) add(JournalEntry{JournalRecord{*state_.last_bound}});
  for (const JournalRecord& record : state_.open_round) add(JournalEntry{record});
  GS_CHECK(write_file_atomically(path_, content));
  GS_TRY(file_, AppendFile::open(path_));
  last_ = last;
  return {};
}

}  // namespace guildsum::participant
