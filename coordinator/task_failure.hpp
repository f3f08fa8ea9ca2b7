#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

#include "coordinator/membership.hpp"
#include "coordinator/store/ledger.hpp"
#include "coordinator/store/rows.hpp"

/// Why a task could not go on, as far as the shops said so themselves: an attempt that shops
/// refused looks to the round machine like one that they were absent from.
namespace guildsum::coordinator {

/// For whoever acts on the end of a task: `refused` by shops, whose owners may allow it;
/// `timed_out` as too few shops answered; `other`.
enum class TaskFailure : std::uint8_t { refused, timed_out, other };

/// The stable word for it: "refused", "timed-out", "other".
[[nodiscard]] std::string_view to_string(TaskFailure failure) noexcept;

/// What shops said of this attempt.
[[nodiscard]] Result<std::vector<RefusalRow>> refusals_of(Ledger& ledger, const RoundKey& attempt);

/// Those whose rules forbid the attempt's step whoever else takes part: they would refuse a further
/// attempt as they refused this one.
[[nodiscard]] std::set<ParticipantId> refusing_for_good(std::span<const RefusalRow> refusals);

/// Why this attempt was aborted, with what the shops refused and what may be done about it: "too
/// few shops shared keys; refused with new-lineage (training starts anew over data that was
/// contributed before) by shop-b, shop-c: their owners may allow it once with
/// `guildsum-participant approve ease`". Without refusals: the attempt's own reason.
/// @param kind  of the task
[[nodiscard]] std::string explain_attempt(const RoundRow& attempt, std::string_view kind,
                                          std::span<const RefusalRow> refusals,
                                          const Membership& names);

/// From the last attempt of a task that failed.
[[nodiscard]] Result<TaskFailure> failure_of(Ledger& ledger, const TaskRow& task);

}  // namespace guildsum::coordinator
