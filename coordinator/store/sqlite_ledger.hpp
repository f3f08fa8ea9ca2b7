#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "coordinator/store/ledger.hpp"

namespace guildsum::coordinator {

/// Opens or creates the embedded ledger (SQLite, WAL, synchronous=FULL) and brings it to the newest
/// schema. One process at a time (the data directory is locked by `serve`).
/// @return BaseErrc::version_mismatch if a newer program wrote it, BaseErrc::corrupt if it is
/// damaged.
[[nodiscard]] Result<std::unique_ptr<Ledger>> open_sqlite_ledger(const std::filesystem::path& path,
                                                                 const Clock& clock);

}  // namespace guildsum::coordinator
