#pragma once

#include <cstddef>
#include <vector>

namespace guildsum::models::detail {

/// A = Q diag(values) Q^T of a symmetric matrix.
struct SymmetricEigen {
  std::vector<double> values;   ///< [d], in no particular order
  std::vector<double> vectors;  ///< Q: [d x d] row-major, column j belongs to values[j]
};

/// Cyclic Jacobi rotations in a fixed order with scalar + - * / sqrt only: the same bits on every
/// machine, which library solvers do not promise. O(d^3) per sweep, about eight sweeps.
/// @param matrix [d x d] row-major and symmetric; finite.
[[nodiscard]] SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t d);

}  // namespace guildsum::models::detail
