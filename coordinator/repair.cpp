#include "coordinator/repair.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <boost/json/object.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "protocol/digests.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {
namespace {

constexpr std::uint64_t kUnopenedBytesMax = 8U << 20;

bool waited_in_vain(const RoundRow& row) {
  const auto aborted = protocol::decode<protocol::RoundAborted>(row.outcome);
  return aborted.has_value() && aborted->reason == protocol::AbortReason::too_few_check_ins;
}

std::vector<ParticipantId> senders_of(const protocol::UnopenedRound& unopened) {
  std::vector<ParticipantId> senders;
  for (const auto& header : unopened.proposal.headers) senders.push_back(header.sender);
  std::ranges::sort(senders);
  return senders;
}

/// The identities behind the positions that an attempt's faults name.
std::set<ParticipantId> faulty_in(const protocol::UnopenedRound& unopened) {
  std::set<Digest> messages;
  std::set<ParticipantId> faulty;
  for (const protocol::DealerFault& fault : unopened.faults) {
    for (const protocol::MemberDigest& sharer : unopened.proposal.sharers) {
      if (protocol::message_digest(fault.dealt, unopened.rd, sharer.member) == sharer.message) {
        faulty.insert(sharer.member);
      }
    }
  }
  return faulty;
}

}  // namespace

Result<std::optional<protocol::UnopenedRound>> unopened_of(const RoundRow& row,
                                                           const Blobs& blobs) {
  if (row.status != RoundStatus::lost) return std::optional<protocol::UnopenedRound>{};
  return certified_survivors_of(row, blobs);
}

Result<std::optional<protocol::UnopenedRound>> certified_survivors_of(const RoundRow& row,
                                                                      const Blobs& blobs) {
  if (row.summary.empty()) return std::optional<protocol::UnopenedRound>{};
  GS_TRY(const auto summary, json::parse_object(row.summary));
  if (!json::has(summary, kUnopenedBlob)) return std::optional<protocol::UnopenedRound>{};
  GS_TRY(const std::string name, json::text(summary, kUnopenedBlob, 64));
  GS_TRY(const BlobId id, BlobId::from_hex(name));
  GS_TRY(const Bytes frame, blobs.load(id, kUnopenedBytesMax));
  auto unopened = protocol::decode<protocol::UnopenedRound>(frame);
  if (unopened.has_error()) return Error{BaseErrc::corrupt, "a stored survivor certificate"};
  return std::optional{*std::move(unopened)};
}

Result<std::optional<PendingRepair>> pending_repair(std::span<const RoundRow> attempts,
                                                    const Blobs& blobs) {
  std::optional<PendingRepair> repair;
  std::set<ParticipantId> faulty;
  for (const RoundRow& row : attempts) {
    if (row.status == RoundStatus::completed) return std::optional<PendingRepair>{};
    if (repair) ++repair->tried;
    GS_TRY(const auto unopened, unopened_of(row, blobs));
    if (!unopened) continue;
    faulty.merge(faulty_in(*unopened));
    if (repair) continue;
    GS_TRY(auto plan, decode_plan(row.plan));
    repair = PendingRepair{std::move(plan), senders_of(*unopened)};
  }
  if (!repair) return repair;
  std::erase_if(repair->survivors,
                [&](const ParticipantId& shop) { return faulty.contains(shop); });
  repair->deadline_missed = repair->tried > 0 && waited_in_vain(attempts.back());
  return repair;
}

Result<std::set<ParticipantId>> proven_faulty(Ledger& ledger, const Blobs& blobs,
                                              protocol::Epoch epoch) {
  std::vector<RoundRow> lost;
  GS_CHECK(ledger.read([&](LedgerReader& rows) -> Result<> {
    lost.clear();
    GS_TRY(const auto keys, rows.attempts_of(epoch));
    std::set<protocol::RoundId> rounds;
    for (const RoundKey& key : keys) rounds.insert(key.round);
    for (const protocol::RoundId round : rounds) {
      GS_TRY(const auto attempts, rows.attempts(round));
      std::ranges::copy_if(attempts, std::back_inserter(lost), [](const RoundRow& row) {
        return row.status == RoundStatus::lost;
      });
    }
    return {};
  }));
  std::set<ParticipantId> faulty;
  for (const RoundRow& row : lost) {
    GS_TRY(const auto unopened, unopened_of(row, blobs));
    if (unopened) faulty.merge(faulty_in(*unopened));
  }
  return faulty;
}

bool may_be_repaired(const PendingRepair& repair, const RoundSettings& settings,
                     std::span<const ParticipantId> eligible) {
  return !repair.deadline_missed && repair.tried < settings.attempts_max &&
         repair.survivors.size() >= settings.cohort_min &&
         std::ranges::includes(eligible, repair.survivors);
}

void make_repair(RoundPlan& plan, const PendingRepair& repair, const RoundSettings& settings) {
  const auto members = static_cast<std::uint32_t>(repair.survivors.size());
  plan.invited = repair.survivors;
  plan.cohort_min = members;
  plan.cohort_max = members;
  plan.cohort_goal = members;
  plan.needs_everybody = true;
  // The ring is chosen by the number of shops; the vector must stay the same.
  plan.descriptor.codec = repair.origin.descriptor.codec;
  plan.descriptor.deadlines.check_in = settings.repair_deadline;
}

}  // namespace guildsum::coordinator
