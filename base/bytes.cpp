#include "base/bytes.hpp"

#include <optional>

#include "base/errors.hpp"

namespace guildsum {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::optional<unsigned> hex_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
  return std::nullopt;
}

std::optional<unsigned> base64_value(char digit) noexcept {
  if (digit >= 'A' && digit <= 'Z') return static_cast<unsigned>(digit - 'A');
  if (digit >= 'a' && digit <= 'z') return static_cast<unsigned>(digit - 'a' + 26);
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0' + 52);
  if (digit == '-') return 62;
  if (digit == '_') return 63;
  return std::nullopt;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    text.push_back(kHexDigits[value >> 4]);
    text.push_back(kHexDigits[value & 15]);
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error{BaseErrc::malformed, "odd number of hexadecimal digits"};
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = hex_value(text[i]);
    const auto low = hex_value(text[i + 1]);
    if (!high || !low) {
      return Error{BaseErrc::malformed, "not hexadecimal near position " + std::to_string(i)};
    }
    bytes.push_back(static_cast<std::byte>(*high << 4 | *low));
  }
  return bytes;
}

std::string to_base64url(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const std::byte byte : bytes) {
    pending = pending << 8 | std::to_integer<std::uint32_t>(byte);
    pending_bits += 8;
    while (pending_bits >= 6) {
      pending_bits -= 6;
      text.push_back(kBase64Digits[pending >> pending_bits & 63]);
    }
  }
  if (pending_bits > 0) text.push_back(kBase64Digits[pending << (6 - pending_bits) & 63]);
  return text;
}

Result<Bytes> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return Error{BaseErrc::malformed, "impossible length for base64url"};
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto value = base64_value(text[i]);
    if (!value) {
      return Error{BaseErrc::malformed, "not base64url at position " + std::to_string(i)};
    }
    pending = pending << 6 | *value;
    pending_bits += 6;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes.push_back(static_cast<std::byte>(pending >> pending_bits & 255));
    }
  }
  const std::uint32_t leftover = pending & ((1U << pending_bits) - 1);
  if (leftover != 0) return Error{BaseErrc::malformed, "base64url has stray trailing bits"};
  return bytes;
}

}  // namespace guildsum
