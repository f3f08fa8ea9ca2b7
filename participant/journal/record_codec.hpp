#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "participant/round/journal_record.hpp"

/// Bytes of the journal's records: a kind and a canonical body (protocol/archive.hpp).
namespace guildsum::participant {

/// What compaction keeps of rounds that are over.
struct JournalSummary {
  /// The last sum of a step kind in which this shop was counted.
  struct CountedStep {
    protocol::Digest lineage;
    std::string step_kind;
    std::uint64_t step_number = 0;
  };
  /// A contribution that counts until its abandon certificate is there.
  struct UnsettledStep {
    protocol::RoundDigest rd;
    protocol::RoundId round;
    protocol::Attempt attempt;
    CountedStep step;
  };
  std::uint64_t counter = 0;  ///< Of the last check-in; 0 if there was none.
  protocol::RoundId round;    ///< Of the last check-in, with its attempt.
  protocol::Attempt attempt;
  std::vector<CountedStep> counted;
  std::vector<UnsettledStep> unsettled;
  std::vector<protocol::Digest> approved_lineages;
  std::vector<std::string> approvals;  ///< What the next new lineages may take.
};

using JournalEntry = std::variant<JournalSummary, JournalRecord>;

/// The kind of an entry as it is stored; never reused for another meaning.
enum class EntryKind : std::uint16_t {
  summary = 1,
  checked_in = 2,
  bound_to_descriptor = 3,
  frozen_sharers = 4,
  spooled_input = 5,
  signed_survivors = 6,
  answered_unmask = 7,
  signed_abandon = 8,
  round_closed = 9,
  abandon_certified = 10,
  lineage_approved = 11,
  contribution_held = 12,
  contribution_certified = 13,
  accepted_roster = 14,
  vote_taken = 15,
  bound_attempt = 16,
  counted_state = 17,
  join_approved = 18,
  contributed_at = 19,
};

struct EncodedEntry {
  EntryKind kind = EntryKind::summary;
  Bytes body;
};

[[nodiscard]] EncodedEntry encode_entry(const JournalEntry& entry);
/// ProtocolErrc::malformed and the like for a body that is not of that kind, unknown_type for a
/// kind that this version does not know.
[[nodiscard]] Result<JournalEntry> decode_entry(std::uint16_t kind, ByteView body);
[[nodiscard]] std::string_view name_of(const JournalRecord& record) noexcept;

}  // namespace guildsum::participant
