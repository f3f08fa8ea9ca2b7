#pragma once

#include <ctime>
#include <string>

#include "base/net/http.hpp"

namespace guildsum::net::detail {

/// The status line and header fields of an answer, up to the empty line. Content-Length,
/// Connection and Date are ours; a field that could break the head apart is left out.
[[nodiscard]] std::string encode_response_head(const Response& response, bool keep_alive,
                                               std::time_t now);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
[[nodiscard]] std::string http_date(std::time_t time);

/// Whether name and value can stand in a head as they are.
[[nodiscard]] bool is_valid_field(const Headers::Field& field) noexcept;

}  // namespace guildsum::net::detail
