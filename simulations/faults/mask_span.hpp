#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

/// What a coordinator can read from masked inputs, by rank over symbolic masks.
namespace guildsum::simulations {

/// One pairwise or self mask as it is in a masked input. Equal seeds are equal masks.
struct Mask {
  std::string seed;
  bool subtract = false;
};

/// An honest shop's masked input in the coordinator's hands.
struct MaskedRow {
  std::size_t shop = 0;
  std::vector<Mask> masks;
};

/// Everything that decides which combinations of inputs can be read.
struct MaskKnowledge {
  std::vector<MaskedRow> rows;
  /// Seeds that are known: of secrets that reached their threshold, and shared with colluders.
  std::set<std::string> opened;
  /// For each certified U2: its rows.
  std::vector<std::vector<std::size_t>> certified;
};

/// Combinations of honest inputs that can be read: those whose masks are all opened or cancel.
struct ReadableSpan {
  std::size_t dimension = 0;            ///< of all combinations that can be read
  std::size_t certified_dimension = 0;  ///< of those spanned by certified sums, all readable or not
  bool only_certified = true;           ///< every readable combination is one of certified sums
  /// Which of `MaskKnowledge::certified` can be read, ascending.
  std::vector<std::size_t> readable{};
};

/// Rank check on symbolic masks, over a prime field: mask matrices are incidence matrices, whose
/// rank is the same over every field.
[[nodiscard]] ReadableSpan readable_span(const MaskKnowledge& knowledge);

/// Rank of a matrix given by its rows; entries modulo the field's prime.
using FieldMatrix = std::vector<std::vector<std::int64_t>>;
[[nodiscard]] std::size_t rank(FieldMatrix matrix);
/// Basis of {x : x^T matrix = 0}, one vector per row of the result.
[[nodiscard]] FieldMatrix left_kernel(const FieldMatrix& matrix);

}  // namespace guildsum::simulations
