#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.hpp"
#include "base/result.hpp"

namespace guildsum::net::detail {

/// The origin form of a request target (RFC 9112, section 3.2.1), decoded.
struct Target {
  std::string path;
  std::vector<std::string> segments;
  Parameters query;
};

/// Refuses everything that could mean two things: other forms, `.` and `..` segments, escaped
/// slashes, control characters, incomplete escapes and query names given twice.
/// @return BaseErrc::malformed
[[nodiscard]] Result<Target> parse_target(std::string_view text);

}  // namespace guildsum::net::detail
