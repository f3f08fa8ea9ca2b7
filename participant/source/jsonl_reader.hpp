#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "base/result.hpp"

namespace guildsum::participant {

struct JsonlOptions {
  std::size_t line_limit_bytes = 1024 * 1024;
  std::size_t depth = 16;
};

/// Why a line is no object.
enum class JsonlFault {
  line_too_large,
  bad_encoding,      ///< Not UTF-8, which JSON is.
  not_json,          ///< Not one JSON value: NaN, comments, text after the value, ...
  too_deep,          ///< Objects inside objects beyond the limit.
  duplicate_member,  ///< An object names a member twice: nobody knows which one counts.
  not_an_object,     ///< A number, an array, ...
};

/// A streaming reader of JSON Lines over pieces of any size: one object (RFC 8259) on each line.
///
/// A byte order mark, LF and CRLF line ends, blank lines and a last line without an end are
/// accepted. A faulty line is reported with its number, counted from 1, and reading goes on at the
/// next one. Memory is one line and what it parses to.
class JsonlReader {
 public:
  using OnObject = std::function<Result<>(std::uint64_t line, const boost::json::object&)>;
  using OnFault = std::function<void(std::uint64_t line, JsonlFault)>;

  /// An error of `on_object` ends the reading and is passed on.
  JsonlReader(JsonlOptions options, OnObject on_object, OnFault on_fault);

  /// The next piece of the file.
  [[nodiscard]] Result<> feed(std::string_view piece);
  /// The end of the file.
  [[nodiscard]] Result<> finish();

 private:
  void keep(std::string_view part);
  [[nodiscard]] Result<> end_line();

  JsonlOptions options_;
  OnObject on_object_;
  OnFault on_fault_;
  std::uint64_t line_ = 1;
  std::string text_;        ///< Of the current line, as far as it has come.
  bool too_large_ = false;  ///< The rest of the line is not kept.
};

}  // namespace guildsum::participant
