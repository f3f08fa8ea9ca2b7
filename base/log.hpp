#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/strong_id.hpp"

/// Structured log: events with named fields, never prose.
///
///     log.info("round.closed", {{"round", id}, {"survivors", n}});
///
/// Levels: error = a person must act; warn = degraded; info = life cycle of rounds; debug =
/// messages without payload. The log is passed by reference; there is no global one.
namespace guildsum {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };

[[nodiscard]] std::string_view to_string(LogLevel level) noexcept;
/// BaseErrc::malformed unless `text` is debug, info, warn or error.
[[nodiscard]] Result<LogLevel> parse_log_level(std::string_view text);
/// BaseErrc::malformed unless `text` is text or json.
[[nodiscard]] Result<LogFormat> parse_log_format(std::string_view text);

/// The value of one field. Only the types below can be logged; `Secret`, byte strings and personal
/// data have no constructor here, so that logging them does not compile.
class LogValue {
 public:
  using Variant = std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;

  template <class T>
    requires std::same_as<T, bool>
  LogValue(T value) : value_{value} {}  // NOLINT(google-explicit-constructor)
  template <class T>
    requires(std::signed_integral<T> && !std::same_as<T, char> && !std::same_as<T, wchar_t>)
  LogValue(T value) : value_{static_cast<std::int64_t>(value)} {}  // NOLINT
  template <class T>
    requires(std::unsigned_integral<T> && !std::same_as<T, bool> && !std::same_as<T, char8_t> &&
             !std::same_as<T, char16_t> && !std::same_as<T, char32_t>)
  LogValue(T value) : value_{static_cast<std::uint64_t>(value)} {}  // NOLINT
  template <std::floating_point T>
  LogValue(T value) : value_{static_cast<double>(value)} {}       // NOLINT
  LogValue(std::string_view text) : value_{std::string{text}} {}  // NOLINT
  LogValue(const std::string& text) : value_{text} {}             // NOLINT
  LogValue(const char* text) : value_{std::string{text}} {}       // NOLINT
  /// An id is logged as its number.
  template <class Tag, class Integer>
  LogValue(StrongId<Tag, Integer> id) : LogValue{id.value()} {}  // NOLINT
  /// The first 16 hexadecimal digits: enough to tell values apart in a log.
  template <class Tag, std::size_t N>
  LogValue(const FixedBytes<Tag, N>& bytes)  // NOLINT
      : value_{to_hex(ByteView{bytes.view()}.first(N < 8 ? N : 8))} {}
  /// Milliseconds; name the field with the suffix `_ms`.
  template <class Rep, class Period>
  LogValue(std::chrono::duration<Rep, Period> duration)  // NOLINT
      : value_{static_cast<std::int64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(duration).count())} {}
  LogValue(const Error& error) : value_{error.message()} {}                    // NOLINT
  LogValue(const boost::system::error_code& code) : value_{code.message()} {}  // NOLINT

  [[nodiscard]] const Variant& get() const noexcept { return value_; }
  /// As in the text format, without escapes and quotes.
  [[nodiscard]] std::string text() const;

 private:
  Variant value_;
};

/// What may appear as the value of a log field.
template <class T>
concept Loggable = std::convertible_to<T, LogValue>;

struct LogField {
  std::string_view name;
  LogValue value;
};

/// Where events go. Implementations are thread safe.
class Log {
 public:
  using Fields = std::initializer_list<LogField>;

  explicit Log(LogLevel level = LogLevel::info) noexcept : level_{level} {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;

  void debug(std::string_view event, Fields fields = {}) { write(LogLevel::debug, event, fields); }
  void info(std::string_view event, Fields fields = {}) { write(LogLevel::info, event, fields); }
  void warn(std::string_view event, Fields fields = {}) { write(LogLevel::warn, event, fields); }
  void error(std::string_view event, Fields fields = {}) { write(LogLevel::error, event, fields); }

  /// Names are lower case words joined by dots, most general first: `round.closed`.
  void write(LogLevel level, std::string_view event, std::span<const LogField> fields) {
    if (enabled(level)) record(level, event, fields);
  }
  void write(LogLevel level, std::string_view event, Fields fields) {
    write(level, event, std::span<const LogField>{fields.begin(), fields.size()});
  }
  [[nodiscard]] bool enabled(LogLevel level) const noexcept {
    return level >= level_.load(std::memory_order_relaxed);
  }
  /// Events below this level are dropped. May be called at any time.
  void set_level(LogLevel level) noexcept { level_.store(level, std::memory_order_relaxed); }

 private:
  /// Called for enabled levels only, from any thread.
  virtual void record(LogLevel level, std::string_view event, std::span<const LogField> fields) = 0;

  std::atomic<LogLevel> level_;
};

/// Drops everything.
class NullLog final : public Log {
 public:
  NullLog() noexcept : Log{LogLevel::error} {}

 private:
  void record(LogLevel, std::string_view, std::span<const LogField>) override {}
};

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  /// Appended to (created with mode 0640); empty means standard error.
  std::string file{};
};

/// A log on standard error or in a file. `clock` must outlive it.
/// Text on a terminal is coloured by level unless the environment variable NO_COLOR is set.
/// @return BaseErrc::io_failed if the file cannot be opened.
[[nodiscard]] Result<std::unique_ptr<Log>> open_log(const LogOptions& options, const Clock& clock);

/// One event as one line without the line end. Text: time, level, event, `name=value ...` with
/// control characters escaped and values with spaces quoted. JSON: one object with ts, level, event
/// and the fields.
[[nodiscard]] std::string format_log_line(LogFormat format, bool colour, Clock::Wall time,
                                          LogLevel level, std::string_view event,
                                          std::span<const LogField> fields);

/// RFC 3339 in UTC with milliseconds: `2026-01-31T09:05:00.250Z`.
[[nodiscard]] std::string to_rfc3339(Clock::Wall time);

}  // namespace guildsum
