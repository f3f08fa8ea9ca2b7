#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/file.hpp"

namespace guildsum::participant {

/// One file of a source, read in pieces, plain or gzip (told by its first bytes, not by its name).
///
/// Memory is one piece, whatever a compressed file grows to. Text that is more than
/// `kGrowthFreeBytes` long and more than `kGrowthMax` times the compressed bytes read so far is no
/// export but an attack on the disk: orders compress 5- to 30-fold, gzip's own bound is 1032.
class InputFile {
 public:
  static constexpr std::size_t kPieceBytes = 256 * 1024;
  static constexpr std::uint64_t kGrowthFreeBytes = 16 * 1024 * 1024;
  static constexpr std::uint64_t kGrowthMax = 256;
  /// Gets the text in pieces of at most `kPieceBytes`; its error ends the reading.
  using OnPiece = std::function<Result<>(std::string_view)>;

  [[nodiscard]] static Result<InputFile> open(const std::filesystem::path& path);
  /// `name`: what errors and the reject report call it.
  [[nodiscard]] static Result<InputFile> of(PositionedFile file, std::string name);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool is_compressed() const noexcept { return compressed_; }
  /// Decompresses a compressed file without keeping anything, so that damage at its end is known
  /// before its first row is used. Costs nothing for a plain one.
  /// @return ParticipantErrc::source_unreadable for a stream that is damaged, cut
  /// off, or growing beyond the bound.
  [[nodiscard]] Result<> check() const;
  /// The whole text, from the start. Errors as `check`, those of reading, and of `on_piece`.
  [[nodiscard]] Result<> read(const OnPiece& on_piece) const;

 private:
  InputFile(PositionedFile file, std::string name, bool compressed)
      : file_{std::move(file)}, name_{std::move(name)}, compressed_{compressed} {}
  [[nodiscard]] Result<> read_compressed(const OnPiece& on_piece) const;
  [[nodiscard]] Result<> read_stored(const std::function<Result<>(ByteView)>& on_bytes) const;

  PositionedFile file_;
  std::string name_;
  bool compressed_;
};

}  // namespace guildsum::participant
