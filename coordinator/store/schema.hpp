#pragma once

#include <span>

#include "base/sqlite/migrations.hpp"

namespace guildsum::coordinator {

/// The schema of `SqliteLedger`, step by step. Released steps never change.
[[nodiscard]] std::span<const sqlite::Migration> ledger_migrations() noexcept;

}  // namespace guildsum::coordinator
