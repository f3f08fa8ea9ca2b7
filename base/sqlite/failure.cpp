#include "base/sqlite/failure.hpp"

#include <string>

#include <sqlite3.h>

#include "base/errors.hpp"

namespace guildsum::sqlite::detail {
namespace {

BaseErrc code_of(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return BaseErrc::no_space;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return BaseErrc::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return BaseErrc::busy;
    case SQLITE_CONSTRAINT:
      return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     code == SQLITE_CONSTRAINT_ROWID
                 ? BaseErrc::already_exists
                 : BaseErrc::io_failed;
    case SQLITE_RANGE:
    case SQLITE_MISUSE:
    case SQLITE_TOOBIG:
      return BaseErrc::invalid_argument;
    default:
      return BaseErrc::io_failed;
  }
}

}  // namespace

Error failure(sqlite3* handle, int code, std::string_view action) {
  const char* text = handle != nullptr && (sqlite3_errcode(handle) & 0xff) == (code & 0xff)
                         ? sqlite3_errmsg(handle)
                         : sqlite3_errstr(code);
  return {code_of(code), std::string{action} + ": " + text};
}

}  // namespace guildsum::sqlite::detail
