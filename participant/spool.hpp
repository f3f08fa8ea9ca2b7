#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/file.hpp"
#include "participant/contribution.hpp"
#include "protocol/messages.hpp"

namespace guildsum::participant {

/// A masked input that is complete and on the disk; every reading gives the same bytes.
class SpooledChunks {
 public:
  [[nodiscard]] const std::vector<protocol::Digest>& digests() const noexcept { return digests_; }
  /// Verified against its digest. ParticipantErrc::spool_lost if the file was changed or shortened.
  [[nodiscard]] Result<Bytes> read(std::uint32_t index) const;

 private:
  friend class Spool;
  SpooledChunks(PositionedFile file, std::vector<protocol::Digest> digests,
                std::vector<std::uint64_t> offsets)
      : file_{std::move(file)}, digests_{std::move(digests)}, offsets_{std::move(offsets)} {}
  PositionedFile file_;
  std::vector<protocol::Digest> digests_;
  std::vector<std::uint64_t> offsets_;  ///< [chunks + 1]
};

/// Where a round's masked input lies from before its first byte is sent until the round is over,
/// and where the round's description lies so that a restarted agent can resume. Not thread safe.
class Spool {
 public:
  /// Creates the directory with mode 0700.
  [[nodiscard]] static Result<Spool> open(const std::filesystem::path& directory);

  /// Takes the chunks of one input in order. Without `commit` nothing of it remains.
  class Writer {
   public:
    Writer(Writer&&) noexcept = default;
    ~Writer();
    [[nodiscard]] Result<> append(ByteView chunk);
    /// Durable and readable when it returns.
    [[nodiscard]] Result<> commit(const std::vector<protocol::Digest>& chunk_digests);

   private:
    friend class Spool;
    Writer(std::filesystem::path base, PositionedFile file)
        : base_{std::move(base)}, file_{std::move(file)} {}
    std::filesystem::path base_;
    PositionedFile file_;
    std::vector<std::uint64_t> offsets_{0};
    bool open_ = true;
  };
  [[nodiscard]] Result<Writer> write(const protocol::RoundDigest& rd) const;
  /// ParticipantErrc::spool_lost if there is no complete input of this round.
  [[nodiscard]] Result<SpooledChunks> read(const protocol::RoundDigest& rd) const;

  [[nodiscard]] Result<> keep_description(const protocol::RoundDescription& description) const;
  [[nodiscard]] Result<protocol::RoundDescription> description(
      const protocol::RoundDigest& rd) const;

  /// Removes everything but what belongs to the rounds of `keep`.
  [[nodiscard]] Result<> sweep(std::span<const protocol::RoundDigest> keep) const;

 private:
  explicit Spool(std::filesystem::path directory) : directory_{std::move(directory)} {}
  [[nodiscard]] std::filesystem::path base_of(const protocol::RoundDigest& rd) const;
  std::filesystem::path directory_;
};

}  // namespace guildsum::participant
