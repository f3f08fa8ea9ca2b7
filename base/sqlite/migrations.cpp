#include "base/sqlite/migrations.hpp"

#include <string>

#include "base/assert.hpp"
#include "base/errors.hpp"
#include "base/log.hpp"

namespace guildsum::sqlite {
namespace {

constexpr std::string_view kCreateVersionTable =
    "CREATE TABLE IF NOT EXISTS schema_version("
    "version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)";

Result<bool> has_version_table(Database& database) {
  GS_TRY(Statement query,
         database.prepare(
             "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'"));
  return query.step();
}

/// The recorded history must be ours: the same names for the same versions.
Result<void> check_history(Database& database, std::span<const Migration> migrations) {
  GS_TRY(Statement query,
         database.prepare("SELECT version, name FROM schema_version ORDER BY version"));
  std::size_t index = 0;
  while (true) {
    GS_TRY(const bool row, query.step());
    if (!row) return {};
    if (index == migrations.size() || query.integer(0) != migrations[index].version ||
        query.text(1) != migrations[index].name) {
      return Error{BaseErrc::corrupt,
                   "the store's schema history is not this program's, at version " +
                       std::to_string(query.integer(0))};
    }
    ++index;
  }
}

Result<void> apply(Database& database, const Migration& migration, const Clock& clock) {
  GS_CHECK(database.execute(migration.sql));
  GS_TRY(
      Statement insert,
      database.prepare("INSERT INTO schema_version(version, name, applied_at) VALUES (?, ?, ?)"));
  return insert.bind(migration.version, migration.name, to_rfc3339(clock.wall_now())).run();
}

}  // namespace

Result<std::int64_t> schema_version(Database& database) {
  GS_TRY(const bool exists, has_version_table(database));
  if (!exists) return std::int64_t{0};
  GS_TRY(Statement query, database.prepare("SELECT coalesce(max(version), 0) FROM schema_version"));
  GS_TRY([[maybe_unused]] const bool row, query.step());
  return query.integer(0);
}

Result<void> migrate(Database& database, std::span<const Migration> migrations,
                     const Clock& clock) {
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    GS_ASSERT(migrations[i].version == static_cast<std::int64_t>(i) + 1);
  }
  GS_TRY(const std::int64_t found, schema_version(database));
  const auto newest = static_cast<std::int64_t>(migrations.size());
  if (found > newest) {
    return Error{BaseErrc::version_mismatch,
                 "the store has schema version " + std::to_string(found) +
                     ", this program knows up to " + std::to_string(newest)};
  }
  if (found > 0) GS_CHECK(check_history(database, migrations));
  for (const Migration& migration : migrations.subspan(static_cast<std::size_t>(found))) {
    const auto apply_one = [&]() -> Result<void> {
      GS_TRY(Transaction transaction, Transaction::begin(database));
      GS_CHECK(database.execute(kCreateVersionTable));
      GS_CHECK(apply(database, migration, clock));
      return transaction.commit();
    };
    auto applied = apply_one();
    if (applied.has_error()) {
      return applied.error().with_context("migration " + std::to_string(migration.version) + " (" +
                                          std::string{migration.name} + ")");
    }
  }
  return {};
}

}  // namespace guildsum::sqlite
