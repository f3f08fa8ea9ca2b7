#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/cli/command_line.hpp"

/// What the commands print. Documents come from our own coordinator, so a missing member is shown
/// as
/// "-" and not treated as an error.
namespace guildsum::coordinator {

/// A member as text: "-" for null or nothing, names joined by commas for an array.
[[nodiscard]] std::string text_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::uint64_t number_of(const boost::json::object& object, std::string_view key);
[[nodiscard]] const boost::json::array& array_of(const boost::json::object& object,
                                                 std::string_view key);
/// `2026-01-31T09:05:00.250Z` as `2026-01-31 09:05`.
[[nodiscard]] std::string minute_of(const boost::json::object& object, std::string_view key);

/// Whether the caller wants JSON, which is then printed: the whole document, or one line for each
/// member of its array `rows` with jsonl.
bool print_as_json(const cli::Invocation& invocation, const boost::json::object& document,
                   std::string_view rows = {});

}  // namespace guildsum::coordinator
