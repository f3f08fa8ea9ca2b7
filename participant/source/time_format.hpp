#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace guildsum::participant {

/// How a source writes a point in time.
enum class TimeFormat : std::uint8_t {
  rfc3339,        ///< 2011-12-09T12:50:00Z, with any offset and fraction
  local_seconds,  ///< 2011-12-09 12:50[:00], taken as UTC
  date,           ///< 2011-12-09, its first moment in UTC
  dotted,         ///< 09.12.2011[ 12:50[:00]], taken as UTC
  epoch_s,
  epoch_ms,
  epoch_us,
};
inline constexpr std::size_t kTimeFormats = 7;
[[nodiscard]] std::string_view to_string(TimeFormat format) noexcept;

struct ParsedTime {
  Clock::Wall time;
  TimeFormat format = TimeFormat::rfc3339;
};

/// Reads any of the formats. The unit of a bare number follows from its size: only times from 1990
/// to 2100 are accepted, so that seconds, milliseconds and microseconds cannot be confused.
/// @return BaseErrc::malformed for anything else.
[[nodiscard]] Result<ParsedTime> parse_time(std::string_view text);

}  // namespace guildsum::participant
