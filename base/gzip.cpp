#include "base/gzip.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <zlib.h>

#include "base/assert.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"

namespace guildsum {
namespace {

/// zlib: 15 bits of window, plus 16 for the gzip wrapper.
constexpr int kGzipWindowBits = 15 + 16;
/// zlib counts in unsigned int.
constexpr std::size_t kPieceBytes = std::size_t{1} << 30;

struct Deflater {
  z_stream stream{};
  explicit Deflater(int level) {
    GS_ASSERT(deflateInit2(&stream, level, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) ==
              Z_OK);
  }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream); }
};

/// Gives the stream its next piece of input where it has none.
void feed(z_stream& stream, ByteView& rest) {
  if (stream.avail_in > 0 || rest.empty()) return;
  const std::size_t count = std::min(rest.size(), kPieceBytes);
  // zlib's interface lacks the const; it does not write through next_in.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(rest.data()));
  stream.avail_in = static_cast<uInt>(count);
  rest = rest.subspan(count);
}

}  // namespace

bool is_gzip(ByteView bytes) noexcept {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1f} && bytes[1] == std::byte{0x8b};
}

struct Gunzip::Inflater {
  z_stream stream{};
  bool between_members = false;
  std::array<char, 65536> out{};

  Inflater() { GS_ASSERT(inflateInit2(&stream, kGzipWindowBits) == Z_OK); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
};

Gunzip::Gunzip() : inflater_{std::make_unique<Inflater>()} {}
Gunzip::Gunzip(Gunzip&&) noexcept = default;
Gunzip& Gunzip::operator=(Gunzip&&) noexcept = default;
Gunzip::~Gunzip() = default;

Result<> Gunzip::feed(ByteView piece, const OnText& on_text) {
  z_stream& stream = inflater_->stream;
  ByteView rest = piece;
  bool more = !rest.empty();
  while (more) {
    // Concatenated members are one text; anything else behind a member fails as a bad header.
    if (inflater_->between_members) GS_ASSERT(inflateReset(&stream) == Z_OK);
    inflater_->between_members = false;
    guildsum::feed(stream, rest);
    auto& out = inflater_->out;
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    const bool input_left = stream.avail_in > 0 || !rest.empty();
    // No progress for want of input is no damage.
    const bool starved = code == Z_BUF_ERROR && !input_left;
    if (code != Z_OK && code != Z_STREAM_END && !starved) {
      return Error{BaseErrc::corrupt, "damaged gzip stream"};
    }
    inflater_->between_members = code == Z_STREAM_END;
    const std::size_t count = out.size() - stream.avail_out;
    if (count > 0) GS_CHECK(on_text(std::string_view{out.data(), count}));
    // A full buffer may leave text behind that needs no further input.
    more = input_left || (code == Z_OK && stream.avail_out == 0);
  }
  return {};
}

Result<> Gunzip::finish() const {
  if (inflater_->between_members) return {};
  return Error{BaseErrc::corrupt, "gzip stream is cut off"};
}

Result<std::string> gunzip(ByteView compressed, std::size_t limit_bytes) {
  if (!is_gzip(compressed)) return Error{BaseErrc::corrupt, "not a gzip stream"};
  std::string text;
  const auto keep = [&](std::string_view piece) -> Result<> {
    if (piece.size() > limit_bytes - text.size()) {
      return Error{BaseErrc::too_large,
                   "decompresses to more than " + std::to_string(limit_bytes) + " bytes"};
    }
    text.append(piece);
    return {};
  };
  Gunzip stream;
  GS_CHECK(stream.feed(compressed, keep));
  GS_CHECK(stream.finish());
  return text;
}

Bytes gzip(ByteView plain, int level) {
  Deflater deflater{level};
  z_stream& stream = deflater.stream;
  Bytes compressed;
  std::array<std::byte, 65536> piece;
  ByteView rest = plain;
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    feed(stream, rest);
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = deflate(&stream, rest.empty() ? Z_FINISH : Z_NO_FLUSH);
    GS_ASSERT(code == Z_OK || code == Z_STREAM_END);
    append(compressed, ByteView{piece}.first(piece.size() - stream.avail_out));
  }
  return compressed;
}

Result<std::string> read_plain_or_gzip(const std::filesystem::path& path, std::size_t limit_bytes) {
  // What does not compress grows a little: room for the wrapper and for deflate's stored blocks.
  const std::size_t packed_limit = limit_bytes + limit_bytes / 1000 + 64;
  GS_TRY(const Bytes content, read_file(path, packed_limit));
  if (!is_gzip(content) && content.size() > limit_bytes) {
    return Error{BaseErrc::too_large,
                 path.string() + " has more than " + std::to_string(limit_bytes) + " bytes"};
  }
  if (!is_gzip(content)) return std::string{as_text(content)};
  auto text = gunzip(content, limit_bytes);
  if (text.has_error()) return text.error().with_context(path.string());
  return text;
}

}  // namespace guildsum
