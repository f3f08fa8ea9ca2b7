#include "base/json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "base/errors.hpp"

namespace guildsum::json {
namespace {

namespace bj = boost::json;

/// Refuses repeated keys, which the document parser would resolve silently in favour of the last.
/// A handler of Boost.JSON's event parser: the names are its interface.
class DuplicateKeyHandler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
  using Code = bj::error_code;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) {
    keys_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Code&) {
    keys_.pop_back();
    return true;
  }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(bj::string_view part, std::size_t, Code&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, Code& code) {
    key_.append(part.data(), part.size());
    if (!keys_.back().insert(key_).second) {
      duplicate_ = key_;
      code = make_error_code(BaseErrc::malformed);
      return false;
    }
    key_.clear();
    return true;
  }
  bool on_string_part(bj::string_view, std::size_t, Code&) { return true; }
  bool on_string(bj::string_view, std::size_t, Code&) { return true; }
  bool on_number_part(bj::string_view, Code&) { return true; }
  bool on_int64(std::int64_t, bj::string_view, Code&) { return true; }
  bool on_uint64(std::uint64_t, bj::string_view, Code&) { return true; }
  bool on_double(double, bj::string_view, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(bj::string_view, Code&) { return true; }
  bool on_comment(bj::string_view, Code&) { return true; }

  [[nodiscard]] const std::string& duplicate() const noexcept { return duplicate_; }

 private:
  std::vector<std::unordered_set<std::string>> keys_;
  std::string key_;
  std::string duplicate_;
};

bj::parse_options options_for(const Limits& limits) {
  bj::parse_options options;
  options.max_depth = limits.depth;
  return options;
}

Result<void> check_duplicates(std::string_view text, const Limits& limits) {
  bj::basic_parser<DuplicateKeyHandler> parser{options_for(limits)};
  bj::error_code code;
  parser.write_some(false, text.data(), text.size(), code);
  if (!parser.handler().duplicate().empty() || code == make_error_code(BaseErrc::malformed)) {
    return Error{BaseErrc::malformed,
                 "key \"" + parser.handler().duplicate() + "\" is given twice"};
  }
  return {};
}

Error wrong(std::string_view key, std::string_view expected) {
  return {BaseErrc::malformed, "\"" + std::string{key} + "\" must be " + std::string{expected}};
}

Result<const bj::value*> member(const bj::object& object, std::string_view key) {
  const bj::value* value = object.if_contains(key);
  if (value == nullptr)
    return Error{BaseErrc::malformed, "\"" + std::string{key} + "\" is missing"};
  return value;
}

void write_pretty(const bj::value& value, std::size_t indent, std::string& out);

template <class Members, class WriteMember>
void write_block(char open, char close, const Members& members, std::size_t indent,
                 std::string& out, const WriteMember& write_member) {
  out += open;
  bool first = true;
  for (const auto& one : members) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(indent + 2, ' ');
    write_member(one);
  }
  if (!first) {
    out += '\n';
    out.append(indent, ' ');
  }
  out += close;
}

void write_pretty(const bj::value& value, std::size_t indent, std::string& out) {
  if (const auto* object = value.if_object()) {
    write_block('{', '}', *object, indent, out, [&](const bj::key_value_pair& one) {
      out += bj::serialize(one.key());
      out += ": ";
      write_pretty(one.value(), indent + 2, out);
    });
    return;
  }
  if (const auto* array = value.if_array()) {
    write_block('[', ']', *array, indent, out,
                [&](const bj::value& one) { write_pretty(one, indent + 2, out); });
    return;
  }
  out += compact(value);
}

}  // namespace

Result<bj::value> parse(std::string_view text, Limits limits) {
  Fault ignored{};
  return parse(text, limits, ignored);
}

