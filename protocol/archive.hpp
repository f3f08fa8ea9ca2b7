#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <cereal/cereal.hpp>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/strong_id.hpp"
#include "protocol/errors.hpp"

/// Canonical archives: the only door between bytes from outside and typed values.
///
/// Include this from `.cpp` files only: it brings cereal. A type becomes readable and writable by
/// one function `template <class A> void serialize(A& archive, T& value)` beside it, which lists
/// its fields: integers, bool, StrongId, FixedBytes, byte arrays and milliseconds directly;
/// everything of variable size through `sequence`, `blob`, `text` or `name`, enumerators through
/// `one_of`. Each states its limit. There is no overload for bare containers, floating point
/// numbers or pointers.
///
/// Encoding: integers little-endian of their own width; bool one byte 0 or 1; counts u32; no
/// padding, no tags, no class versions. Equal values have equal bytes and no other bytes decode to
/// them.
namespace guildsum::protocol {

/// Writes. The values must be within their limits: a larger one is a bug of this program.
class CanonicalOut : public cereal::OutputArchive<CanonicalOut> {
 public:
  explicit CanonicalOut(Bytes& out) : cereal::OutputArchive<CanonicalOut>(this), out_{out} {}
  void raw(ByteView bytes) { append(out_, bytes); }
  template <std::integral Integer>
  void integer(Integer value) {
    std::array<std::byte, sizeof(Integer)> bytes;
    store_le(static_cast<std::make_unsigned_t<Integer>>(value), bytes);
    raw(bytes);
  }
  void count(std::size_t value, std::size_t max) {
    GS_ASSERT(value <= max);
    integer(static_cast<std::uint32_t>(value));
  }

 private:
  Bytes& out_;
};

/// Reads from a span, never beyond it. The first failure sticks: later reads give zeros and empty
/// containers, and `finish` reports it. Before a container grows, its count is held against its
/// limit, against the bytes that remain, and its memory against a budget of twice the input plus 64
/// KiB.
class BoundedIn : public cereal::InputArchive<BoundedIn> {
 public:
  explicit BoundedIn(ByteView input)
      : cereal::InputArchive<BoundedIn>(this),
        rest_{input},
        budget_bytes_{2 * input.size() + kBudgetBase} {}

  [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }
  [[nodiscard]] bool failed() const noexcept { return error_.code().failed(); }
  void fail(ProtocolErrc code, std::string detail);

  /// The next bytes; empty after a failure or if there are fewer.
  [[nodiscard]] ByteView take(std::size_t size);
  /// Fills `out`, with zeros after a failure.
  void raw(MutableByteView out);
  template <std::integral Integer>
  [[nodiscard]] Integer integer() {
    std::array<std::byte, sizeof(Integer)> bytes;
    raw(bytes);
    return static_cast<Integer>(load_le<std::make_unsigned_t<Integer>>(bytes));
  }
  /// A count of elements that take at least `wire_bytes` each in the input (0 is taken for 1) and
  /// `memory_bytes` each once read; 0 after a failure.
  [[nodiscard]] std::size_t count(std::size_t max, std::size_t wire_bytes,
                                  std::size_t memory_bytes);
  /// Success if nothing failed and nothing remains.
  [[nodiscard]] Result<> finish();

