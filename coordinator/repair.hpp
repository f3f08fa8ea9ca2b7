#pragma once

#include <optional>
#include <set>
#include <span>
#include <vector>

#include "coordinator/config.hpp"
#include "coordinator/round/round_plan.hpp"
#include "coordinator/store/blobs.hpp"
#include "coordinator/store/ledger.hpp"
#include "protocol/messages.hpp"

/// The repair of a certified attempt that did not open (docs/protocol.md section 6,
/// docs/decisions/0011-repair.md): further attempts of the same round, over exactly the certified
/// survivors, until the sum opens or the step is closed.
namespace guildsum::coordinator {

/// What an attempt left behind for its repair, as `GET .../survivors` serves it; nothing for one
/// that needs none.
/// @return BaseErrc::corrupt for a damaged row or blob, and the stores' errors.
[[nodiscard]] Result<std::optional<protocol::UnopenedRound>> unopened_of(const RoundRow& row,
                                                                         const Blobs& blobs);
/// The same of any attempt that has one: also of a sum that opened and that deltas build on.
[[nodiscard]] Result<std::optional<protocol::UnopenedRound>> certified_survivors_of(
    const RoundRow& row, const Blobs& blobs);
/// The name under which a round's summary refers to it.
inline constexpr std::string_view kUnopenedBlob = "unopened_blob";

/// A round that needs repair.
struct PendingRepair {
  RoundPlan origin;                      ///< of the attempt that did not open
  std::vector<ParticipantId> survivors;  ///< whose inputs the sum must hold, ascending
  std::uint32_t tried = 0;               ///< attempts since
  bool deadline_missed = false;          ///< the last one waited in vain for all of them
};
/// @param attempts  all of one round, oldest first; each one ended
/// @return nothing when none of them was certified without opening, or the last one completed.
[[nodiscard]] Result<std::optional<PendingRepair>> pending_repair(
    std::span<const RoundRow> attempts, const Blobs& blobs);

/// Dealers whose fault an attempt of this task proved: with them in it no attempt opens.
[[nodiscard]] Result<std::set<ParticipantId>> proven_faulty(Ledger& ledger, const Blobs& blobs,
                                                            protocol::Epoch epoch);

/// Whether it is worth another attempt: shops and attempts are left, and all survivors may still
/// take part.
/// @param eligible  shops that may take part now, ascending
[[nodiscard]] bool may_be_repaired(const PendingRepair& repair, const RoundSettings& settings,
                                   std::span<const ParticipantId> eligible);
/// Turns the plan of an ordinary attempt into the repair's: the same request to exactly the
/// survivors, who have until `settings.repair_deadline` to check in.
void make_repair(RoundPlan& plan, const PendingRepair& repair, const RoundSettings& settings);

}  // namespace guildsum::coordinator