Result<bj::value> parse(std::string_view text, Limits limits, Fault& fault) {
  fault = Fault::too_large;
  if (text.size() > limits.size_bytes) {
    return Error{BaseErrc::too_large,
                 "JSON of more than " + std::to_string(limits.size_bytes) + " bytes"};
  }
  fault = Fault::not_json;
  try {
    bj::error_code code;
    bj::value value = bj::parse(text, code, {}, options_for(limits));
    if (code == bj::error::too_deep) fault = Fault::too_deep;
    if (code.failed()) return Error{BaseErrc::malformed, "not valid JSON: " + code.message()};
    fault = Fault::duplicate_key;
    GS_CHECK(check_duplicates(text, limits));
    return value;
  } catch (const std::exception& failure) {
    return Error{BaseErrc::malformed, std::string{"not valid JSON: "} + failure.what()};
  }
}

Result<bj::object> parse_object(std::string_view text, Limits limits) {
  GS_TRY(bj::value value, parse(text, limits));
  if (!value.is_object()) return Error{BaseErrc::malformed, "expected a JSON object"};
  return std::move(value.get_object());
}

Result<std::int64_t> integer(const bj::object& object, std::string_view key, std::int64_t min,
                             std::int64_t max) {
  GS_TRY(const bj::value* value, member(object, key));
  const std::int64_t* number = value->if_int64();
  if (number == nullptr || *number < min || *number > max) {
    return wrong(key, "an integer from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return *number;
}

Result<std::uint64_t> unsigned_integer(const bj::object& object, std::string_view key,
                                       std::uint64_t max) {
  GS_TRY(const bj::value* value, member(object, key));
  std::uint64_t number = 0;
  bool found = false;
  if (const auto* plain = value->if_uint64()) {
    number = *plain;
    found = true;
  } else if (const auto* with_sign = value->if_int64(); with_sign != nullptr && *with_sign >= 0) {
    number = static_cast<std::uint64_t>(*with_sign);
    found = true;
  }
  if (!found || number > max) return wrong(key, "an integer from 0 to " + std::to_string(max));
  return number;
}

Result<double> number(const bj::object& object, std::string_view key) {
  GS_TRY(const bj::value* value, member(object, key));
  if (const auto* plain = value->if_double(); plain != nullptr && std::isfinite(*plain)) {
    return *plain;
  }
  if (const auto* whole = value->if_int64()) return static_cast<double>(*whole);
  if (const auto* whole = value->if_uint64()) return static_cast<double>(*whole);
  return wrong(key, "a finite number");
}

Result<bool> boolean(const bj::object& object, std::string_view key) {
  GS_TRY(const bj::value* value, member(object, key));
  if (!value->is_bool()) return wrong(key, "true or false");
  return value->get_bool();
}

Result<std::string> text(const bj::object& object, std::string_view key, std::size_t limit_bytes) {
  GS_TRY(const bj::value* value, member(object, key));
  const bj::string* string = value->if_string();
  if (string == nullptr) return wrong(key, "a string");
  if (string->size() > limit_bytes) {
    return wrong(key, "a string of at most " + std::to_string(limit_bytes) + " bytes");
  }
  return std::string{string->data(), string->size()};
}

Result<const bj::object*> object_at(const bj::object& object, std::string_view key) {
  GS_TRY(const bj::value* value, member(object, key));
  if (!value->is_object()) return wrong(key, "an object");
  return &value->get_object();
}

Result<const bj::array*> array_at(const bj::object& object, std::string_view key) {
  GS_TRY(const bj::value* value, member(object, key));
  if (!value->is_array()) return wrong(key, "an array");
  return &value->get_array();
}

bool has(const bj::object& object, std::string_view key) noexcept {
  const bj::value* value = object.if_contains(key);
  return value != nullptr && !value->is_null();
}

std::string pretty(const bj::value& value) {
  std::string out;
  write_pretty(value, 0, out);
  return out;
}

std::string compact(const bj::value& value) { return bj::serialize(value); }

}  // namespace guildsum::json
