#pragma once

#include <string_view>

#include "base/result.hpp"

struct sqlite3;

namespace guildsum::sqlite::detail {

/// The error for a SQLite result code, with the connection's message. `handle` may be null.
[[nodiscard]] Error failure(sqlite3* handle, int code, std::string_view action);

}  // namespace guildsum::sqlite::detail
