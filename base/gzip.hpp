#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// The gzip format (RFC 1952), by zlib.
namespace guildsum {

/// Whether the bytes start with gzip's magic number.
[[nodiscard]] bool is_gzip(ByteView bytes) noexcept;

/// Decompresses a stream that arrives in pieces of any size: one or several concatenated members.
/// Memory is bounded whatever the stream promises. After an error the object is of no more use.
class Gunzip {
 public:
  /// Gets the text in pieces of at most 64 KiB; its error ends the reading and is passed on.
  using OnText = std::function<Result<>(std::string_view)>;

  Gunzip();
  Gunzip(Gunzip&&) noexcept;
  Gunzip& operator=(Gunzip&&) noexcept;
  ~Gunzip();

  /// @return BaseErrc::corrupt for a damaged stream or bytes after it.
  [[nodiscard]] Result<> feed(ByteView piece, const OnText& on_text);
  /// Whether the stream is whole. @return BaseErrc::corrupt if it is cut off.
  [[nodiscard]] Result<> finish() const;

 private:
  struct Inflater;
  std::unique_ptr<Inflater> inflater_;
};

/// Decompresses one or several concatenated members.
/// @return BaseErrc::too_large beyond `limit_bytes` of output, BaseErrc::corrupt for a damaged or
/// cut stream or bytes after it.
[[nodiscard]] Result<std::string> gunzip(ByteView compressed, std::size_t limit_bytes);

/// One member without a time stamp or name: the same input gives the same bytes.
[[nodiscard]] Bytes gzip(ByteView plain, int level = 9);

/// The text of a file that may be gzip (told by content, not by name) or plain.
/// @return as `read_file` and `gunzip`; `limit_bytes` is of the text.
[[nodiscard]] Result<std::string> read_plain_or_gzip(const std::filesystem::path& path,
                                                     std::size_t limit_bytes);

}  // namespace guildsum
