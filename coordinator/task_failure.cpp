#include "coordinator/task_failure.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "coordinator/round_views.hpp"
#include "models/sum_task.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::AbortReason;
using protocol::ProtocolErrc;

constexpr std::array kForGood{ProtocolErrc::new_lineage,     ProtocolErrc::policy_refused,
                              ProtocolErrc::repeated_step,   ProtocolErrc::understated_corruption,
                              ProtocolErrc::delta_base_lost, ProtocolErrc::sparse_row};

/// A sum of what changed: who was not in the one before joins with all of its data.
bool is_change(const RoundRow& attempt) {
  return models::is_cumulative(attempt.step_kind) && attempt.step_number > 1;
}

std::string way_out(ProtocolErrc code, const RoundRow& attempt, std::string_view kind) {
  switch (code) {
    case ProtocolErrc::new_lineage:
      return "their owners may allow it once with `guildsum-participant approve " +
             std::string{kind} + (is_change(attempt) ? "-join`" : "`");
    case ProtocolErrc::repeated_step:
      return "their data is in such a sum already";
    case ProtocolErrc::policy_refused:
    case ProtocolErrc::understated_corruption:
    case ProtocolErrc::too_few:
    case ProtocolErrc::trusted_missing:
      return "[policy] of their owners does not allow it; `guildsum-participant status` names what";
    case ProtocolErrc::delta_base_lost:
      return "train anew with --anew";
    case ProtocolErrc::roster_expired:
      return "the registrar has to sign the roster again";
    default:
      return "`guildsum-participant status` tells their owners more";
  }
}

std::string sentence(const std::string& code, const std::string& shops, const RoundRow& attempt,
                     std::string_view kind) {
  const auto known = protocol::errc_of(code);
  std::string text = "; refused with " + code;
  if (known) text += " (" + protocol::make_error_code(*known).message() + ")";
  return text + " by " + shops + ": " +
         way_out(known.value_or(ProtocolErrc::malformed), attempt, kind);
}

}  // namespace

std::string_view to_string(TaskFailure failure) noexcept {
  switch (failure) {
    case TaskFailure::refused:
      return "refused";
    case TaskFailure::timed_out:
      return "timed-out";
    case TaskFailure::other:
      return "other";
  }
  return "other";
}

Result<std::vector<RefusalRow>> refusals_of(Ledger& ledger, const RoundKey& attempt) {
  GS_TRY(auto rows, read_from(ledger, [&](LedgerReader& reader) {
           return reader.refusals_of(attempt.round);
         }));
  std::erase_if(rows, [&](const RefusalRow& row) { return row.attempt != attempt.attempt; });
  return rows;
}

std::set<ParticipantId> refusing_for_good(std::span<const RefusalRow> refusals) {
  std::set<ParticipantId> shops;
  for (const RefusalRow& row : refusals) {
    const auto code = protocol::errc_of(row.code);
    if (code && std::ranges::find(kForGood, *code) != kForGood.end()) shops.insert(row.identity);
  }
  return shops;
}

std::string explain_attempt(const RoundRow& attempt, std::string_view kind,
                            std::span<const RefusalRow> refusals, const Membership& names) {
  auto aborted = protocol::decode<protocol::RoundAborted>(attempt.outcome);
  if (refusals.empty() || aborted.has_error()) return attempt.reason;
  std::map<std::string, std::string> shops_by_code;
  for (const RefusalRow& row : refusals) {
    std::string& shops = shops_by_code[row.code];
    shops += (shops.empty() ? "" : ", ") + names.name_of(row.identity);
  }
  // Who said no was there.
  std::erase_if(aborted->missing, [&](const ParticipantId& shop) {
    return std::ranges::find(refusals, shop, &RefusalRow::identity) != refusals.end();
  });
  std::string text = explain_abort(*aborted, names);
  for (const auto& [code, shops] : shops_by_code) text += sentence(code, shops, attempt, kind);
  return text;
}

Result<TaskFailure> failure_of(Ledger& ledger, const TaskRow& task) {
  GS_TRY(const auto keys,
         read_from(ledger, [&](LedgerReader& reader) { return reader.attempts_of(task.epoch); }));
  if (keys.empty()) return TaskFailure::other;
  const RoundKey last = *std::ranges::max_element(keys);
  GS_TRY(const auto attempts,
         read_from(ledger, [&](LedgerReader& reader) { return reader.attempts(last.round); }));
  const auto row = std::ranges::find(attempts, last, &RoundRow::key);
  if (row == attempts.end() || row->status == RoundStatus::completed) return TaskFailure::other;
  GS_TRY(const auto refusals, refusals_of(ledger, last));
  if (!refusals.empty()) return TaskFailure::refused;
  const auto aborted = protocol::decode<protocol::RoundAborted>(row->outcome);
  if (aborted.has_error()) return TaskFailure::other;
  switch (aborted->reason) {
    case AbortReason::too_few_check_ins:
    case AbortReason::too_few_shares:
    case AbortReason::too_few_masked_inputs:
    case AbortReason::not_certified:
    case AbortReason::too_few_unmask_answers:
      return TaskFailure::timed_out;
    default:
      return TaskFailure::other;
  }
}

}  // namespace guildsum::coordinator
