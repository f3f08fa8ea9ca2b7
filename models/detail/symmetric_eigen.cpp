#include "models/detail/symmetric_eigen.hpp"

#include <cmath>

namespace guildsum::models::detail {
namespace {

constexpr int kSweepsMax = 60;

struct Rotation {
  double c;
  double s;
};

/// The rotation that zeroes the off-diagonal entry (Golub and Van Loan 2013, algorithm 8.5.1).
Rotation rotation(double app, double aqq, double apq) {
  const double tau = (aqq - app) / (2.0 * apq);
  const double root = std::sqrt(1.0 + tau * tau);
  const double t = tau >= 0 ? 1.0 / (tau + root) : 1.0 / (tau - root);
  const double c = 1.0 / std::sqrt(1.0 + t * t);
  return {c, t * c};
}

/// Rows p and q of a [d x d] matrix, in place.
void rotate_rows(double* matrix, std::size_t d, std::size_t p, std::size_t q, Rotation r) {
  double* const row_p = matrix + p * d;
  double* const row_q = matrix + q * d;
  for (std::size_t k = 0; k < d; ++k) {
    const double a = row_p[k];
    const double b = row_q[k];
    row_p[k] = r.c * a - r.s * b;
    row_q[k] = r.s * a + r.c * b;
  }
}

void rotate_columns(double* matrix, std::size_t d, std::size_t p, std::size_t q, Rotation r) {
  for (std::size_t k = 0; k < d; ++k) {
    const double a = matrix[k * d + p];
    const double b = matrix[k * d + q];
    matrix[k * d + p] = r.c * a - r.s * b;
    matrix[k * d + q] = r.s * a + r.c * b;
  }
}

/// Squared norms of the part off the diagonal and of the whole.
std::pair<double, double> squares(const std::vector<double>& a, std::size_t d) {
  double off = 0;
  double all = 0;
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      const double square = a[i * d + j] * a[i * d + j];
      all += square;
      if (i != j) off += square;
    }
  }
  return {off, all};
}

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> matrix, std::size_t d) {
  // Q^T is kept, so that its updates run along rows.
  std::vector<double> q_transposed(d * d, 0.0);
  for (std::size_t i = 0; i < d; ++i) q_transposed[i * d + i] = 1.0;
  for (int sweep = 0; sweep < kSweepsMax; ++sweep) {
    const auto [off, all] = squares(matrix, d);
    if (off <= all * 1e-24) break;
    for (std::size_t p = 0; p + 1 < d; ++p) {
      for (std::size_t q = p + 1; q < d; ++q) {
        const double apq = matrix[p * d + q];
        if (apq == 0.0) continue;
        const Rotation r = rotation(matrix[p * d + p], matrix[q * d + q], apq);
        rotate_rows(matrix.data(), d, p, q, r);
        rotate_columns(matrix.data(), d, p, q, r);
        rotate_rows(q_transposed.data(), d, p, q, r);
      }
    }
  }
  SymmetricEigen result{std::vector<double>(d), std::vector<double>(d * d)};
  for (std::size_t i = 0; i < d; ++i) {
    result.values[i] = matrix[i * d + i];
    for (std::size_t j = 0; j < d; ++j) result.vectors[i * d + j] = q_transposed[j * d + i];
  }
  return result;
}

}  // namespace guildsum::models::detail
