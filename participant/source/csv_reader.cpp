#include "participant/source/csv_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace guildsum::participant {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::array kDelimiters{',', ';', '\t', '|'};
constexpr std::size_t kHeadBytesMax = 64 * 1024;  // a header longer than this is no header

/// Length of the first record if it is complete, counted over quotes; npos otherwise.
std::size_t first_record_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && (text[at] == '\n' || text[at] == '\r')) return at;
  }
  return std::string_view::npos;
}

std::string_view without_leading_line_ends(std::string_view text) {
  const std::size_t first = text.find_first_not_of("\r\n");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

char detect_delimiter(std::string_view first_record) {
  std::array<std::size_t, kDelimiters.size()> found{};
  bool quoted = false;
  for (const char c : first_record) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    const auto at = std::ranges::find(kDelimiters, c);
    if (at != kDelimiters.end()) ++found[static_cast<std::size_t>(at - kDelimiters.begin())];
  }
  const auto best = std::ranges::max_element(found);
  return kDelimiters[static_cast<std::size_t>(best - found.begin())];
}

/// Number of bytes of the UTF-8 sequence at the start of `text`; 0 if there is none.
std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool beyond = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x80) {
      out.push_back(c);
      continue;
    }
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
  return out;
}

CsvReader::CsvReader(CsvOptions options, OnRecord on_record, OnFault on_fault)
    : options_{options}, on_record_{std::move(on_record)}, on_fault_{std::move(on_fault)} {}

Result<> CsvReader::feed(std::string_view piece) {
  if (started_) return consume(piece);
  head_.append(piece);
  const std::size_t after_mark =
      head_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : std::size_t{0};
  const auto text = without_leading_line_ends(std::string_view{head_}.substr(after_mark));
  const bool complete = first_record_end(text) != std::string_view::npos;
  if (!complete && head_.size() < kHeadBytesMax) return {};
  return start();
}

Result<> CsvReader::start() {
  started_ = true;
  const std::string head = std::exchange(head_, {});
  std::string_view text = head;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (options_.delimiter == 0) {
    const auto first = without_leading_line_ends(text);
    options_.delimiter = detect_delimiter(first.substr(0, first_record_end(first)));
  }
  return consume(text);
}

Result<> CsvReader::consume(std::string_view text) {
  for (const char c : text) {
    GS_CHECK(take_next(c));
    if (!again_.empty()) GS_CHECK(catch_up());
  }
  return {};
}

/// Reads what is to be read again, which may come upon another stray quote.
Result<> CsvReader::catch_up() {
  while (!again_.empty()) {
    const std::string piece = std::exchange(again_, {});
    for (std::size_t at = 0; at < piece.size(); ++at) {
      GS_CHECK(take_next(piece[at]));
      if (again_.empty()) continue;
      again_.append(piece, at + 1);
      break;
    }
  }
  return {};
}

Result<> CsvReader::take_next(char c) {
  if (record_.several_lines) rest_.push_back(c);
  const bool second_half = after_carriage_return_ && c == '\n';
  after_carriage_return_ = false;
  if (!second_half) return take(c);
  // CRLF: the line was counted at CR; inside quotes the LF belongs to the text.
  if (state_ == State::quoted) take_text(c);
  return {};
}

Result<> CsvReader::take(char c) {
  const bool line_end = c == '\n' || c == '\r';
  if (!any_ && !line_end) {
    any_ = true;
    record_.line = line_;
  }
  if (line_end) after_carriage_return_ = c == '\r';
  if (line_end && state_ != State::quoted) return take_line_end();
  if (line_end) {
    ++line_;
    if (!record_.several_lines) rest_after_carriage_return_ = c == '\r';
    record_.several_lines = true;
  }
  switch (state_) {
    case State::field_start:
      if (c == '"') {
        state_ = State::quoted;
        return {};
      }
      state_ = State::unquoted;
      [[fallthrough]];
    case State::unquoted:
      if (c == options_.delimiter) {
        end_field();
      } else {
        take_text(c);
      }
      return {};
    case State::quoted:
      if (c == '"') {
        state_ = State::quote_in_quoted;
      } else {
        take_text(c);
      }
      return {};
    case State::quote_in_quoted:
      if (c == '"') {
        state_ = State::quoted;
        take_text(c);
      } else if (c == options_.delimiter) {
        end_field();
      } else {
        fail(CsvFault::text_after_quote);
      }
      return {};
    case State::skipping:
      return {};
  }
  return {};
}

Result<> CsvReader::take_line_end() {
  ++line_;
  if (!any_) return {};
  return end_record();
}

void CsvReader::take_text(char c) {
  if (c == '\0') return fail(CsvFault::control_character);
  if (++record_bytes_ > options_.record_limit_bytes) return fail(CsvFault::record_too_large);
  if (field_.size() >= options_.field_limit_bytes) return fail(CsvFault::field_too_large);
  field_.push_back(c);
}

void CsvReader::end_field() {
  ++record_bytes_;
  if (options_.encoding == TextEncoding::latin1) {
    record_.fields.push_back(latin1_to_utf8(field_));
  } else if (is_utf8(field_)) {
    record_.fields.push_back(field_);
  } else {
    return fail(CsvFault::bad_encoding);
  }
  field_.clear();
  state_ = State::field_start;
}

Result<> CsvReader::end_record() {
  if (state_ != State::skipping) end_field();
  if (!any_) return {};  // The last field was faulty, and its lines are read again.
  if (state_ == State::skipping) {
    begin_record();
    return {};
  }
  if (columns_ == 0) columns_ = record_.fields.size();
  apart_ = record_.several_lines && record_.fields.size() != columns_;
  if (!apart_) GS_CHECK(on_record_(record_));
  if (apart_ && record_.several_lines) {
    fail(CsvFault::unterminated_quote);
  } else {
    begin_record();
  }
  apart_ = false;
  return {};
}

void CsvReader::begin_record() noexcept {
  state_ = State::field_start;
  any_ = false;
  record_bytes_ = 0;
  field_.clear();
  record_ = {};
  rest_.clear();
}

void CsvReader::fail(CsvFault fault) {
  const bool about_text = fault == CsvFault::bad_encoding || fault == CsvFault::control_character;
  const bool stray = record_.several_lines && !about_text;
  on_fault_(record_.line, stray ? CsvFault::unterminated_quote : fault);
  if (record_.several_lines) return read_rest_again();
  state_ = State::skipping;
  field_.clear();
  record_.fields.clear();
}

void CsvReader::read_rest_again() {
  // What was waiting to be read comes after it.
  again_.insert(0, rest_);
  line_ = record_.line + 1;
  after_carriage_return_ = rest_after_carriage_return_;
  begin_record();
}

Result<> CsvReader::finish() {
  if (!started_) GS_CHECK(start());
  while (any_) {
    if (state_ == State::quoted) {
      fail(CsvFault::unterminated_quote);
    } else {
      GS_CHECK(end_record());
    }
    GS_CHECK(catch_up());
    if (state_ == State::skipping) begin_record();
  }
  return {};
}

}  // namespace guildsum::participant
