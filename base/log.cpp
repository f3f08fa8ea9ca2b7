#include "base/log.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/errors.hpp"

namespace guildsum {
namespace {

/// Longer names and values do not widen the columns of the text format.
constexpr std::size_t kEventColumns = 28;

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 4> kLevelColours{"\x1b[2m", "\x1b[32m", "\x1b[33m",
                                                        "\x1b[31m"};
constexpr std::string_view kColourOff = "\x1b[0m";

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", value);
  return buffer.data();
}

/// Control characters (also C1 in UTF-8 form), quotes and backslashes escaped; quoted where a
/// reader could otherwise not tell where the value ends.
std::string quoted_where_needed(std::string_view text) {
  std::string out;
  bool needs_quotes = text.empty();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1_control =
        byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (byte < 0x20 || byte == 0x7f || c1_control) {
      const unsigned code = c1_control ? static_cast<unsigned char>(text[++i]) : byte;
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", code);
      out += byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : escape.data();
      needs_quotes = true;
      continue;
    }
    if (byte == '"' || byte == '\\') out += '\\';
    if (byte == ' ' || byte == '=' || byte == '"' || byte == '\\') needs_quotes = true;
    out += text[i];
  }
  return needs_quotes ? "\"" + out + "\"" : out;
}

/// Replaces what is not UTF-8, which JSON cannot hold, by '?'.
std::string valid_utf8(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                    ? 1
                               : lead >= 0xc2 && lead < 0xe0  ? 2
                               : lead >= 0xe0 && lead < 0xf0  ? 3
                               : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                              : 0;
    bool valid = length > 0 && i + length <= text.size();
    for (std::size_t k = 1; valid && k < length; ++k) {
      valid = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
    }
    if (valid) {
      out.append(text.substr(i, length));
      i += length;
    } else {
      out += '?';
      ++i;
    }
  }
  return out;
}

boost::json::value json_value(const LogValue& value) {
  return std::visit(Overloaded{[](double number) -> boost::json::value {
                                 // JSON has no NaN and no infinity.
                                 if (!std::isfinite(number)) return nullptr;
                                 return number;
                               },
                               [](const std::string& text) -> boost::json::value {
                                 return boost::json::string{valid_utf8(text)};
                               },
                               [](auto plain) -> boost::json::value { return plain; }},
                    value.get());
}

std::string json_line(Clock::Wall time, LogLevel level, std::string_view event,
                      std::span<const LogField> fields) {
  boost::json::object line;
  line.reserve(3 + fields.size());
  line.emplace("ts", to_rfc3339(time));
  line.emplace("level", to_string(level));
  line.emplace("event", event);
  for (const LogField& field : fields) line.emplace(field.name, json_value(field.value));
  return boost::json::serialize(line);
}

std::string text_line(bool colour, Clock::Wall time, LogLevel level, std::string_view event,
                      std::span<const LogField> fields) {
  const auto index = static_cast<std::size_t>(level);
  std::string level_name{kLevelNames[index]};
  level_name.resize(5, ' ');
  std::string line = to_rfc3339(time) + "  ";
  line += colour ? std::string{kLevelColours[index]} + level_name + std::string{kColourOff}
                 : level_name;
  line += "  ";
  line += event;
  if (!fields.empty() && event.size() < kEventColumns)
    line.append(kEventColumns - event.size(), ' ');
  for (const LogField& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    const auto* text = std::get_if<std::string>(&field.value.get());
    line += text ? quoted_where_needed(*text) : field.value.text();
  }
  return line;
}

/// Writes whole lines by spdlog, whose sinks serialise writers of several threads.
class SpdlogLog final : public Log {
 public:
  SpdlogLog(const LogOptions& options, bool colour, spdlog::sink_ptr sink, const Clock& clock)
      : Log{options.level},
        format_{options.format},
        colour_{colour},
        clock_{clock},
        logger_{"guildsum", std::move(sink)} {
    logger_.set_level(spdlog::level::trace);
    logger_.set_pattern("%v");
    logger_.flush_on(spdlog::level::trace);
  }

 private:
  void record(LogLevel level, std::string_view event, std::span<const LogField> fields) override {
    const std::string line =
        format_log_line(format_, colour_, clock_.wall_now(), level, event, fields);
    // The whole line is data: it must not be taken for a format string.
    logger_.log(spdlog::level::info, spdlog::string_view_t{line.data(), line.size()});
  }

  LogFormat format_;
  bool colour_;
  const Clock& clock_;
  spdlog::logger logger_;
};

/// Creates the file with mode 0640 (or narrower, by the umask), which spdlog does not.
Result<void> create_log_file(const std::string& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd < 0) return Error{BaseErrc::io_failed, "cannot open log file " + file};
  ::close(fd);
  return {};
}

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
  return kLevelNames[static_cast<std::size_t>(level)];
}

Result<LogLevel> parse_log_level(std::string_view text) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (text == kLevelNames[i]) return static_cast<LogLevel>(i);
  }
  return Error{BaseErrc::malformed, "log level must be debug, info, warn or error"};
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "text") return LogFormat::text;
  if (text == "json") return LogFormat::json;
  return Error{BaseErrc::malformed, "log format must be text or json"};
}

std::string LogValue::text() const {
  return std::visit(Overloaded{[](bool flag) -> std::string { return flag ? "true" : "false"; },
                               [](double number) { return number_text(number); },
                               [](const std::string& text) { return text; },
                               [](auto integer) { return std::to_string(integer); }},
                    value_);
}

std::string to_rfc3339(Clock::Wall time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return buffer.data();
}

std::string format_log_line(LogFormat format, bool colour, Clock::Wall time, LogLevel level,
                            std::string_view event, std::span<const LogField> fields) {
  return format == LogFormat::json ? json_line(time, level, event, fields)
                                   : text_line(colour, time, level, event, fields);
}

Result<std::unique_ptr<Log>> open_log(const LogOptions& options, const Clock& clock) {
  const bool to_file = !options.file.empty();
  const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  const bool colour = !to_file && options.format == LogFormat::text &&
                      (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDERR_FILENO) == 1;
  if (to_file) GS_CHECK(create_log_file(options.file));
  try {
    spdlog::sink_ptr sink;
    if (to_file) {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
    } else {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    }
    return std::unique_ptr<Log>{
        std::make_unique<SpdlogLog>(options, colour, std::move(sink), clock)};
  } catch (const spdlog::spdlog_ex& failure) {
    return Error{BaseErrc::io_failed, failure.what()};
  }
}

}  // namespace guildsum
