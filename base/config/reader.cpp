#include "base/config/reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/errors.hpp"
#include "base/suggest.hpp"

namespace guildsum::config {
namespace {

constexpr std::string_view kSecretShown = "(secret)";

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += std::string{"\\u00"} + kDigits[byte >> 4] + kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// The shortest decimal that reads back as the same number, always with a point or exponent.
std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text{buffer.data(), end};
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string list_text(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + in_quotes(text);
  return out + "]";
}

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc{} || end != last) return std::nullopt;
  return number;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t first = part.find_first_not_of(' ');
    if (first == std::string_view::npos) continue;
    part = part.substr(first, part.find_last_not_of(' ') + 1 - first);
    parts.emplace_back(part);
  }
  return parts;
}

bool is_member(std::string_view key, std::string_view table) {
  return key.size() > table.size() && key.starts_with(table) &&
         (key[table.size()] == '.' || key[table.size()] == '[');
}

/// Reads one plain or quoted name from the front of a dotted key.
std::string front_name(std::string_view key) {
  if (!key.starts_with('"')) return std::string{key.substr(0, key.find_first_of(".["))};
  std::string name;
  for (std::size_t i = 1; i < key.size() && key[i] != '"'; ++i) {
    if (key[i] == '\\') ++i;
    name += key[i];
  }
  return name;
}

}  // namespace

const Reader::Value* Reader::find(std::string_view key) {
  asked_.emplace(key);
  const auto found = values_.find(key);
  return found == values_.end() ? nullptr : &found->second;
}

void Reader::remember(std::string_view key, std::string value, const Value* from) {
  effective_.insert_or_assign(std::string{key},
                              EffectiveValue{.key = std::string{key},
                                             .value = std::move(value),
                                             .origin = from != nullptr ? from->origin : "default"});
}

void Reader::add_problem(std::string problem) {
  if (std::ranges::find(problems_, problem) == problems_.end()) {
    problems_.push_back(std::move(problem));
  }
}

void Reader::mismatch(std::string_view key, const Value& value, std::string_view expected) {
  add_problem(value.origin + ": \"" + std::string{key} + "\" must be " + std::string{expected});
}

void Reader::problem(std::string_view key, std::string_view reason) {
  const auto found = values_.find(key);
  const std::string origin = found != values_.end() ? found->second.origin : "default";
  add_problem(origin + ": \"" + std::string{key} + "\" " + std::string{reason});
}

std::string Reader::read_text(std::string_view key, std::string_view default_value, bool secret) {
  const Value* value = find(key);
  const auto* text = value != nullptr ? std::get_if<std::string>(&value->scalar) : nullptr;
  if (value != nullptr && text == nullptr) mismatch(key, *value, "text in quotes");
  std::string result{text != nullptr ? std::string_view{*text} : default_value};
  remember(key, secret && !result.empty() ? std::string{kSecretShown} : in_quotes(result), value);
  return result;
}

std::string Reader::text(std::string_view key, std::string_view default_value) {
  return read_text(key, default_value, false);
}

std::optional<std::string> Reader::optional_text(std::string_view key) {
  if (find(key) == nullptr) return std::nullopt;
  return read_text(key, {}, false);
}

std::string Reader::required_text(std::string_view key) {
  const bool present = find(key) != nullptr;
  std::string result = read_text(key, {}, false);
  if (!present) {
    add_problem("\"" + std::string{key} + "\" is missing");
  } else if (result.empty()) {
    problem(key, "must not be empty");
  }
  return result;
}

std::string Reader::secret_text(std::string_view key, std::string_view default_value) {
  return read_text(key, default_value, true);
}

std::string Reader::choice(std::string_view key, std::string_view default_value,
                           std::initializer_list<std::string_view> allowed) {
  std::string result = read_text(key, default_value, false);
  const Value* value = find(key);
  if (value == nullptr || std::ranges::find(allowed, result) != allowed.end()) return result;
  const std::vector<std::string> words{allowed.begin(), allowed.end()};
  std::string expected = "one of ";
  for (const std::string& word : words) {
    if (&word != &words.front()) expected += ", ";
    expected += in_quotes(word);
  }
  mismatch(key, *value, expected + did_you_mean(result, words));
  return std::string{default_value};
}

std::int64_t Reader::integer(std::string_view key, std::int64_t default_value, IntegerRange range) {
  const Value* value = find(key);
  std::int64_t result = default_value;
  if (value != nullptr) {
    std::optional<std::int64_t> found;
    if (const auto* plain = std::get_if<std::int64_t>(&value->scalar)) found = *plain;
    if (value->untyped) found = parse_whole<std::int64_t>(std::get<std::string>(value->scalar));
    if (found && *found >= range.min && *found <= range.max) {
      result = *found;
    } else {
      mismatch(key, *value, "an integer" + describe(range));
    }
  }
  remember(key, std::to_string(result), value);
  return result;
}

double Reader::number(std::string_view key, double default_value, NumberRange range) {
  const Value* value = find(key);
  double result = default_value;
  if (value != nullptr) {
    std::optional<double> found;
    if (const auto* plain = std::get_if<double>(&value->scalar)) found = *plain;
    if (const auto* whole = std::get_if<std::int64_t>(&value->scalar)) {
      found = static_cast<double>(*whole);
    }
    if (value->untyped) found = parse_whole<double>(std::get<std::string>(value->scalar));
    if (found && std::isfinite(*found) && *found >= range.min && *found <= range.max) {
      result = *found;
    } else {
      mismatch(key, *value,
               "a number from " + number_text(range.min) + " to " + number_text(range.max));
    }
  }
  remember(key, number_text(result), value);
  return result;
}

