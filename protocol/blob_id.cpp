#include "protocol/blob_id.hpp"

#include <algorithm>

#include "protocol/limits.hpp"

namespace guildsum::protocol {

BlobId blob_id(ByteView content) {
  crypto::MerkleBuilder tree;
  while (!content.empty()) {
    const std::size_t size = std::min(content.size(), kBlobLeafBytes);
    tree.add(content.first(size));
    content = content.subspan(size);
  }
  return BlobId{tree.root().view()};
}

BlobId chunk_root(std::span<const Digest> chunk_digests) {
  return BlobId{crypto::merkle_root(chunk_digests).view()};
}

Digest chunk_digest(ByteView chunk) { return crypto::leaf_hash(chunk); }

void BlobHasher::update(ByteView piece) {
  size_ += piece.size();
  while (!piece.empty()) {
    const std::size_t size = std::min(piece.size(), kBlobLeafBytes - leaf_.size());
    append(leaf_, piece.first(size));
    piece = piece.subspan(size);
    if (leaf_.size() == kBlobLeafBytes) {
      tree_.add(leaf_);
      leaf_.clear();
    }
  }
}

BlobId BlobHasher::finish() {
  if (!leaf_.empty()) tree_.add(leaf_);
  const BlobId id{tree_.root().view()};
  *this = BlobHasher{};
  return id;
}

}  // namespace guildsum::protocol
