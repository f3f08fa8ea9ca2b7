#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "coordinator/store/rows.hpp"
#include "protocol/descriptor.hpp"
#include "protocol/messages.hpp"

namespace guildsum::coordinator {

/// Masked inputs on their way in: one file per (attempt, shop), written chunk by chunk.
///
/// The header and all leaf hashes come first, so that each chunk is verified when it arrives and
/// only verified bytes are ever written. Memory: one chunk per slot. Thread safe.
///
/// The ledger remembers header, leaf hashes and completion; this class holds what is derived from
/// them and from the files, and is rebuilt by hashing the files after a restart.
class Uploads {
 public:
  struct Progress {
    protocol::UploadStatus status;
    /// Every chunk is written; `finish` is due unless the upload is complete already.
    bool all_received = false;
  };

  /// Creates the directory. Files of earlier runs stay until `keep_only`.
  [[nodiscard]] static Result<std::unique_ptr<Uploads>> open(const std::filesystem::path& root,
                                                             std::uint32_t slots);

  /// Begins a shop's upload, or continues one that the files of a former run hold: what is there is
  /// hashed and kept where it fits. `chunk_digests` must be the leaves of the header's root.
  /// @param complete  the ledger says that the upload was acknowledged as complete
  [[nodiscard]] Result<Progress> begin(const RoundKey& key, const ParticipantId& shop,
                                       const protocol::RoundDescriptor& descriptor,
                                       std::vector<Digest> chunk_digests, bool complete = false);
  /// Verifies and writes one chunk. Repeating one is harmless.
  /// @return ProtocolErrc::wrong_phase before the header came, chunk_mismatch (index, size or
  /// hash),
  ///   conflicting_message for other bytes in the place of a chunk that is there, BaseErrc::busy
  ///   when all slots are taken, BaseErrc::no_space, io_failed.
  [[nodiscard]] Result<Progress> put(const RoundKey& key, const ParticipantId& shop,
                                     std::uint32_t index, ByteView chunk);
  /// Makes all chunks durable. Complete only after `set_complete`.
  [[nodiscard]] Result<> finish(const RoundKey& key, const ParticipantId& shop);
  void set_complete(const RoundKey& key, const ParticipantId& shop);
  /// ProtocolErrc::wrong_phase before the header came.
  [[nodiscard]] Result<Progress> status(const RoundKey& key, const ParticipantId& shop) const;

  /// One chunk of a complete upload, verified again, so that a damaged disk is noticed by name.
  /// @return BaseErrc::corrupt if it is not the chunk that was acknowledged.
  [[nodiscard]] Result<Bytes> read_chunk(const RoundKey& key, const ParticipantId& shop,
                                         std::uint32_t index) const;

  /// Forgets and deletes everything but the uploads of this attempt; of all attempts without one.
  [[nodiscard]] Result<> keep_only(const std::optional<RoundKey>& key);

 private:
  struct Upload;
  Uploads(std::filesystem::path root, std::uint32_t slots);
  [[nodiscard]] std::filesystem::path directory_of(const RoundKey& key) const;
  [[nodiscard]] Result<std::shared_ptr<Upload>> find(const RoundKey& key,
                                                     const ParticipantId& shop) const;
  [[nodiscard]] Result<std::shared_ptr<Upload>> create(const RoundKey& key,
                                                       const ParticipantId& shop,
                                                       const protocol::RoundDescriptor& descriptor,
                                                       std::vector<Digest> chunk_digests) const;

  std::filesystem::path root_;
  std::atomic<std::int64_t> free_slots_;
  mutable std::mutex mutex_;
  std::map<RoundKey, std::map<ParticipantId, std::shared_ptr<Upload>>> uploads_;
};

}  // namespace guildsum::coordinator
