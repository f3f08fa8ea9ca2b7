#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/result.hpp"

/// Strict reading of JSON documents (RFC 8259) on top of Boost.JSON: every failure is
/// BaseErrc::malformed with a detail that names the key, and nothing throws.
namespace guildsum::json {

struct Limits {
  std::size_t size_bytes = 1 << 20;
  std::size_t depth = 16;
};

/// What made a text no document.
enum class Fault {
  too_large,
  not_json,  ///< Also text after the value, and invalid UTF-8.
  too_deep,
  duplicate_key,
};

/// Parses a whole document. Refused: duplicate keys, invalid UTF-8, text after the value, more
/// depth than allowed (all BaseErrc::malformed), more bytes than allowed (BaseErrc::too_large).
[[nodiscard]] Result<boost::json::value> parse(std::string_view text, Limits limits = {});

/// The same; `fault` is set where it fails.
[[nodiscard]] Result<boost::json::value> parse(std::string_view text, Limits limits, Fault& fault);

/// `parse` for documents whose top is an object.
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view text, Limits limits = {});

/// An integer written without fraction or exponent, inside [min, max].
[[nodiscard]] Result<std::int64_t> integer(
    const boost::json::object& object, std::string_view key,
    std::int64_t min = std::numeric_limits<std::int64_t>::min(),
    std::int64_t max = std::numeric_limits<std::int64_t>::max());
/// The full unsigned range, for ids.
[[nodiscard]] Result<std::uint64_t> unsigned_integer(
    const boost::json::object& object, std::string_view key,
    std::uint64_t max = std::numeric_limits<std::uint64_t>::max());
/// Any finite number.
[[nodiscard]] Result<double> number(const boost::json::object& object, std::string_view key);
[[nodiscard]] Result<bool> boolean(const boost::json::object& object, std::string_view key);
/// At most `limit_bytes` of UTF-8.
[[nodiscard]] Result<std::string> text(const boost::json::object& object, std::string_view key,
                                       std::size_t limit_bytes = 65536);
/// The nested object or array under `key`; the pointer is never null and lives as long as `object`.
[[nodiscard]] Result<const boost::json::object*> object_at(const boost::json::object& object,
                                                           std::string_view key);
[[nodiscard]] Result<const boost::json::array*> array_at(const boost::json::object& object,
                                                         std::string_view key);
/// Whether the key is there and not null: optional members are read after asking this.
[[nodiscard]] bool has(const boost::json::object& object, std::string_view key) noexcept;

/// Indented by two spaces, members in their order, for people. Ends without a line end.
[[nodiscard]] std::string pretty(const boost::json::value& value);
/// One line without spaces.
[[nodiscard]] std::string compact(const boost::json::value& value);

}  // namespace guildsum::json
