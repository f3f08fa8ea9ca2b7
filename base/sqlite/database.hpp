#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/strong_id.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// Thin owners for SQLite 3. Errors: BaseErrc::no_space (SQLITE_FULL), corrupt (SQLITE_CORRUPT,
/// SQLITE_NOTADB), busy (SQLITE_BUSY, SQLITE_LOCKED after the timeout), already_exists (a UNIQUE or
/// PRIMARY KEY constraint), io_failed otherwise; the detail holds SQLite's message and never a
/// bound value.
namespace guildsum::sqlite {

enum class Durability {
  full,    ///< A committed transaction survives a power cut (synchronous=FULL).
  normal,  ///< It survives a crash of the program (synchronous=NORMAL).
};

struct OpenOptions {
  Durability durability = Durability::full;
  std::chrono::milliseconds busy_timeout{5000};
  /// Refuse to create a missing file (BaseErrc::not_found).
  bool must_exist = false;
};

class Statement;

/// One connection: journal mode WAL, foreign keys on, file mode 0600. Use it from one thread at a
/// time; it must outlive its statements and transactions.
class Database {
 public:
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& path,
                                             const OpenOptions& options = {});
  /// A private database that disappears with the object.
  [[nodiscard]] static Result<Database> open_in_memory();

  /// Compiles one statement.
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  /// Runs one or several statements without parameters, ignoring rows.
  [[nodiscard]] Result<void> execute(std::string_view sql);
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t changed_rows() const noexcept;
  [[nodiscard]] std::int64_t last_insert_id() const noexcept;
  /// BaseErrc::corrupt with the first finding if the file is damaged. Reads the whole file.
  [[nodiscard]] Result<void> quick_check();
  /// A consistent copy in a new file with mode 0600, made while the database is in use. The
  /// directory entry is durable.
  [[nodiscard]] Result<void> backup_to(const std::filesystem::path& path);

  [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  explicit Database(sqlite3* handle) noexcept : handle_{handle} {}
  [[nodiscard]] static Result<Database> open_handle(const std::string& name);
  std::unique_ptr<sqlite3, Close> handle_;
};

/// A compiled statement. Bind the parameters (first is 1), then `step()` through the rows or
/// `run()`.
///
///     GS_TRY(auto insert, db.prepare("INSERT INTO shop(name, joined_at) VALUES (?, ?)"));
///     GS_CHECK(insert.bind(name, joined_at).run());
///
/// Columns are counted from 0 and read after `step()` returned true. Views into columns live until
/// the next step, reset or bind.
class Statement {
 public:
  /// Binds all parameters in order after a reset: integers, double, text, ByteView, std::optional
  /// of those, nullptr. A bind failure (wrong number of parameters) is reported by the next step()
  /// or run().
  template <class... Values>
  Statement& bind(const Values&... values) {
    restart();
    int index = 0;
    (bind_one(++index, values), ...);
    expect_parameters(index);
    return *this;
  }
  /// Advances to the next row; false when there are no more (the statement is then reset).
  [[nodiscard]] Result<bool> step();
  /// Executes to the end, ignoring rows, and resets.
  [[nodiscard]] Result<void> run();
  /// Makes the statement ready to run again; bindings stay.
  void reset() noexcept;

  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  /// The same 64 bits as unsigned, for ids stored as signed.
  [[nodiscard]] std::uint64_t unsigned_integer(int column) const noexcept {
    return static_cast<std::uint64_t>(integer(column));
  }
  [[nodiscard]] double number(int column) const noexcept;
  [[nodiscard]] std::string_view text(int column) const noexcept;
  [[nodiscard]] ByteView blob(int column) const noexcept;
  [[nodiscard]] Bytes blob_copy(int column) const;
  [[nodiscard]] bool is_null(int column) const noexcept;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const noexcept;
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const noexcept;
  };
  explicit Statement(sqlite3_stmt* handle) noexcept : handle_{handle} {}

  void restart() noexcept;
  /// Keeps the first failure for the next step().
  void note(int code) noexcept;
  void expect_parameters(int count) noexcept;
  void bind_integer(int index, std::int64_t value) noexcept;
  void bind_number(int index, double value) noexcept;
  void bind_text(int index, std::string_view value) noexcept;
  void bind_blob(int index, ByteView value) noexcept;
  void bind_null(int index) noexcept;

  void bind_one(int index, std::nullptr_t) noexcept { bind_null(index); }
  void bind_one(int index, std::string_view value) noexcept { bind_text(index, value); }
  void bind_one(int index, const char* value) noexcept { bind_text(index, value); }
  void bind_one(int index, const std::string& value) noexcept { bind_text(index, value); }
  void bind_one(int index, ByteView value) noexcept { bind_blob(index, value); }
  void bind_one(int index, const Bytes& value) noexcept { bind_blob(index, value); }
  template <class Tag, std::size_t N>
  void bind_one(int index, const FixedBytes<Tag, N>& value) noexcept {
    bind_blob(index, value.view());
  }
  template <class Tag, class Integer>
  void bind_one(int index, StrongId<Tag, Integer> value) noexcept {
    bind_one(index, value.value());
  }
  template <std::integral Integer>
  void bind_one(int index, Integer value) noexcept {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  template <std::floating_point Number>
  void bind_one(int index, Number value) noexcept {
    bind_number(index, static_cast<double>(value));
  }
  template <class T>
  void bind_one(int index, const std::optional<T>& value) noexcept {
    if (value) return bind_one(index, *value);
    bind_null(index);
  }
  [[nodiscard]] Error failure(int code) const;

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bind_code_ = 0;
};

/// Takes the write lock at once (BEGIN IMMEDIATE) and rolls back on destruction unless committed.
/// Not nested.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  /// After success the changes are as durable as the database's option says. After a failure
  /// nothing was changed.
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) noexcept : database_{&database} {}
  void roll_back() noexcept;
  Database* database_;
};

}  // namespace guildsum::sqlite
