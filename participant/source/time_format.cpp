#include "participant/source/time_format.hpp"

#include <charconv>
#include <chrono>
#include <optional>

#include "base/errors.hpp"

namespace guildsum::participant {
namespace {

using std::chrono::milliseconds;

constexpr Clock::Wall kEarliest{std::chrono::sys_days{std::chrono::year{1990} / 1 / 1}};
constexpr Clock::Wall kLatest{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};

/// Reads text from left to right; every step fails softly.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_{text} {}

  std::optional<unsigned> digits(std::size_t count) {
    if (text_.size() < count) return std::nullopt;
    unsigned value = 0;
    for (const char c : text_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    text_.remove_prefix(count);
    return value;
  }
  bool accept(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Thousandths from ".123456"; further digits are read and dropped.
  std::optional<unsigned> fraction_ms() {
    if (!accept('.')) return 0U;
    unsigned value = 0;
    std::size_t count = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++count) {
      if (count < 3) value = value * 10 + static_cast<unsigned>(text_.front() - '0');
      text_.remove_prefix(1);
    }
    if (count == 0) return std::nullopt;
    for (; count < 3; ++count) value *= 10;
    return value;
  }
  [[nodiscard]] bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

std::optional<Clock::Wall> date_of(unsigned year, unsigned month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{month}, std::chrono::day{day}};
  if (!date.ok()) return std::nullopt;
  return Clock::Wall{std::chrono::sys_days{date}};
}

/// yyyy-mm-dd
std::optional<Clock::Wall> scan_date(Scanner& in) {
  const auto year = in.digits(4);
  if (!year || !in.accept('-')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.accept('-')) return std::nullopt;
  const auto day = in.digits(2);
  return day ? date_of(*year, *month, *day) : std::nullopt;
}

/// dd.mm.yyyy: with dots the day always comes first; with slashes nobody knows.
std::optional<Clock::Wall> scan_dotted_date(Scanner& in) {
  const auto day = in.digits(2);
  if (!day || !in.accept('.')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.accept('.')) return std::nullopt;
  const auto year = in.digits(4);
  return year ? date_of(*year, *month, *day) : std::nullopt;
}

/// hh:mm[:ss[.fff]]
std::optional<milliseconds> scan_time_of_day(Scanner& in, bool seconds_required) {
  const auto hour = in.digits(2);
  if (!hour || *hour > 23 || !in.accept(':')) return std::nullopt;
  const auto minute = in.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  unsigned second = 0;
  unsigned fraction = 0;
  if (in.accept(':')) {
    const auto seconds = in.digits(2);
    const auto thousandths = seconds ? in.fraction_ms() : std::nullopt;
    if (!thousandths || *seconds > 60) return std::nullopt;
    second = *seconds;
    fraction = *thousandths;
  } else if (seconds_required) {
    return std::nullopt;
  }
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{second} +
         milliseconds{fraction};
}

/// "Z" or "+hh:mm"; how far the local time is ahead of UTC.
std::optional<milliseconds> scan_offset(Scanner& in) {
  if (in.accept('Z') || in.accept('z')) return milliseconds{0};
  const bool ahead = in.accept('+');
  if (!ahead && !in.accept('-')) return std::nullopt;
  const auto hour = in.digits(2);
  if (!hour || *hour > 23) return std::nullopt;
  in.accept(':');
  const auto minute = in.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  const milliseconds offset = std::chrono::hours{*hour} + std::chrono::minutes{*minute};
  return ahead ? offset : -offset;
}

std::optional<ParsedTime> scan_calendar(std::string_view text) {
  Scanner in{text};
  const auto date = scan_date(in);
  if (!date) return std::nullopt;
  if (in.at_end()) return ParsedTime{*date, TimeFormat::date};
  const bool strict = in.accept('T') || in.accept('t');
  if (!strict && !in.accept(' ')) return std::nullopt;
  const auto time = scan_time_of_day(in, strict);
  if (!time) return std::nullopt;
  if (in.at_end()) return ParsedTime{*date + *time, TimeFormat::local_seconds};
  in.accept(' ');
  const auto offset = scan_offset(in);
  if (!offset || !in.at_end()) return std::nullopt;
  return ParsedTime{*date + *time - *offset, TimeFormat::rfc3339};
}

std::optional<ParsedTime> scan_dotted(std::string_view text) {
  Scanner in{text};
  const auto date = scan_dotted_date(in);
  if (!date) return std::nullopt;
  if (in.at_end()) return ParsedTime{*date, TimeFormat::dotted};
  if (!in.accept(' ')) return std::nullopt;
  const auto time = scan_time_of_day(in, false);
  if (!time || !in.at_end()) return std::nullopt;
  return ParsedTime{*date + *time, TimeFormat::dotted};
}

std::optional<ParsedTime> scan_epoch(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  // In milliseconds 1990 is 6.3e11 and 2100 is 4.1e12: a factor of 1000 never stays inside.
  constexpr std::int64_t kSecondsMax = 10'000'000'000;
  constexpr std::int64_t kMillisecondsMax = 10'000'000'000'000;
  if (value < 0) return std::nullopt;
  if (value <= kSecondsMax) {
    return ParsedTime{Clock::Wall{std::chrono::seconds{value}}, TimeFormat::epoch_s};
  }
  if (value <= kMillisecondsMax) {
    return ParsedTime{Clock::Wall{milliseconds{value}}, TimeFormat::epoch_ms};
  }
  return ParsedTime{Clock::Wall{milliseconds{value / 1000}}, TimeFormat::epoch_us};
}

}  // namespace

std::string_view to_string(TimeFormat format) noexcept {
  switch (format) {
    case TimeFormat::rfc3339:
      return "RFC 3339";
    case TimeFormat::local_seconds:
      return "YYYY-MM-DD HH:MM:SS as UTC";
    case TimeFormat::date:
      return "YYYY-MM-DD";
    case TimeFormat::dotted:
      return "DD.MM.YYYY HH:MM:SS as UTC";
    case TimeFormat::epoch_s:
      return "seconds since 1970";
    case TimeFormat::epoch_ms:
      return "milliseconds since 1970";
    case TimeFormat::epoch_us:
      return "microseconds since 1970";
  }
  return "unknown";
}

Result<ParsedTime> parse_time(std::string_view text) {
  auto parsed = scan_calendar(text);
  if (!parsed) parsed = scan_dotted(text);
  if (!parsed) parsed = scan_epoch(text);
  if (!parsed || parsed->time < kEarliest || parsed->time >= kLatest) {
    return Error{BaseErrc::malformed, "not a point in time between 1990 and 2100"};
  }
  return *parsed;
}

}  // namespace guildsum::participant
