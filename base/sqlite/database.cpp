#include "base/sqlite/database.hpp"

#include <string>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include <sqlite3.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/sqlite/failure.hpp"

namespace guildsum::sqlite {
namespace {

using detail::failure;

/// Creates the file before SQLite does, which would use the umask: side files (-wal, -shm) inherit
/// its mode.
Result<void> create_private(const std::filesystem::path& path) {
  GS_TRY([[maybe_unused]] const AppendFile created, AppendFile::open(path, kPrivateFile));
  if (::chmod(path.c_str(), kPrivateFile) != 0) {
    return Error{BaseErrc::io_failed, "cannot set the mode of " + path.string()};
  }
  return {};
}

std::string settings_for(const OpenOptions& options) {
  const bool full = options.durability == Durability::full;
  return std::string{"PRAGMA journal_mode=WAL; PRAGMA synchronous="} + (full ? "FULL" : "NORMAL") +
         "; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;";
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

Result<Database> Database::open_handle(const std::string& name) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(name.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database{raw};
  if (code != SQLITE_OK) return failure(raw, code, "opening " + name);
  sqlite3_extended_result_codes(raw, 1);
  return database;
}

Result<Database> Database::open(const std::filesystem::path& path, const OpenOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    if (options.must_exist) return Error{BaseErrc::not_found, path.string()};
    GS_CHECK(create_private(path));
  }
  GS_TRY(Database database, open_handle(path.string()));
  sqlite3_busy_timeout(database.handle(), static_cast<int>(options.busy_timeout.count()));
  auto prepared = database.execute(settings_for(options));
  if (prepared.has_error()) return prepared.error().with_context(path.string());
  return database;
}

Result<Database> Database::open_in_memory() {
  GS_TRY(Database database, open_handle(":memory:"));
  GS_CHECK(database.execute("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"));
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code =
      sqlite3_prepare_v2(handle(), sql.data(), static_cast<int>(sql.size()), &raw, &tail);
  Statement statement{raw};
  if (code != SQLITE_OK) return failure(handle(), code, "preparing a statement");
  const std::string_view rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  if (raw == nullptr || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return Error{BaseErrc::invalid_argument, "expected exactly one SQL statement"};
  }
  return statement;
}

Result<void> Database::execute(std::string_view sql) {
  const std::string terminated{sql};
  const int code = sqlite3_exec(handle(), terminated.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(handle(), code, "executing SQL");
  return {};
}

std::int64_t Database::changed_rows() const noexcept { return sqlite3_changes64(handle()); }

std::int64_t Database::last_insert_id() const noexcept {
  return sqlite3_last_insert_rowid(handle());
}

Result<void> Database::quick_check() {
  GS_TRY(Statement check, prepare("PRAGMA quick_check(1)"));
  GS_TRY(const bool row, check.step());
  if (!row) return Error{BaseErrc::corrupt, "the integrity check gave no answer"};
  if (check.text(0) != "ok") return Error{BaseErrc::corrupt, std::string{check.text(0)}};
  return {};
}

Result<void> Database::backup_to(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return Error{BaseErrc::already_exists, path.string()};
  }
  GS_CHECK(create_private(path));
  GS_TRY(Database target, open_handle(path.string()));
  sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", handle(), "main");
  if (backup == nullptr) {
    return failure(target.handle(), sqlite3_errcode(target.handle()), "starting a backup");
  }
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) return failure(nullptr, stepped, "writing a backup");
  if (finished != SQLITE_OK) return failure(target.handle(), finished, "finishing a backup");
  return {};
}

Result<Transaction> Transaction::begin(Database& database) {
  GS_CHECK(database.execute("BEGIN IMMEDIATE"));
  return Transaction{database};
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_{std::exchange(other.database_, nullptr)} {}

Transaction::~Transaction() { roll_back(); }

Result<void> Transaction::commit() {
  if (database_ == nullptr) {
    return Error{BaseErrc::invalid_argument, "the transaction has ended already"};
  }
  auto committed = database_->execute("COMMIT");
  if (committed.has_error()) {
    roll_back();
    return committed;
  }
  database_ = nullptr;
  return {};
}

void Transaction::roll_back() noexcept {
  Database* database = std::exchange(database_, nullptr);
  // Some failures (full disk, I/O) have rolled back by themselves.
  if (database == nullptr || sqlite3_get_autocommit(database->handle()) != 0) return;
  sqlite3_exec(database->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace guildsum::sqlite
