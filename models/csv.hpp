#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace guildsum::models {

/// Reads comma-separated records (RFC 4180) out of a text that is wholly in memory: quoted fields
/// with commas, line ends and doubled quotes; LF or CRLF; a leading byte order mark is skipped. Not
/// thread safe.
class CsvReader {
 public:
  /// `text` must outlive the reader; `file` is what errors call it.
  CsvReader(std::string_view text, std::string_view file);

  /// The next record, its fields unquoted; no value at the end. The fields are valid until the next
  /// call. ModelsErrc::malformed with "file:line: reason" on a stray or unclosed quote.
  [[nodiscard]] Result<std::optional<std::vector<std::string>>> next();
  /// Line on which the record last returned began, from 1.
  [[nodiscard]] std::size_t line() const noexcept { return record_line_; }
  /// An error about the record last returned: "file:line: reason".
  [[nodiscard]] Error error(std::string_view reason) const;

 private:
  [[nodiscard]] Result<std::string> field();
  [[nodiscard]] Result<std::string> quoted_field();
  [[nodiscard]] bool at_end() const noexcept { return position_ >= text_.size(); }
  /// Whether a field may end here: at a comma, a line end or the end of the text.
  [[nodiscard]] bool at_field_end() const noexcept;
  /// Steps over a line end, if there is one.
  bool skip_line_end() noexcept;

  std::string_view text_;
  std::string file_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
  std::size_t record_line_ = 0;
};

/// One field as it is written: quoted where it needs to be.
[[nodiscard]] std::string csv_field(std::string_view value);

}  // namespace guildsum::models
