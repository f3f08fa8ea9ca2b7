#include <array>
#include <charconv>

#include "base/config/reader.hpp"
#include "base/errors.hpp"

namespace guildsum::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

/// Largest first, for `format_duration`.
constexpr std::array kUnits{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                            Unit{"s", 1000}, Unit{"ms", 1}};

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const Error wrong{BaseErrc::malformed,
                    "expected a duration such as \"250ms\", \"30s\", \"5m\", \"2h\" or \"7d\""};
  std::int64_t count = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, count);
  if (failure != std::errc{} || count < 0) return wrong;
  const std::string_view unit{end, static_cast<std::size_t>(last - end)};
  for (const Unit& known : kUnits) {
    if (unit != known.name) continue;
    std::int64_t total = 0;
    if (__builtin_mul_overflow(count, known.milliseconds, &total)) return wrong;
    return std::chrono::milliseconds{total};
  }
  return wrong;
}

std::string format_duration(std::chrono::milliseconds duration) {
  const std::int64_t total = duration.count();
  for (const Unit& unit : kUnits) {
    if (total != 0 && total % unit.milliseconds == 0) {
      return std::to_string(total / unit.milliseconds) + std::string{unit.name};
    }
  }
  return "0s";
}

}  // namespace guildsum::config
