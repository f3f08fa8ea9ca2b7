#pragma once

#include <cstdint>

#include "crypto/merkle.hpp"
#include "protocol/ids.hpp"

namespace guildsum::protocol {

/// Content address of `content`: the RFC 6962 root over leaves of `kBlobLeafBytes`; the last leaf
/// may be shorter, and of nothing it is the root of the empty tree.
[[nodiscard]] BlobId blob_id(ByteView content);

/// The root over the chunks of a masked input, from their leaf hashes.
[[nodiscard]] BlobId chunk_root(std::span<const Digest> chunk_digests);
/// The leaf hash of one chunk, SHA-256(0x00 || chunk).
[[nodiscard]] Digest chunk_digest(ByteView chunk);

/// `blob_id` of content that arrives in pieces of any size; memory: one leaf. Not thread safe.
class BlobHasher {
 public:
  void update(ByteView piece);
  /// Bytes so far.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// The address of everything since construction or the last `finish()`; the object then starts
  /// anew.
  [[nodiscard]] BlobId finish();

 private:
  crypto::MerkleBuilder tree_;
  Bytes leaf_;
  std::uint64_t size_ = 0;
};

}  // namespace guildsum::protocol
