#include "coordinator/store/sqlite_ledger.hpp"

#include <mutex>

#include "base/sqlite/migrations.hpp"
#include "coordinator/store/schema.hpp"
#include "coordinator/store/sqlite_rows.hpp"

namespace guildsum::coordinator {
namespace {

/// One connection for everybody: transactions are short, and SQLite has one writer anyway.
class SqliteLedger final : public Ledger {
 public:
  explicit SqliteLedger(sqlite::Database database) noexcept : database_{std::move(database)} {}

  Result<> read(const std::function<Result<>(LedgerReader&)>& body) override {
    const std::scoped_lock lock{mutex_};
    SqliteWrites rows{database_};
    return body(rows);
  }

  Result<> change(const std::function<Result<>(LedgerWriter&)>& body) override {
    const std::scoped_lock lock{mutex_};
    GS_TRY(auto transaction, sqlite::Transaction::begin(database_));
    SqliteWrites rows{database_};
    GS_CHECK(body(rows));
    return transaction.commit();
  }

 private:
  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace

Result<std::unique_ptr<Ledger>> open_sqlite_ledger(const std::filesystem::path& path,
                                                   const Clock& clock) {
  GS_TRY(auto database, sqlite::Database::open(path));
  GS_CHECK(sqlite::migrate(database, ledger_migrations(), clock));
  return std::unique_ptr<Ledger>{std::make_unique<SqliteLedger>(std::move(database))};
}

}  // namespace guildsum::coordinator
