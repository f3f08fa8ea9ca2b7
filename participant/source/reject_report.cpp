#include "participant/source/reject_report.hpp"

#include "base/file.hpp"

namespace guildsum::participant {
namespace {

struct Wording {
  std::string_view code;
  std::string_view text;
};

constexpr std::array<Wording, kRejectReasons> kWordings{{
    {"unterminated_quote", "a quote opens a field and is never properly closed"},
    {"text_after_quote", "text follows a closing quote"},
    {"field_too_large", "a field is too large"},
    {"record_too_large", "the row is too large"},
    {"bad_encoding", "not UTF-8 (set encoding = \"latin1\" if the file is ISO 8859-1)"},
    {"control_character", "the row holds a zero byte, or a JSON text in use a line end"},
    {"wrong_field_count", "the number of fields differs from the header"},
    {"no_customer", "no customer"},
    {"email_as_customer", "an e-mail address as customer id (allow_email = true accepts it)"},
    {"no_item", "no item"},
    {"no_time", "no time"},
    {"bad_time",
     "the time cannot be read; use 2023-11-14 22:13, 14.11.2023 22:13, RFC 3339 or a number of "
     "seconds since 1970"},
    {"bad_quantity", "the quantity is not a number (1,000 may be one or a thousand: write 1000)"},
    {"not_a_purchase", "quantity 0 or below: a refund or a correction"},
    {"not_in_catalogue", "not in catalogue"},
    {"not_json", "the line is not one JSON value"},
    {"too_deep", "the line nests objects too deeply"},
    {"duplicate_member", "an object names a member twice"},
    {"not_an_object", "the line is JSON, but no object"},
    {"missing_member", "a member that the mapping names is not there"},
    {"bad_gtin", "the GTIN has a wrong length or check digit (leave it empty if there is none)"},
    {"bad_id", "an id is neither a text nor a whole number (write \"1.0\" for such an id)"},
}};

std::string csv_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

}  // namespace

std::string_view code_of(RejectReason reason) noexcept {
  return kWordings[static_cast<std::size_t>(reason)].code;
}

std::string_view to_string(RejectReason reason) noexcept {
  return kWordings[static_cast<std::size_t>(reason)].text;
}

RejectReason reason_of(CsvFault fault) noexcept {
  switch (fault) {
    case CsvFault::unterminated_quote:
      return RejectReason::unterminated_quote;
    case CsvFault::text_after_quote:
      return RejectReason::text_after_quote;
    case CsvFault::field_too_large:
      return RejectReason::field_too_large;
    case CsvFault::record_too_large:
      return RejectReason::record_too_large;
    case CsvFault::bad_encoding:
      return RejectReason::bad_encoding;
    case CsvFault::control_character:
      return RejectReason::control_character;
  }
  return RejectReason::control_character;
}

RejectReason reason_of(JsonlFault fault) noexcept {
  switch (fault) {
    case JsonlFault::line_too_large:
      return RejectReason::record_too_large;
    case JsonlFault::bad_encoding:
      return RejectReason::bad_encoding;
    case JsonlFault::not_json:
      return RejectReason::not_json;
    case JsonlFault::too_deep:
      return RejectReason::too_deep;
    case JsonlFault::duplicate_member:
      return RejectReason::duplicate_member;
    case JsonlFault::not_an_object:
      return RejectReason::not_an_object;
  }
  return RejectReason::not_json;
}

void RejectReport::add(std::string_view file, std::uint64_t line, RejectReason reason) {
  ++total_;
  Count& count = counts_[static_cast<std::size_t>(reason)];
  ++count.rows;
  if (count.examples.size() < kExamplesMax) {
    count.examples.push_back({std::string{file}, line, reason});
  }
  if (rows_.size() >= kListMax) return;
  if (files_.empty() || files_.back() != file) files_.emplace_back(file);
  rows_.push_back({static_cast<std::uint32_t>(files_.size() - 1), reason, line});
}

Result<> RejectReport::write_csv(const std::filesystem::path& path) const {
  std::string text = "file,line,reason,meaning\r\n";
  for (const Place& row : rows_) {
    text += csv_quoted(files_[row.file]) + "," + std::to_string(row.line) + "," +
            std::string{code_of(row.reason)} + "," + csv_quoted(to_string(row.reason)) + "\r\n";
  }
  if (rows_.size() < total_) {
    text += "\"(list ends here)\"," + std::to_string(total_ - rows_.size()) +
            ",not_listed,\"further rows were not used\"\r\n";
  }
  return write_file_atomically(path, as_bytes(text));
}

}  // namespace guildsum::participant
