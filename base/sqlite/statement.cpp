#include <string>

#include <sqlite3.h>

#include "base/errors.hpp"
#include "base/sqlite/database.hpp"
#include "base/sqlite/failure.hpp"

namespace guildsum::sqlite {

void Statement::Finalize::operator()(sqlite3_stmt* handle) const noexcept {
  sqlite3_finalize(handle);
}

void Statement::restart() noexcept {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
  bind_code_ = SQLITE_OK;
}

void Statement::note(int code) noexcept {
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

void Statement::expect_parameters(int count) noexcept {
  if (sqlite3_bind_parameter_count(handle_.get()) != count) note(SQLITE_RANGE);
}

void Statement::bind_integer(int index, std::int64_t value) noexcept {
  note(sqlite3_bind_int64(handle_.get(), index, value));
}

void Statement::bind_number(int index, double value) noexcept {
  note(sqlite3_bind_double(handle_.get(), index, value));
}

void Statement::bind_text(int index, std::string_view value) noexcept {
  // A null pointer would bind NULL instead of the empty text.
  const char* data = value.empty() ? "" : value.data();
  note(
      sqlite3_bind_text64(handle_.get(), index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_blob(int index, ByteView value) noexcept {
  if (value.empty()) return note(sqlite3_bind_zeroblob(handle_.get(), index, 0));
  note(sqlite3_bind_blob64(handle_.get(), index, value.data(), value.size(), SQLITE_TRANSIENT));
}

void Statement::bind_null(int index) noexcept { note(sqlite3_bind_null(handle_.get(), index)); }

Result<bool> Statement::step() {
  if (bind_code_ != SQLITE_OK) return failure(bind_code_);
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    Error error = failure(code);
    sqlite3_reset(handle_.get());
    return error;
  }
  sqlite3_reset(handle_.get());
  return false;
}

Result<void> Statement::run() {
  bool more = true;
  while (more) {
    GS_TRY(more, step());
  }
  return {};
}

void Statement::reset() noexcept { sqlite3_reset(handle_.get()); }

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(handle_.get(), column);
}

double Statement::number(int column) const noexcept {
  return sqlite3_column_double(handle_.get(), column);
}

std::string_view Statement::text(int column) const noexcept {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

ByteView Statement::blob(int column) const noexcept {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(handle_.get(), column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Bytes Statement::blob_copy(int column) const {
  const ByteView view = blob(column);
  return {view.begin(), view.end()};
}

bool Statement::is_null(int column) const noexcept {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::optional<std::int64_t> Statement::optional_integer(int column) const noexcept {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Statement::optional_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return std::string{text(column)};
}

Error Statement::failure(int code) const {
  if (code == SQLITE_RANGE) {
    return {BaseErrc::invalid_argument,
            "wrong number of parameters for: " + std::string{sqlite3_sql(handle_.get())}};
  }
  return detail::failure(sqlite3_db_handle(handle_.get()), code, "running a statement");
}

}  // namespace guildsum::sqlite
