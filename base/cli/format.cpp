#include "base/cli/format.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

namespace guildsum::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Unicode 15, East Asian Width W and F, in coarse blocks; emoji included.
constexpr std::array kWide{
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x2e80, 0xa4cf},
    Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
    Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd}};
/// Combining marks, joiners and variation selectors.
constexpr std::array kZeroWidth{Range{0x0300, 0x036f}, Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},
                                Range{0x200b, 0x200f}, Range{0x20d0, 0x20ff}, Range{0xfe00, 0xfe0f},
                                Range{0xfe20, 0xfe2f}};

/// C0, DEL and C1; embeddings, overrides and isolates of direction.
constexpr std::array kObeyed{Range{0x00, 0x1f}, Range{0x7f, 0x9f}, Range{0x202a, 0x202e},
                             Range{0x2066, 0x2069}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t point) noexcept {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

/// The code point at the front and its length in bytes; a byte that starts none is taken alone.
std::pair<char32_t, std::size_t> front_point(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (length == 1 || length > text.size()) return {lead, 1};
  char32_t point = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {lead, 1};
    point = point << 6 | (next & 0x3fU);
  }
  return {point, length};
}

std::string two_units(std::int64_t large, const char* large_unit, std::int64_t small,
                      const char* small_unit) {
  std::string text = std::to_string(large) + large_unit;
  if (small != 0) text += " " + std::to_string(small) + small_unit;
  return text;
}

}  // namespace

std::string format_count(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string format_fixed(double value, int digits) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, digits);
  return {buffer.data(), end.ptr};
}

std::string format_bytes(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  constexpr std::array kUnits{" kB", " MB", " GB", " TB", " PB", " EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999.5 would be shown as 1000.
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return format_fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + kUnits[unit];
}

std::string format_duration(std::chrono::milliseconds duration) {
  const std::int64_t ms = duration.count();
  if (ms < 0) return "-" + format_duration(-duration);
  if (ms < 1000) return std::to_string(ms) + " ms";
  if (ms < 60'000) return format_fixed(static_cast<double>(ms / 100) / 10, 1) + " s";
  const std::int64_t seconds = ms / 1000;
  if (seconds < 3600) return two_units(seconds / 60, " min", seconds % 60, " s");
  const std::int64_t minutes = seconds / 60;
  if (minutes < 24 * 60) return two_units(minutes / 60, " h", minutes % 60, " min");
  const std::int64_t hours = minutes / 60;
  return two_units(hours / 24, " d", hours % 24, " h");
}

std::size_t display_width(std::string_view utf8) noexcept {
  std::size_t width = 0;
  while (!utf8.empty()) {
    const auto [point, length] = front_point(utf8);
    if (contains(kWide, point)) {
      width += 2;
    } else if (!contains(kZeroWidth, point)) {
      ++width;
    }
    utf8.remove_prefix(length);
  }
  return width;
}

std::string printable(std::string_view utf8) {
  std::string text;
  while (!utf8.empty()) {
    const auto [point, length] = front_point(utf8);
    const bool stray = length == 1 && point > 0x7f;
    if (stray || contains(kObeyed, point)) {
      text += '?';
    } else {
      text += utf8.substr(0, length);
    }
    utf8.remove_prefix(length);
  }
  return text;
}

std::string fit_to_width(std::string_view utf8, std::size_t columns) {
  std::size_t width = 0;
  std::size_t taken = 0;
  while (taken < utf8.size()) {
    const auto [point, length] = front_point(utf8.substr(taken));
    width += display_width(utf8.substr(taken, length));
    if (width > columns) break;
    taken += length;
  }
  return std::string{utf8.substr(0, taken)};
}

}  // namespace guildsum::cli
