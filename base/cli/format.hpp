#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

/// Numbers as people read them; the same on every machine (no locale).
namespace guildsum::cli {

/// `541909` -> "541,909".
[[nodiscard]] std::string format_count(std::uint64_t value);
/// Decimal units with three digits: "38.4 MB", "512 B".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
/// Two units at most: "250 ms", "12.3 s", "4 min 3 s", "2 h 5 min", "3 d 4 h".
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);
/// With exactly `digits` digits after the point.
[[nodiscard]] std::string format_fixed(double value, int digits);

/// Columns on a terminal: code points of valid UTF-8, wide East Asian ones and emoji counted twice,
/// combining marks not counted.
[[nodiscard]] std::size_t display_width(std::string_view utf8) noexcept;

/// What may go to a terminal, which obeys what it is sent: control characters, bytes that are not
/// UTF-8 and marks that turn the direction of text become '?'. For texts of files and of the other
/// side.
[[nodiscard]] std::string printable(std::string_view utf8);

/// The longest front of the text that fits into so many columns.
[[nodiscard]] std::string fit_to_width(std::string_view utf8, std::size_t columns);

}  // namespace guildsum::cli
