#include "models/csv.hpp"

#include <algorithm>
#include <utility>

#include "models/errors.hpp"

namespace guildsum::models {
namespace {
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
}

CsvReader::CsvReader(std::string_view text, std::string_view file) : text_{text}, file_{file} {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

Error CsvReader::error(std::string_view reason) const {
  return {ModelsErrc::malformed,
          file_ + ":" + std::to_string(record_line_) + ": " + std::string{reason}};
}

bool CsvReader::at_field_end() const noexcept {
  if (at_end()) return true;
  const char c = text_[position_];
  return c == ',' || c == '\n' || text_.substr(position_, 2) == "\r\n";
}

bool CsvReader::skip_line_end() noexcept {
  if (text_.substr(position_, 2) == "\r\n") ++position_;
  if (at_end() || text_[position_] != '\n') return false;
  ++position_;
  ++line_;
  return true;
}

Result<std::string> CsvReader::quoted_field() {
  std::string value;
  ++position_;
  while (!at_end()) {
    const char c = text_[position_++];
    if (c == '\n') ++line_;
    if (c != '"') {
      value.push_back(c);
      continue;
    }
    if (!at_end() && text_[position_] == '"') {
      value.push_back('"');
      ++position_;
      continue;
    }
    if (!at_field_end()) return error("text after a closing quote");
    return value;
  }
  return error("quote that is never closed");
}

Result<std::string> CsvReader::field() {
  if (!at_end() && text_[position_] == '"') return quoted_field();
  const auto begin = position_;
  while (!at_field_end()) {
    if (text_[position_] == '"') return error("quote inside an unquoted field");
    ++position_;
  }
  return std::string{text_.substr(begin, position_ - begin)};
}

Result<std::optional<std::vector<std::string>>> CsvReader::next() {
  using Record = std::optional<std::vector<std::string>>;
  if (at_end()) return Record{};
  record_line_ = line_;
  std::vector<std::string> fields;
  while (true) {
    GS_TRY(auto value, field());
    fields.push_back(std::move(value));
    if (at_end() || skip_line_end()) return Record{std::move(fields)};
    ++position_;  // The comma.
  }
}

std::string csv_field(std::string_view value) {
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{value};
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace guildsum::models