bool Reader::boolean(std::string_view key, bool default_value) {
  const Value* value = find(key);
  bool result = default_value;
  if (value != nullptr) {
    const auto* plain = std::get_if<bool>(&value->scalar);
    const auto* text = value->untyped ? std::get_if<std::string>(&value->scalar) : nullptr;
    if (plain != nullptr) {
      result = *plain;
    } else if (text != nullptr && (*text == "true" || *text == "false")) {
      result = *text == "true";
    } else {
      mismatch(key, *value, "true or false");
    }
  }
  remember(key, result ? "true" : "false", value);
  return result;
}

std::chrono::milliseconds Reader::duration(std::string_view key,
                                           std::chrono::milliseconds default_value,
                                           DurationRange range) {
  const Value* value = find(key);
  std::chrono::milliseconds result = default_value;
  if (value != nullptr) {
    const auto* text = std::get_if<std::string>(&value->scalar);
    const auto found = parse_duration(text != nullptr ? *text : std::string{});
    if (found.has_value() && *found >= range.min && *found <= range.max) {
      result = *found;
    } else {
      mismatch(key, *value,
               "a duration such as \"30s\", \"5m\" or \"250ms\", from " +
                   format_duration(range.min) + " to " + format_duration(range.max));
    }
  }
  remember(key, in_quotes(format_duration(result)), value);
  return result;
}

std::filesystem::path Reader::path(std::string_view key, std::string_view default_value) {
  const Value* value = find(key);
  const auto* text = value != nullptr ? std::get_if<std::string>(&value->scalar) : nullptr;
  if (value != nullptr && text == nullptr) mismatch(key, *value, "a path in quotes");
  const std::filesystem::path written{text != nullptr ? std::string_view{*text} : default_value};
  const auto& base = text != nullptr ? value->directory : directory_;
  const auto result = written.empty() ? written : (base / written).lexically_normal();
  remember(key, in_quotes(result.string()), value);
  return result;
}

std::vector<std::string> Reader::list(std::string_view key,
                                      std::vector<std::string> default_value) {
  const Value* value = find(key);
  std::vector<std::string> result = std::move(default_value);
  if (value != nullptr) {
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value->scalar)) {
      result = *texts;
    } else if (value->untyped) {
      result = split_list(std::get<std::string>(value->scalar));
    } else {
      mismatch(key, *value, "a list of texts such as [\"a\", \"b\"]");
    }
  }
  remember(key, list_text(result), value);
  return result;
}

bool Reader::has(std::string_view key) const {
  if (values_.contains(key)) return true;
  return std::ranges::any_of(values_,
                             [&](const auto& entry) { return is_member(entry.first, key); });
}

std::size_t Reader::table_count(std::string_view key) {
  asked_.emplace(key);
  const auto value = values_.find(key);
  if (value != values_.end()) {
    const auto* texts = std::get_if<std::vector<std::string>>(&value->second.scalar);
    if (texts == nullptr || !texts->empty()) {
      mismatch(key, value->second, "an array of tables: [[" + std::string{key} + "]]");
    }
    return 0;
  }
  const auto found = table_counts_.find(key);
  return found == table_counts_.end() ? 0 : found->second;
}

std::vector<std::string> Reader::member_names(std::string_view table) const {
  std::vector<std::string> names;
  for (const auto& entry : values_) {
    if (!is_member(entry.first, table) || entry.first[table.size()] != '.') continue;
    std::string name = front_name(std::string_view{entry.first}.substr(table.size() + 1));
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

Result<void> Reader::finish() const {
  std::vector<std::string> problems = problems_;
  const std::vector<std::string> known{asked_.begin(), asked_.end()};
  for (const auto& [key, value] : values_) {
    if (asked_.contains(key)) continue;
    problems.push_back(value.origin + ": unknown key \"" + key + "\"" + did_you_mean(key, known));
  }
  for (const auto& [table, origin] : tables_) {
    const auto inside = [&, name = std::string_view{table}](const std::string& key) {
      return key == name || is_member(key, name) || name.starts_with(key + "[");
    };
    if (std::ranges::any_of(known, inside) || has(table)) continue;
    problems.push_back(origin + ": unknown section [" + table + "]");
  }
  if (problems.empty()) return {};
  if (problems.size() == 1) return Error{BaseErrc::invalid_config, problems.front()};
  std::string detail = std::to_string(problems.size()) + " problems";
  for (const std::string& one : problems) detail += "\n  " + one;
  return Error{BaseErrc::invalid_config, std::move(detail)};
}

std::vector<EffectiveValue> Reader::effective() const {
  std::vector<EffectiveValue> values;
  for (const auto& entry : effective_) values.push_back(entry.second);
  return values;
}

std::string Reader::describe(IntegerRange range) {
  const bool low = range.min != std::numeric_limits<std::int64_t>::min();
  const bool high = range.max != std::numeric_limits<std::int64_t>::max();
  if (low && high) return " from " + std::to_string(range.min) + " to " + std::to_string(range.max);
  if (low) return " of at least " + std::to_string(range.min);
  if (high) return " of at most " + std::to_string(range.max);
  return {};
}

}  // namespace guildsum::config
