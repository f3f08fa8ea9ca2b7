#include "crypto/merkle.hpp"

#include <array>
#include <bit>

#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

constexpr std::array kLeafPrefix{std::byte{0}};
constexpr std::array kNodePrefix{std::byte{1}};

/// The largest power of two below `size`; `size` above 1.
std::uint64_t left_size(std::uint64_t size) noexcept { return std::bit_floor(size - 1); }

void collect_path(std::span<const Digest> leaves, std::uint64_t index, std::vector<Digest>& path) {
  if (leaves.size() <= 1) return;
  const std::uint64_t left = left_size(leaves.size());
  if (index < left) {
    collect_path(leaves.first(left), index, path);
    path.push_back(merkle_root(leaves.subspan(left)));
  } else {
    collect_path(leaves.subspan(left), index - left, path);
    path.push_back(merkle_root(leaves.first(left)));
  }
}

}  // namespace

Digest leaf_hash(ByteView content) noexcept { return sha256(kLeafPrefix, content); }

Digest node_hash(const Digest& left, const Digest& right) noexcept {
  return sha256(kNodePrefix, left.view(), right.view());
}

Digest merkle_root(std::span<const Digest> leaves) noexcept {
  if (leaves.empty()) return sha256(ByteView{});
  if (leaves.size() == 1) return leaves[0];
  const std::uint64_t left = left_size(leaves.size());
  return node_hash(merkle_root(leaves.first(left)), merkle_root(leaves.subspan(left)));
}

void MerkleBuilder::add_leaf(const Digest& leaf) {
  Digest peak = leaf;
  // As in a binary counter: each trailing one bit of the size is a complete subtree to join.
  for (std::uint64_t bits = size_; (bits & 1) != 0; bits >>= 1) {
    peak = node_hash(peaks_.back(), peak);
    peaks_.pop_back();
  }
  peaks_.push_back(peak);
  ++size_;
}

Digest MerkleBuilder::root() const noexcept {
  if (peaks_.empty()) return sha256(ByteView{});
  Digest root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = node_hash(peaks_[i], root);
  return root;
}

Result<InclusionProof> make_inclusion_proof(std::span<const Digest> leaves, std::uint64_t index) {
  if (index >= leaves.size()) return CryptoErrc::index_out_of_range;
  InclusionProof proof{.index = index, .size = leaves.size(), .path = {}};
  collect_path(leaves, index, proof.path);
  return proof;
}

bool verify_inclusion(const Digest& root, const Digest& leaf,
                      const InclusionProof& proof) noexcept {
  if (proof.index >= proof.size) return false;
  std::uint64_t node = proof.index;
  std::uint64_t last = proof.size - 1;
  Digest hash = leaf;
  for (const Digest& sibling : proof.path) {
    if (last == 0) return false;
    if ((node & 1) != 0 || node == last) {
      hash = node_hash(sibling, hash);
      // A last node without a sibling moves up unhashed until it is a right child.
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

}  // namespace guildsum::crypto
