#pragma once

#include <cstddef>
#include <string_view>

namespace guildsum::net::detail {

/// Looks for the end of a request's head while its bytes arrive, and refuses early what RFC 9112
/// forbids but parsers read differently: bare line feeds, folded lines (section 5.2), control
/// characters, and a first byte that begins no method (another protocol on this port).
class HeadScanner {
 public:
  enum class State { incomplete, complete, malformed };

  /// `bytes` is everything received since the head began; call again with more.
  State scan(std::string_view bytes) noexcept;
  /// Length of the head with its empty line, once complete.
  [[nodiscard]] std::size_t length() const noexcept { return position_; }
  /// Whether the request line has ended.
  [[nodiscard]] bool in_fields() const noexcept { return in_fields_; }

 private:
  std::size_t position_ = 0;
  std::size_t line_begin_ = 0;
  bool in_fields_ = false;
};

}  // namespace guildsum::net::detail
