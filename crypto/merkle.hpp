#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "crypto/sha256.hpp"

namespace guildsum::crypto {

/// Merkle trees over SHA-256 as in RFC 6962, section 2.1.

/// SHA-256(0x00 || content).
[[nodiscard]] Digest leaf_hash(ByteView content) noexcept;
/// SHA-256(0x01 || left || right).
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right) noexcept;
/// The root over leaf hashes; of no leaves: SHA-256 of nothing.
[[nodiscard]] Digest merkle_root(std::span<const Digest> leaves) noexcept;

/// Computes a root while leaves arrive, in memory logarithmic in their number.
class MerkleBuilder {
 public:
  void add_leaf(const Digest& leaf);
  /// Hashes `content` as the next leaf.
  void add(ByteView content) { add_leaf(leaf_hash(content)); }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// The root of the leaves so far; more may follow.
  [[nodiscard]] Digest root() const noexcept;

 private:
  /// Roots of the complete subtrees that cover the leaves so far, widest first: one per set bit of
  /// `size_`.
  std::vector<Digest> peaks_;
  std::uint64_t size_ = 0;
};

/// That a leaf sits at `index` of a tree of `size` leaves.
struct InclusionProof {
  std::uint64_t index = 0;
  std::uint64_t size = 0;
  std::vector<Digest> path;  ///< Siblings from the leaf upwards.
  friend bool operator==(const InclusionProof&, const InclusionProof&) = default;
};

/// @return CryptoErrc::index_out_of_range unless `index` is below the number of leaves.
[[nodiscard]] Result<InclusionProof> make_inclusion_proof(std::span<const Digest> leaves,
                                                          std::uint64_t index);
/// Whether `proof` leads from `leaf` to `root` (RFC 9162, section 2.1.3.2); false for a path of any
/// other length than the position demands.
[[nodiscard]] bool verify_inclusion(const Digest& root, const Digest& leaf,
                                    const InclusionProof& proof) noexcept;

}  // namespace guildsum::crypto
