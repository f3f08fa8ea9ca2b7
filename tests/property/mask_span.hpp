#pragma once

#include <cstdint>
#include <vector>

#include "tests/property/lying_coordinator.hpp"

namespace guildsum::property {

/// Combinations of honest inputs that can be read: those whose masks are all opened or cancel.
struct ReadableSpan {
  std::size_t dimension = 0;            ///< of all combinations that can be read
  std::size_t certified_dimension = 0;  ///< of those spanned by certified sums, all readable or not
  bool only_certified = true;           ///< every readable combination is one of certified sums
};

/// Rank check on symbolic masks, over a prime field: mask matrices are incidence matrices, whose
/// rank is the same over every field.
[[nodiscard]] ReadableSpan readable_span(const Loot& loot);

/// Rank of a matrix given by its rows; entries modulo the field's prime.
using FieldMatrix = std::vector<std::vector<std::int64_t>>;
[[nodiscard]] std::size_t rank(FieldMatrix matrix);
/// Basis of {x : x^T matrix = 0}, one vector per row of the result.
[[nodiscard]] FieldMatrix left_kernel(const FieldMatrix& matrix);

}  // namespace guildsum::property
