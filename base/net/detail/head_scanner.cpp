#include "base/net/detail/head_scanner.hpp"

namespace guildsum::net::detail {
namespace {

bool is_letter(char c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_forbidden(char c) noexcept {
  const auto value = static_cast<unsigned char>(c);
  return (value < 0x20 && c != '\t') || value == 0x7f;
}

}  // namespace

HeadScanner::State HeadScanner::scan(std::string_view bytes) noexcept {
  while (position_ < bytes.size()) {
    const char c = bytes[position_];
    if (position_ == 0 && !is_letter(c)) return State::malformed;
    if (position_ == line_begin_ && (c == ' ' || c == '\t')) return State::malformed;
    if (c != '\r') {
      if (is_forbidden(c)) return State::malformed;
      ++position_;
      continue;
    }
    if (position_ + 1 == bytes.size()) return State::incomplete;
    if (bytes[position_ + 1] != '\n') return State::malformed;
    const bool empty_line = position_ == line_begin_;
    position_ += 2;
    line_begin_ = position_;
    in_fields_ = true;
    if (empty_line) return State::complete;
  }
  return State::incomplete;
}

}  // namespace guildsum::net::detail
