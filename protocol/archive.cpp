#include "protocol/archive.hpp"

#include <algorithm>

#include "protocol/limits.hpp"

namespace guildsum::protocol {
namespace {

bool is_name_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/// Bytes of the UTF-8 sequence at the front of `text`, 0 if it is none (RFC 3629: shortest form, no
/// surrogates, at most U+10FFFF) or NUL.
std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows_in = [&](std::size_t i, unsigned low, unsigned high) {
    return at(i) >= low && at(i) <= high;
  };
  const unsigned lead = at(0);
  if (lead < 0x80) return lead == 0 ? 0 : 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows_in(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return follows_in(1, low, high) && follows_in(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return follows_in(1, low, high) && follows_in(2, 0x80, 0xBF) && follows_in(3, 0x80, 0xBF) ? 4
                                                                                              : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t size = utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace

void BoundedIn::fail(ProtocolErrc code, std::string detail) {
  if (failed()) return;
  error_ = Error{code, std::move(detail)};
  rest_ = {};
}

ByteView BoundedIn::take(std::size_t size) {
  if (size > rest_.size()) {
    fail(ProtocolErrc::malformed, "the message ends inside a field");
    return {};
  }
  const ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

void BoundedIn::raw(MutableByteView out) {
  const ByteView taken = take(out.size());
  std::ranges::fill(out, std::byte{0});
  std::ranges::copy(taken, out.begin());
}

std::size_t BoundedIn::count(std::size_t max, std::size_t wire_bytes, std::size_t memory_bytes) {
  const std::size_t count = integer<std::uint32_t>();
  if (failed()) return 0;
  if (count > max) {
    fail(ProtocolErrc::too_large,
         std::to_string(count) + " elements where " + std::to_string(max) + " are allowed");
    return 0;
  }
  if (count > rest_.size() / std::max<std::size_t>(wire_bytes, 1)) {
    fail(ProtocolErrc::malformed, "a count exceeds the bytes that follow");
    return 0;
  }
  if (memory_bytes > 0 && count > budget_bytes_ / memory_bytes) {
    fail(ProtocolErrc::too_large, "the message would need more memory than its size justifies");
    return 0;
  }
  budget_bytes_ -= count * memory_bytes;
  return count;
}

Result<> BoundedIn::finish() {
  if (failed()) return error_;
  if (!rest_.empty()) {
    return Error{ProtocolErrc::trailing_bytes, std::to_string(rest_.size()) + " bytes"};
  }
  return {};
}

bool follows(TextRule rule, std::string_view text) noexcept {
  switch (rule) {
    case TextRule::utf8:
      return is_utf8(text);
    case TextRule::name:
      return !text.empty() && std::ranges::all_of(text, is_name_character);
    case TextRule::dotted_name:
      return !text.empty() &&
             std::ranges::all_of(text, [](char c) { return c == '.' || is_name_character(c); });
    case TextRule::ascii:
      return std::ranges::all_of(text, [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); });
  }
  return false;
}

TextField name(std::string& text) { return {text, kNameBytesMax, TextRule::name}; }
TextField dotted_name(std::string& text) { return {text, kNameBytesMax, TextRule::dotted_name}; }

void load(BoundedIn& in, bool& value) {
  const auto byte = in.integer<std::uint8_t>();
  if (byte > 1) in.fail(ProtocolErrc::malformed, "a truth value is neither 0 nor 1");
  value = byte == 1;
}

void save(CanonicalOut& out, const BlobField& field) {
  out.count(field.bytes.size(), field.max);
  out.raw(field.bytes);
}
void load(BoundedIn& in, BlobField& field) {
  const ByteView taken = in.take(in.count(field.max, 1, 1));
  field.bytes.assign(taken.begin(), taken.end());
}

void save(CanonicalOut& out, const TextField& field) {
  out.count(field.text.size(), field.max);
  out.raw(as_bytes(field.text));
}
void load(BoundedIn& in, TextField& field) {
  const std::string_view text = as_text(in.take(in.count(field.max, 1, 1)));
  field.text.clear();
  if (in.failed()) return;
  if (!follows(field.rule, text)) {
    in.fail(ProtocolErrc::malformed, "a text has characters that it may not have");
    return;
  }
  field.text = text;
}

void save(CanonicalOut& out, const MillisecondsField& field) {
  GS_ASSERT(field.value.count() >= 0 && field.value.count() <= field.max);
  out.integer(static_cast<std::int64_t>(field.value.count()));
}
void load(BoundedIn& in, MillisecondsField& field) {
  const auto value = in.integer<std::int64_t>();
  if (value < 0 || value > field.max)
    in.fail(ProtocolErrc::malformed, "a duration is out of range");
  field.value = std::chrono::milliseconds{in.failed() ? 0 : value};
}

}  // namespace guildsum::protocol
