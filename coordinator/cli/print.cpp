#include "coordinator/cli/print.hpp"

#include <ostream>

#include <boost/json.hpp>

#include "base/json.hpp"

namespace guildsum::coordinator {

namespace {

std::string plain(const boost::json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return std::string{value.as_string()};
  return json::compact(value);
}

}  // namespace

std::string text_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr) return "-";
  if (!value->is_array()) return plain(*value);
  std::string list;
  for (const auto& member : value->as_array()) list += (list.empty() ? "" : ", ") + plain(member);
  return list.empty() ? "-" : list;
}

std::uint64_t number_of(const boost::json::object& object, std::string_view key) {
  const auto number = json::unsigned_integer(object, key);
  return number.has_value() ? *number : 0;
}

const boost::json::array& array_of(const boost::json::object& object, std::string_view key) {
  static const boost::json::array nothing;
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->as_array() : nothing;
}

std::string minute_of(const boost::json::object& object, std::string_view key) {
  std::string text = text_of(object, key);
  if (text.size() < 16) return text;
  text.resize(16);
  text[10] = ' ';
  return text;
}

bool print_as_json(const cli::Invocation& invocation, const boost::json::object& document,
                   std::string_view rows) {
  switch (invocation.global.format) {
    case cli::OutputFormat::text:
      return false;
    case cli::OutputFormat::json:
      invocation.out << json::pretty(document) << '\n';
      return true;
    case cli::OutputFormat::jsonl:
      break;
  }
  if (rows.empty()) {
    invocation.out << json::compact(document) << '\n';
    return true;
  }
  for (const auto& row : array_of(document, rows)) invocation.out << json::compact(row) << '\n';
  return true;
}

}  // namespace guildsum::coordinator
