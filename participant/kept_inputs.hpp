#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "base/file.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "protocol/ids.hpp"

namespace guildsum::participant {

/// The encoded, unmasked vectors of rounds whose outcome is open, so that a certified round which
/// did not open can be repaired with the very same bytes (docs/protocol.md section 6). Not thread
/// safe.
///
/// One file per round: "GSKEPT01", 16-byte salt, then pieces of u32 length and AES-256-GCM, the
/// last one empty. A key per file, HKDF-SHA256(file of mode 0600, rd, salt); piece i has nonce i
/// and associated data rd, i, last. A copy of the folder alone gives nothing away, and no piece can
/// be changed, moved or cut off unnoticed.
class KeptInputs {
 public:
  /// Creates the directory with mode 0700; makes the key on first use.
  /// @return BaseErrc::corrupt for a damaged key file.
  [[nodiscard]] static Result<KeptInputs> open(const std::filesystem::path& directory,
                                               const std::filesystem::path& key_file,
                                               Random& random);

  /// Takes the pieces of one vector in order. Without `commit` nothing of it remains.
  class Writer {
   public:
    Writer(Writer&&) noexcept = default;
    ~Writer();
    [[nodiscard]] Result<> append(ByteView piece);
    /// Durable and readable when it returns.
    [[nodiscard]] Result<> commit();

   private:
    friend class KeptInputs;
    using Key = Secret<struct KeptInputKeyTag, 32>;
    Writer(std::filesystem::path path, PositionedFile file, protocol::RoundDigest rd, Key key)
        : path_{std::move(path)}, file_{std::move(file)}, rd_{rd}, key_{std::move(key)} {}
    [[nodiscard]] Result<> write(ByteView piece, bool last);
    std::filesystem::path path_;
    PositionedFile file_;
    protocol::RoundDigest rd_;
    Key key_;
    std::uint64_t offset_ = 0;
    std::uint32_t pieces_ = 0;
    bool open_ = true;
  };
  /// A vector that was kept of this round before is replaced by `commit`.
  [[nodiscard]] Result<Writer> write(const protocol::RoundDigest& rd, Random& random) const;
  /// All pieces, one after the other.
  /// @return ParticipantErrc::spool_lost if it is not there or not as it was written.
  [[nodiscard]] Result<Bytes> read(const protocol::RoundDigest& rd) const;
  /// The same, each piece as it was appended; an error of `take` ends it and is the result. What
  /// was taken counts only when all of it was there.
  [[nodiscard]] Result<> read_pieces(const protocol::RoundDigest& rd,
                                     const std::function<Result<>(ByteView)>& take) const;
  /// Removes the vectors of all other rounds.
  [[nodiscard]] Result<> sweep(std::span<const protocol::RoundDigest> keep) const;

 private:
  using MasterKey = Secret<struct KeptInputsKeyTag, 32>;
  KeptInputs(std::filesystem::path directory, MasterKey key)
      : directory_{std::move(directory)}, key_{std::move(key)} {}
  [[nodiscard]] Writer::Key key_of(const protocol::RoundDigest& rd, ByteView salt) const;
  [[nodiscard]] std::filesystem::path path_of(const protocol::RoundDigest& rd) const;

  std::filesystem::path directory_;
  MasterKey key_;
};

}  // namespace guildsum::participant
