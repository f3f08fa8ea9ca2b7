#include "participant/source/jsonl_reader.hpp"

#include <utility>

#include <boost/json/value.hpp>

#include "base/json.hpp"
#include "participant/source/csv_reader.hpp"

namespace guildsum::participant {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

JsonlFault fault_of(json::Fault fault) {
  switch (fault) {
    case json::Fault::too_large:
      return JsonlFault::line_too_large;
    case json::Fault::not_json:
      return JsonlFault::not_json;
    case json::Fault::too_deep:
      return JsonlFault::too_deep;
    case json::Fault::duplicate_key:
      return JsonlFault::duplicate_member;
  }
  return JsonlFault::not_json;
}

}  // namespace

JsonlReader::JsonlReader(JsonlOptions options, OnObject on_object, OnFault on_fault)
    : options_{options}, on_object_{std::move(on_object)}, on_fault_{std::move(on_fault)} {}

Result<> JsonlReader::feed(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    keep(piece.substr(0, end));
    if (end == std::string_view::npos) return {};
    GS_CHECK(end_line());
    piece.remove_prefix(end + 1);
  }
  return {};
}

Result<> JsonlReader::finish() { return end_line(); }

void JsonlReader::keep(std::string_view part) {
  // A line within the limit may still begin with a mark of three bytes and end in CR.
  if (too_large_ || part.size() > options_.line_limit_bytes + 4 - text_.size()) {
    too_large_ = true;
    text_.clear();
    return;
  }
  text_.append(part);
}

Result<> JsonlReader::end_line() {
  const std::uint64_t line = line_++;
  const bool too_large = std::exchange(too_large_, false);
  const std::string text = std::exchange(text_, {});
  std::string_view rest = text;
  if (line == 1 && rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  if (too_large || rest.size() > options_.line_limit_bytes) {
    on_fault_(line, JsonlFault::line_too_large);
    return {};
  }
  if (rest.find_first_not_of(" \t") == std::string_view::npos) return {};
  if (!is_utf8(rest)) {
    on_fault_(line, JsonlFault::bad_encoding);
    return {};
  }
  json::Fault fault{};
  const auto value =
      json::parse(rest, {.size_bytes = options_.line_limit_bytes, .depth = options_.depth}, fault);
  if (value.has_error()) {
    on_fault_(line, fault_of(fault));
    return {};
  }
  if (const auto* object = value->if_object()) return on_object_(line, *object);
  on_fault_(line, JsonlFault::not_an_object);
  return {};
}

}  // namespace guildsum::participant
