#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "base/memory_log.hpp"
#include "participant/journal/journal.hpp"
#include "protocol/descriptor.hpp"
#include "protocol/digests.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::participant::testing {

inline CheckedIn checked_in(std::uint64_t round, std::uint32_t attempt, std::uint64_t counter) {
  return {protocol::Epoch{1}, protocol::RoundId{round}, protocol::Attempt{attempt}, counter};
}

inline BoundToDescriptor bound(std::uint64_t step) {
  protocol::RoundDescriptor descriptor;
  descriptor.task_kind = "ease";
  descriptor.state.lineage = protocol::test::sample<protocol::Digest>(1);
  descriptor.state.model_root = protocol::test::sample<protocol::BlobId>(2);
  descriptor.state.public_inputs = protocol::test::sample<protocol::BlobId>(3);
  descriptor.state.step_kind = "ials.gradient";
  descriptor.state.step_number = step;
  return {protocol::round_digest(descriptor), protocol::canonical_bytes(descriptor)};
}

inline RoundClosed closed(std::uint64_t round, bool counted) {
  RoundClosed record;
  record.round = protocol::RoundId{round};
  record.opened = counted;
  record.counted = counted;
  return record;
}

inline protocol::StateRoot step(std::uint64_t number) {
  protocol::StateRoot state;
  state.lineage = protocol::test::sample<protocol::Digest>(1);
  state.model_root = protocol::test::sample<protocol::BlobId>(2);
  state.public_inputs = protocol::test::sample<protocol::BlobId>(3);
  state.step_kind = "ials.gradient";
  state.step_number = number;
  return state;
}

/// A journal in a directory of its own.
struct JournalSetup {
  test::TempDir dir;
  MemoryLog log;
  std::optional<Journal> journal;

  JournalSetup() { reopen(); }
  [[nodiscard]] std::filesystem::path path() const { return dir / "journal"; }
  [[nodiscard]] Result<Journal> open() { return Journal::open(path(), log); }
  void reopen() {
    journal.reset();
    journal.emplace(open().value());
  }
  void write(const std::vector<JournalRecord>& records) {
    for (const JournalRecord& record : records) GS_REQUIRE_DONE(journal->append(record));
  }
  [[nodiscard]] Bytes content() const { return read_file(path(), 1 << 24).value(); }
  void overwrite(ByteView bytes) {
    journal.reset();
    GS_REQUIRE_DONE(write_file_atomically(path(), bytes));
  }
};

}  // namespace guildsum::participant::testing
