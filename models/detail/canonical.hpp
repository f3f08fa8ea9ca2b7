#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {

/// Appends little-endian values; equal values give equal bytes on every machine.
class CanonicalWriter {
 public:
  template <class Unsigned>
  void integer(Unsigned value) {
    std::array<std::byte, sizeof(Unsigned)> raw;
    store_le(value, raw);
    append(bytes_, raw);
  }
  void real(double value) { integer(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    integer(static_cast<std::uint32_t>(value.size()));
    append(bytes_, as_bytes(value));
  }
  /// Four characters that name the format, then its version.
  void header(std::string_view magic, std::uint16_t version) {
    append(bytes_, as_bytes(magic));
    integer(version);
  }
  template <class Value>
  void array(std::span<const Value> values) {
    bytes_.reserve(bytes_.size() + values.size_bytes());
    for (const Value value : values) {
      if constexpr (sizeof(Value) == 4) {
        integer(std::bit_cast<std::uint32_t>(value));
      } else {
        integer(std::bit_cast<std::uint64_t>(value));
      }
    }
  }
  [[nodiscard]] Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads what `CanonicalWriter` wrote. The first failure sticks; ask `finish` once at the end.
/// Nothing is allocated before the bytes for it are known to be there.
class CanonicalReader {
 public:
  explicit CanonicalReader(ByteView bytes) : rest_{bytes} {}

  template <class Unsigned>
  Unsigned integer() {
    const auto raw = take(sizeof(Unsigned));
    return raw.empty() ? Unsigned{} : load_le<Unsigned>(raw);
  }
  double real() { return std::bit_cast<double>(integer<std::uint64_t>()); }
  std::string text(std::size_t limit_bytes) {
    const auto length = integer<std::uint32_t>();
    if (length > limit_bytes) failed_ = true;
    return std::string{as_text(take(failed_ ? 0 : length))};
  }
  void header(std::string_view magic, std::uint16_t version) {
    if (as_text(take(magic.size())) != magic || integer<std::uint16_t>() != version) failed_ = true;
  }
  template <class Value>
  std::vector<Value> array(std::uint64_t length) {
    if (length > rest_.size() / sizeof(Value)) failed_ = true;
    std::vector<Value> values(failed_ ? 0 : length);
    for (auto& value : values) {
      if constexpr (sizeof(Value) == 4) {
        value = std::bit_cast<Value>(integer<std::uint32_t>());
      } else {
        value = std::bit_cast<Value>(integer<std::uint64_t>());
      }
    }
    return values;
  }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// ModelsErrc::malformed if anything failed or bytes are left over.
  [[nodiscard]] Result<> finish(std::string_view what) const {
    if (!failed_ && rest_.empty()) return {};
    return Error{ModelsErrc::malformed, std::string{what}};
  }

 private:
  ByteView take(std::size_t length) {
    if (failed_ || length > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = rest_.first(length);
    rest_ = rest_.subspan(length);
    return taken;
  }

  ByteView rest_;
  bool failed_ = false;
};

}  // namespace guildsum::models::detail
