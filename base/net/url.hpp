#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace guildsum::net {

/// The origin of a server: scheme, host and port. A path, a query or a user is refused.
struct Url {
  Url() = default;
  bool tls = true;
  std::string host;  ///< A name or a numeric address; IPv6 without brackets.
  std::uint16_t port = 443;

  /// `https://host[:port]` or `http://host[:port]`, with or without one final slash.
  /// @return NetErrc::invalid_url otherwise.
  [[nodiscard]] static Result<Url> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  /// `host:port` as it stands in the Host field and in messages (RFC 9110, section 7.2).
  [[nodiscard]] std::string authority() const;
  friend bool operator==(const Url&, const Url&) = default;
};

/// Everything but RFC 3986's unreserved characters as %XX; for one path segment or query value.
[[nodiscard]] std::string percent_encode(std::string_view text);
/// BaseErrc::malformed on an incomplete or non-hexadecimal escape and on control characters.
[[nodiscard]] Result<std::string> percent_decode(std::string_view text);

/// Whether a numeric address, or the name "localhost", stays on this machine.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace guildsum::net
