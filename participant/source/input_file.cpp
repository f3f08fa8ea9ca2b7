#include "participant/source/input_file.hpp"

#include <algorithm>
#include <array>

#include "base/errors.hpp"
#include "base/gzip.hpp"
#include "participant/errors.hpp"

namespace guildsum::participant {

Result<InputFile> InputFile::open(const std::filesystem::path& path) {
  GS_TRY(auto file, PositionedFile::open_read_only(path));
  return of(std::move(file), path.string());
}

Result<InputFile> InputFile::of(PositionedFile file, std::string name) {
  std::array<std::byte, 2> magic{};
  GS_TRY(const std::uint64_t size, file.size_bytes());
  if (size >= magic.size()) GS_CHECK(file.read_at(0, magic));
  const bool compressed = is_gzip(magic);
  return InputFile{std::move(file), std::move(name), compressed};
}

Result<> InputFile::check() const {
  if (!compressed_) return {};
  return read_compressed([](std::string_view) { return Result<>{}; });
}

Result<> InputFile::read(const OnPiece& on_piece) const {
  if (compressed_) return read_compressed(on_piece);
  return read_stored([&](ByteView bytes) { return on_piece(as_text(bytes)); });
}

Result<> InputFile::read_compressed(const OnPiece& on_piece) const {
  std::uint64_t packed_bytes = 0;
  std::uint64_t text_bytes = 0;
  const auto on_text = [&](std::string_view text) -> Result<> {
    text_bytes += text.size();
    if (text_bytes > std::max(kGrowthFreeBytes, packed_bytes * kGrowthMax)) {
      return Error{ParticipantErrc::source_unreadable,
                   "the gzip stream grows more than " + std::to_string(kGrowthMax) +
                       "-fold, which no export does"};
    }
    return on_piece(text);
  };
  Gunzip stream;
  const auto on_bytes = [&](ByteView bytes) {
    packed_bytes += bytes.size();
    return stream.feed(bytes, on_text);
  };
  auto done = read_stored(on_bytes);
  if (done) done = stream.finish();
  if (done || done.error() != BaseErrc::corrupt) return done;
  return Error{ParticipantErrc::source_unreadable, done.error().detail()};
}

Result<> InputFile::read_stored(const std::function<Result<>(ByteView)>& on_bytes) const {
  GS_TRY(const std::uint64_t size, file_.size_bytes());
  Bytes piece;
  for (std::uint64_t offset = 0; offset < size; offset += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, size - offset)));
    GS_CHECK(file_.read_at(offset, piece));
    GS_CHECK(on_bytes(piece));
  }
  return {};
}

}  // namespace guildsum::participant