 private:
  static constexpr std::size_t kBudgetBase = 64U << 10;
  ByteView rest_;
  std::size_t budget_bytes_;
  Error error_;
};

/// What may be a field or a message: a plain value type.
template <class T>
concept WireValue = !std::is_pointer_v<T> && !std::is_polymorphic_v<T> &&
                    !std::is_floating_point_v<T> && std::is_object_v<T>;

// Fields with a limit of their own.

template <class T>
struct SequenceField {
  std::vector<T>& values;
  std::size_t max;
};
/// A vector: u32 count, then the elements.
template <WireValue T>
[[nodiscard]] SequenceField<T> sequence(std::vector<T>& values, std::size_t max) {
  return {values, max};
}
struct BlobField {
  Bytes& bytes;
  std::size_t max;
};
/// Bytes: u32 length, then the bytes.
[[nodiscard]] inline BlobField blob(Bytes& bytes, std::size_t max) { return {bytes, max}; }

enum class TextRule { utf8, name, dotted_name, ascii };
struct TextField {
  std::string& text;
  std::size_t max;
  TextRule rule;
};
/// UTF-8 (well formed, no NUL): u32 length, then the bytes.
[[nodiscard]] inline TextField utf8(std::string& text, std::size_t max) {
  return {text, max, TextRule::utf8};
}
/// Printable ASCII and line feeds.
[[nodiscard]] inline TextField ascii(std::string& text, std::size_t max) {
  return {text, max, TextRule::ascii};
}
/// 1 to kNameBytesMax bytes of [a-z0-9-].
[[nodiscard]] TextField name(std::string& text);
/// The same with dots: "ials.gradient".
[[nodiscard]] TextField dotted_name(std::string& text);
/// Whether `text` follows `rule`, whatever its length.
[[nodiscard]] bool follows(TextRule rule, std::string_view text) noexcept;

template <class Enum>
struct EnumField {
  Enum& value;
  Enum first;
  Enum last;
};
/// An enumerator, by its underlying integer; enumerators must be contiguous from `first` to `last`.
template <class Enum>
  requires std::is_enum_v<Enum>
[[nodiscard]] EnumField<Enum> one_of(Enum& value, Enum first, Enum last) {
  return {value, first, last};
}
struct MillisecondsField {
  std::chrono::milliseconds& value;
  std::int64_t max;
};
/// i64 milliseconds from 0 to `max`.
[[nodiscard]] inline MillisecondsField duration(std::chrono::milliseconds& value,
                                                std::int64_t max) {
  return {value, max};
}

// How each kind of field is written and read. cereal finds these by argument-dependent lookup.

template <class Integer>
concept WireInteger = std::integral<Integer> && !std::same_as<Integer, bool> &&
                      !std::same_as<Integer, char> && !std::same_as<Integer, wchar_t>;

template <WireInteger Integer>
void save(CanonicalOut& out, const Integer& value) {
  out.integer(value);
}
template <WireInteger Integer>
void load(BoundedIn& in, Integer& value) {
  value = in.integer<Integer>();
}
// A template, because numbers and pointers convert to bool.
template <std::same_as<bool> Bool>
void save(CanonicalOut& out, const Bool& value) {
  out.integer(static_cast<std::uint8_t>(value));
}
void load(BoundedIn& in, bool& value);

template <class Tag, class Integer>
void save(CanonicalOut& out, const StrongId<Tag, Integer>& id) {
  out.integer(id.value());
}
template <class Tag, class Integer>
void load(BoundedIn& in, StrongId<Tag, Integer>& id) {
  id = StrongId<Tag, Integer>{in.integer<Integer>()};
}
template <class Tag, std::size_t N>
void save(CanonicalOut& out, const FixedBytes<Tag, N>& bytes) {
  out.raw(bytes.view());
}
template <class Tag, std::size_t N>
void load(BoundedIn& in, FixedBytes<Tag, N>& bytes) {
  in.raw(bytes.mutable_view());
}
template <std::size_t N>
void save(CanonicalOut& out, const std::array<std::byte, N>& bytes) {
  out.raw(bytes);
}
template <std::size_t N>
void load(BoundedIn& in, std::array<std::byte, N>& bytes) {
  in.raw(bytes);
}

void save(CanonicalOut& out, const BlobField& field);
void load(BoundedIn& in, BlobField& field);
void save(CanonicalOut& out, const TextField& field);
void load(BoundedIn& in, TextField& field);
void save(CanonicalOut& out, const MillisecondsField& field);
void load(BoundedIn& in, MillisecondsField& field);

template <class Enum>
void save(CanonicalOut& out, const EnumField<Enum>& field) {
  GS_ASSERT(field.value >= field.first && field.value <= field.last);
  out.integer(static_cast<std::underlying_type_t<Enum>>(field.value));
}
template <class Enum>
void load(BoundedIn& in, EnumField<Enum>& field) {
  const auto value = in.integer<std::underlying_type_t<Enum>>();
  field.value = field.first;
  if (in.failed()) return;
  if (value < static_cast<std::underlying_type_t<Enum>>(field.first) ||
      value > static_cast<std::underlying_type_t<Enum>>(field.last)) {
    in.fail(ProtocolErrc::malformed, "unknown enumerator");
    return;
  }
  field.value = static_cast<Enum>(value);
}

/// The fewest bytes that any value of T takes: those of a default one, whose containers are empty.
template <WireValue T>
[[nodiscard]] std::size_t min_wire_bytes() {
  static const std::size_t size = [] {
    Bytes bytes;
    CanonicalOut out{bytes};
    out(T{});
    return bytes.size();
  }();
  return size;
}

template <class T>
void save(CanonicalOut& out, const SequenceField<T>& field) {
  out.count(field.values.size(), field.max);
  for (const T& value : field.values) out(value);
}
template <class T>
void load(BoundedIn& in, SequenceField<T>& field) {
  field.values.clear();
  const std::size_t count = in.count(field.max, min_wire_bytes<T>(), sizeof(T));
  field.values.reserve(count);
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    T value{};
    in(value);
    field.values.push_back(std::move(value));
  }
}

/// The canonical bytes of one value.
template <WireValue T>
[[nodiscard]] Bytes to_canonical(const T& value) {
  Bytes bytes;
  CanonicalOut out{bytes};
  out(value);
  return bytes;
}
/// Reads exactly one value. `T` must be default constructible.
template <WireValue T>
[[nodiscard]] Result<T> from_canonical(ByteView bytes) {
  BoundedIn in{bytes};
  T value{};
  in(value);
  GS_CHECK(in.finish());
  return value;
}

}  // namespace guildsum::protocol

CEREAL_SETUP_ARCHIVE_TRAITS(guildsum::protocol::BoundedIn, guildsum::protocol::CanonicalOut)
