#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace guildsum {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;
using MutableByteView = std::span<std::byte>;

/// Views the characters of `text` as bytes; no copy, no terminating zero.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span{text.data(), text.size()});
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes to_bytes(std::string_view text) {
  const auto view = as_bytes(text);
  return {view.begin(), view.end()};
}
inline void append(Bytes& out, ByteView in) { out.insert(out.end(), in.begin(), in.end()); }

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(ByteView bytes);
/// Accepts both cases; BaseErrc::malformed on an odd length or a character outside [0-9a-fA-F].
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);
/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string to_base64url(ByteView bytes);
/// BaseErrc::malformed on padding, other characters or non-zero trailing bits (one text per value).
[[nodiscard]] Result<Bytes> from_base64url(std::string_view text);

/// Little-endian unsigned integers, the byte order of every format of the project.
template <class Unsigned>
void store_le(Unsigned value, MutableByteView out) noexcept {
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    out[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}
template <class Unsigned>
[[nodiscard]] Unsigned load_le(ByteView in) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value |= std::to_integer<std::uint64_t>(in[i]) << (8 * i);
  }
  return static_cast<Unsigned>(value);
}

/// A public value of exactly N bytes with a meaning of its own: `struct RosterHeadTag; using ... =
/// FixedBytes<RosterHeadTag, 32>`. Ordered and hashable by content; not for secrets (see
/// `base/secret.hpp`).
template <class Tag, std::size_t N>
class FixedBytes {
 public:
  static constexpr std::size_t kSize = N;
  FixedBytes() = default;
  explicit FixedBytes(std::span<const std::byte, N> in) noexcept {
    std::memcpy(bytes_.data(), in.data(), N);
  }
  /// BaseErrc::malformed unless `in` has exactly N bytes.
  [[nodiscard]] static Result<FixedBytes> parse(ByteView in);
  [[nodiscard]] static Result<FixedBytes> from_hex(std::string_view text);
  [[nodiscard]] std::span<const std::byte, N> view() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::byte, N> mutable_view() noexcept { return bytes_; }
  [[nodiscard]] std::string hex() const { return to_hex(bytes_); }
  [[nodiscard]] bool is_zero() const noexcept { return bytes_ == std::array<std::byte, N>{}; }
  friend bool operator==(const FixedBytes&, const FixedBytes&) = default;
  friend auto operator<=>(const FixedBytes& a, const FixedBytes& b) noexcept {
    return std::memcmp(a.bytes_.data(), b.bytes_.data(), N) <=> 0;
  }

 private:
  std::array<std::byte, N> bytes_{};
};

template <class Tag, std::size_t N>
struct FixedBytesHash {
  std::size_t operator()(const FixedBytes<Tag, N>& value) const noexcept {
    return load_le<std::size_t>(value.view().template first<sizeof(std::size_t)>());
  }
};

}  // namespace guildsum

#include "base/detail/fixed_bytes.ipp"
