#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "base/clock.hpp"
#include "base/sqlite/database.hpp"

namespace guildsum::participant {

/// The agent's private store: one SQLite file (mode 0600) that never leaves the shop. The parts
/// (`purchase_store.hpp`, `activity_store.hpp`, `model_store.hpp`) share it and are thread safe.
class Store {
 public:
  /// Opens or creates and brings the schema to the newest version.
  /// @return BaseErrc::version_mismatch for a store of a newer program, corrupt, io_failed.
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::filesystem::path& path,
                                                           const Clock& clock);
  [[nodiscard]] static Result<std::unique_ptr<Store>> open_in_memory(const Clock& clock);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// The connection with its lock; keep it for one operation only.
  class Session {
   public:
    explicit Session(Store& store) : lock_{store.mutex_}, database_{store.database_} {}
    [[nodiscard]] sqlite::Database& operator*() const noexcept { return database_; }
    [[nodiscard]] sqlite::Database* operator->() const noexcept { return &database_; }

   private:
    std::unique_lock<std::mutex> lock_;
    sqlite::Database& database_;
  };
  [[nodiscard]] Session session() { return Session{*this}; }
  [[nodiscard]] const Clock& clock() const noexcept { return clock_; }

 private:
  Store(sqlite::Database database, const Clock& clock)
      : database_{std::move(database)}, clock_{clock} {}
  static Result<std::unique_ptr<Store>> prepare(sqlite::Database database, const Clock& clock);
  std::mutex mutex_;
  sqlite::Database database_;
  const Clock& clock_;
};

}  // namespace guildsum::participant
