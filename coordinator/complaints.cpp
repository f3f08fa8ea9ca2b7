#include "coordinator/complaints.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/errors.hpp"
#include "coordinator/active_round.hpp"

namespace guildsum::coordinator {
namespace {

using Pair = std::pair<ParticipantId, ParticipantId>;

Pair pair_of(const PairComplaint& complaint) {
  return std::minmax(complaint.complainer, complaint.dealer);
}

}  // namespace

std::set<ParticipantId> left_out(std::span<const PairComplaint> complaints,
                                 std::span<const RoundKey> attempts) {
  std::map<ParticipantId, std::set<ParticipantId>> peers;
  for (const PairComplaint& complaint : complaints) {
    peers[complaint.complainer].insert(complaint.dealer);
    peers[complaint.dealer].insert(complaint.complainer);
  }
  std::set<ParticipantId> out;
  for (const auto& [shop, others] : peers) {
    if (others.size() > 1) out.insert(shop);
  }
  std::set<Pair> seen;
  std::set<ParticipantId> in_turn;
  for (const PairComplaint& complaint : complaints) {
    if (out.contains(complaint.complainer) || out.contains(complaint.dealer)) continue;
    // By the first complaint of a pair; they do not meet again before the epoch is over.
    if (!seen.insert(pair_of(complaint)).second) continue;
    const auto since = std::ranges::count_if(
        attempts, [&](const RoundKey& attempt) { return attempt > complaint.attempt; });
    in_turn.insert(since % 2 == 0 ? complaint.dealer : complaint.complainer);
  }
  out.merge(in_turn);
  return out;
}

Result<std::set<ParticipantId>> left_out_of(Ledger& ledger, protocol::Epoch epoch) {
  std::vector<AttemptEventRow> rows;
  std::vector<RoundKey> attempts;
  GS_CHECK(ledger.read([&](LedgerReader& reader) -> Result<> {
    GS_TRY(rows, reader.events_of(epoch, complaint_event_kind()));
    if (rows.empty()) return {};
    GS_TRY(attempts, reader.attempts_of(epoch));
    return {};
  }));
  std::vector<PairComplaint> complaints;
  for (const AttemptEventRow& row : rows) {
    const auto event = decode_event(row.event.bytes);
    if (event.has_error()) return Error{BaseErrc::corrupt, "a stored complaint"};
    const auto& complaint = std::get<protocol::Complaint>(*event);
    complaints.push_back({row.attempt, complaint.sender, complaint.dealer});
  }
  return left_out(complaints, attempts);
}

}  // namespace guildsum::coordinator
