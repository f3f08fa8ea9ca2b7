#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace guildsum::participant {

enum class TextEncoding {
  utf8,    ///< Records that are not valid UTF-8 are refused.
  latin1,  ///< ISO 8859-1, converted to UTF-8.
};

struct CsvOptions {
  char delimiter = 0;  ///< 0: the one of `,` `;` tab `|` that the first record holds most often.
  TextEncoding encoding = TextEncoding::utf8;
  std::size_t field_limit_bytes = 64 * 1024;
  std::size_t record_limit_bytes = 1024 * 1024;
};

/// Why a record could not be read.
enum class CsvFault {
  unterminated_quote,  ///< A quote opens a field that is never properly closed.
  text_after_quote,    ///< Something other than a delimiter or a line end follows a closing quote.
  field_too_large,
  record_too_large,
  bad_encoding,       ///< Not UTF-8; perhaps the source is latin-1.
  control_character,  ///< A zero byte.
};

/// One record with the line of its first character, counted from 1.
struct CsvRecord {
  std::uint64_t line = 0;
  std::vector<std::string> fields;  ///< UTF-8
  bool several_lines = false;       ///< A quoted field holds a line end.
};

/// A streaming RFC 4180 reader over pieces of any size.
///
/// Accepts what shops export: a byte order mark, LF, CRLF or CR line ends, line ends and doubled
/// quotes inside quoted fields, a quote in the middle of an unquoted field (kept as it is). Empty
/// lines are skipped. A faulty record is reported with its line and reading goes on at the next
/// line end. A stray quote at the start of a field makes a record of the lines behind it; such a
/// record is noticed by what follows the closing quote, by its size, by another number of fields
/// than the first record has, or by the caller (`read_lines_apart`). Then its first line alone is
/// reported, and the following lines are read again as what they are. Memory is one record. Views
/// into a record are valid during the call only.
class CsvReader {
 public:
  using OnRecord = std::function<Result<>(const CsvRecord&)>;
  using OnFault = std::function<void(std::uint64_t line, CsvFault)>;

  /// An error of `on_record` ends the reading and is passed on.
  CsvReader(CsvOptions options, OnRecord on_record, OnFault on_fault);

  /// The next piece of the file.
  [[nodiscard]] Result<> feed(std::string_view piece);
  /// The end of the file: the last record needs no line end.
  [[nodiscard]] Result<> finish();
  /// The delimiter in use; 0 as long as it is not known.
  [[nodiscard]] char delimiter() const noexcept { return options_.delimiter; }
  /// From within `on_record`, for a record of several lines that cannot be one: reports the first
  /// line as `unterminated_quote` and reads the others again.
  void read_lines_apart() noexcept { apart_ = true; }

 private:
  enum class State { field_start, unquoted, quoted, quote_in_quoted, skipping };

  [[nodiscard]] Result<> start();
  [[nodiscard]] Result<> consume(std::string_view text);
  [[nodiscard]] Result<> take_next(char c);
  [[nodiscard]] Result<> catch_up();
  [[nodiscard]] Result<> take(char c);
  [[nodiscard]] Result<> take_line_end();
  void take_text(char c);
  void end_field();
  [[nodiscard]] Result<> end_record();
  void fail(CsvFault fault);
  void read_rest_again();
  void begin_record() noexcept;

  CsvOptions options_;
  OnRecord on_record_;
  OnFault on_fault_;
  std::string head_;  ///< Until the delimiter is known.
  bool started_ = false;
  State state_ = State::field_start;
  bool after_carriage_return_ = false;
  bool any_ = false;  ///< The record has at least one character.
  std::uint64_t line_ = 1;
  std::size_t record_bytes_ = 0;
  std::string field_;
  CsvRecord record_;
  std::string rest_;  ///< Of a record of several lines: what follows its first line end.
  bool rest_after_carriage_return_ = false;
  std::string again_;  ///< To be read before anything else.
  std::size_t columns_ = 0;
  bool apart_ = false;
};

/// Whether all of `text` is UTF-8 (RFC 3629: no overlong forms, no surrogates).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
[[nodiscard]] std::string latin1_to_utf8(std::string_view text);

}  // namespace guildsum::participant
