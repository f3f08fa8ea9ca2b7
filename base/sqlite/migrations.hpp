#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/sqlite/database.hpp"

namespace guildsum::sqlite {

/// One step of a schema. Migrations are never changed after a release, only added.
struct Migration {
  std::int64_t version;   ///< 1, 2, 3, ... without gaps.
  std::string_view name;  ///< A few words for the operator: "add shop certificates".
  std::string_view sql;   ///< One or several statements.
};

/// The newest version that was applied; 0 for a new store.
[[nodiscard]] Result<std::int64_t> schema_version(Database& database);

/// Brings the store to the newest version, each step in one transaction that also adds its row to
/// `schema_version(version, name, applied_at)` with applied_at in RFC 3339.
/// @return BaseErrc::version_mismatch if a newer program wrote the store (nothing is changed),
/// BaseErrc::corrupt if the recorded names differ from ours.
[[nodiscard]] Result<void> migrate(Database& database, std::span<const Migration> migrations,
                                   const Clock& clock);

}  // namespace guildsum::sqlite
