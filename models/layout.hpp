#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace guildsum::models {

/// How real values of a segment become integers.
enum class Codec : std::uint8_t {
  exact = 0,    ///< Integers as they are; a value above the bound is refused.
  clipped = 1,  ///< Reals: the segment's L2 norm is clipped, then every value is rounded
                ///< stochastically without bias.
};

/// A run of values of one meaning inside the vector that a shop contributes.
struct Segment {
  std::string name;          ///< For people and hashes, e.g. "gradient"; at most 64 bytes.
  std::uint64_t length = 0;  ///< Number of values.
  Codec codec = Codec::exact;
  std::uint64_t scale = 1;  ///< Integer units per 1.0; always 1 for the exact codec.
  /// Largest magnitude one shop may contribute per value, in integer units. For the clipped codec
  /// this is `scale` times the L2 clip norm: no single value of a clipped segment can exceed it.
  std::uint64_t bound = 0;

  [[nodiscard]] static Segment exact(std::string name, std::uint64_t length, std::uint64_t bound);
  /// `clip_norm_l2` in real units; `scale * clip_norm_l2` is the bound.
  [[nodiscard]] static Segment clipped(std::string name, std::uint64_t length, std::uint64_t scale,
                                       std::uint64_t clip_norm_l2);
  /// The L2 norm to which a clipped segment is scaled down, in real units.
  [[nodiscard]] double clip_norm_l2() const noexcept {
    return static_cast<double>(bound) / static_cast<double>(scale);
  }
  friend bool operator==(const Segment&, const Segment&) = default;
};

/// What the values of one secure sum mean, in order. Both sides must agree on it byte for byte.
struct VectorLayout {
  std::vector<Segment> segments;

  /// Number of values over all segments.
  [[nodiscard]] std::uint64_t total_length() const noexcept;
  /// Largest bound of any segment: what the ring must carry for one shop.
  [[nodiscard]] std::uint64_t bound_max() const noexcept;
  /// Smallest R such that a sum over `shops` contributions cannot overflow two's complement modulo
  /// 2^R: `shops * bound_max() < 2^(R-1)`. More than 64 means that no ring carries this layout.
  [[nodiscard]] std::uint32_t ring_bits_min(std::uint32_t shops) const noexcept;
  /// The one encoding of this layout, for hashing.
  [[nodiscard]] Bytes canonical_bytes() const;
  /// @return ModelsErrc::malformed unless `bytes` are exactly the canonical bytes of a layout.
  [[nodiscard]] static Result<VectorLayout> parse(ByteView bytes);
  /// @return ModelsErrc::wrong_shape naming what is wrong (no segment, empty segment, bound 0,
  /// exact with a scale).
  [[nodiscard]] Result<> validate() const;
  friend bool operator==(const VectorLayout&, const VectorLayout&) = default;
};

}  // namespace guildsum::models
