#pragma once

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "participant/consent/consent_ledger.hpp"

namespace guildsum::participant {

/// Decisions from a CSV file with the columns `customer`, `purpose`, `state`, `decided_at` and,
/// where there are any, `notice_version` and `method`; other columns are passed over. The words are
/// those of `decision.hpp`; times are read as those of sources are.
///
/// All or nothing: a withdrawal that is lost in a report of rejected rows would be used against her
/// will. BaseErrc::malformed with "file:line: what was expected" for the first ten faults, and how
/// many there are; ParticipantErrc::missing_column, source_unreadable.
[[nodiscard]] Result<std::vector<CustomerDecision>> read_consent_file(
    const std::filesystem::path& file);

/// The customers among these decisions whose decision in force permits the purpose, as the ledger
/// would say.
[[nodiscard]] std::set<std::string> permitting_customers(
    std::span<const CustomerDecision> decisions, Purpose purpose);

}  // namespace guildsum::participant
