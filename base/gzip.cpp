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

struct Inflater {
  z_stream stream{};
  Inflater() { GS_ASSERT(inflateInit2(&stream, kGzipWindowBits) == Z_OK); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
};

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

Result<std::string> gunzip(ByteView compressed, std::size_t limit_bytes) {
  if (!is_gzip(compressed)) return Error{BaseErrc::corrupt, "not a gzip stream"};
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string text;
  std::array<char, 65536> piece;
  ByteView rest = compressed;
  while (true) {
    feed(stream, rest);
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    const int code = inflate(&stream, Z_NO_FLUSH);
    const std::size_t count = piece.size() - stream.avail_out;
    if (count > limit_bytes - text.size()) {
      return Error{BaseErrc::too_large,
                   "decompresses to more than " + std::to_string(limit_bytes) + " bytes"};
    }
    text.append(piece.data(), count);
    const bool input_left = stream.avail_in > 0 || !rest.empty();
    if (code == Z_STREAM_END) {
      if (!input_left) return text;
      // Concatenated members are one text; anything else behind a member fails as a bad header.
      GS_ASSERT(inflateReset(&stream) == Z_OK);
      continue;
    }
    if (code == Z_BUF_ERROR && !input_left)
      return Error{BaseErrc::corrupt, "gzip stream is cut off"};
    if (code != Z_OK) return Error{BaseErrc::corrupt, "damaged gzip stream"};
    if (!input_left && count == 0) return Error{BaseErrc::corrupt, "gzip stream is cut off"};
  }
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
