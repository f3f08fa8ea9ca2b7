#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/file.hpp"
#include "base/log.hpp"
#include "participant/journal/record_codec.hpp"
#include "participant/round/contribution_history.hpp"

namespace guildsum::participant {

/// What the journal says about the past.
struct JournalState {
  std::uint64_t counter = 0;  ///< Of the last check-in; the next one takes the next number.
  /// Round and attempt of the last check-in: its secrets are spent, whatever became of it.
  protocol::RoundId last_round;
  protocol::Attempt last_attempt;
  ContributionHistory history;
  std::optional<BoundAttempt> last_bound;  ///< Nothing before the first round.
  std::vector<JournalRecord>
      open_round;  ///< Of an attempt that is not closed; empty if there is none.
};

/// The agent's memory of what it has promised: an append-only file whose records are on the disk
/// before the first byte that depends on them leaves the machine.
///
/// Format: "GSJRNL01", then per record: u32 length of the body, u16 kind, 32 bytes digest of the
/// record before (zero for the first), body, SHA-256 over everything of the record before it. All
/// little-endian. Not thread safe; one process per file.
class Journal {
 public:
  /// Opens or creates. A torn last record (a crash while it was written) is logged as
  /// `journal.torn_tail` and cut off: nothing depended on it. A bad record with good ones behind it
  /// is damage: ParticipantErrc::journal_corrupt, and the file stays as it is.
  [[nodiscard]] static Result<Journal> open(const std::filesystem::path& path, Log& log);

  /// Durable when it returns. After an error nothing was appended.
  [[nodiscard]] Result<> append(const JournalRecord& record);
  [[nodiscard]] const JournalState& state() const noexcept { return state_; }
  /// Replaces the records of closed rounds by a summary; counter, contribution history, the last
  /// bound attempt and the open round stay.
  [[nodiscard]] Result<> compact();
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return file_.size_bytes(); }

 private:
  Journal(std::filesystem::path path, AppendFile file) noexcept
      : path_{std::move(path)}, file_{std::move(file)} {}
  [[nodiscard]] Result<> absorb(const JournalEntry& entry);
  void absorb_record(const JournalRecord& record);
  void close(const RoundClosed& record);
  [[nodiscard]] bool is_last_bound(const protocol::RoundDigest& rd) const;

  std::filesystem::path path_;
  AppendFile file_;
  protocol::Digest last_;  ///< Digest of the last record.
  JournalState state_;
  std::optional<protocol::RoundDescriptor> bound_;  ///< What the open round is about.
};

}  // namespace guildsum::participant
