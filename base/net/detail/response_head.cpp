#include "base/net/detail/response_head.hpp"

#include <algorithm>
#include <array>

namespace guildsum::net::detail {
namespace {

bool is_token_char(char c) noexcept {
  static constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kSymbols.find(c) != std::string_view::npos;
}

bool is_value_char(char c) noexcept {
  const auto value = static_cast<unsigned char>(c);
  return (value >= 0x20 && value != 0x7f) || c == '\t';
}

bool is_ours(std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 4> kOurs{"Content-Length", "Connection", "Date",
                                                         "Transfer-Encoding"};
  return std::ranges::any_of(kOurs, [name](auto own) { return equal_ignoring_case(name, own); });
}

void add_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_valid_field(const Headers::Field& field) noexcept {
  const auto& [name, value] = field;
  return !name.empty() && std::ranges::all_of(name, is_token_char) &&
         std::ranges::all_of(value, is_value_char);
}

std::string http_date(std::time_t time) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  gmtime_r(&time, &parts);
  const auto pad = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::string{kDays[static_cast<std::size_t>(parts.tm_wday)]} + ", " + pad(parts.tm_mday) +
         " " + kMonths[static_cast<std::size_t>(parts.tm_mon)] + " " +
         std::to_string(parts.tm_year + 1900) + " " + pad(parts.tm_hour) + ":" + pad(parts.tm_min) +
         ":" + pad(parts.tm_sec) + " GMT";
}

std::string encode_response_head(const Response& response, bool keep_alive, std::time_t now) {
  std::string out;
  out.reserve(256);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  add_field(out, "Date", http_date(now));
  for (const auto& field : response.headers.fields()) {
    if (is_valid_field(field) && !is_ours(field.first)) add_field(out, field.first, field.second);
  }
  if (!response.headers.find("Cache-Control")) add_field(out, "Cache-Control", "no-store");
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) add_field(out, "Content-Length", std::to_string(response.body.size()));
  if (!keep_alive) add_field(out, "Connection", "close");
  return out.append("\r\n");
}

}  // namespace guildsum::net::detail
