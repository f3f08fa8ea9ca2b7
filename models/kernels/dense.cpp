// Compiled once per instruction set: GS_KERNEL_ISA names the variant, and -DEigen=Eigen_<isa> gives
// each variant Eigen templates of its own, so that the linker never merges code of two instruction
// sets. For the same reason nothing here may instantiate templates of the standard library.
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include "models/kernels/kernels.hpp"
#include "models/kernels/variant.hpp"

namespace guildsum::models::kernels {
namespace {

using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic>;
using DoubleMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>;
using Eigen::Index;

constexpr Index kInverseBlock = 192;

void gram(const float* x, std::size_t rows, std::size_t d, float weight, float* out) {
  const Eigen::Map<const RowMatrix> matrix{x, static_cast<Index>(rows), static_cast<Index>(d)};
  Eigen::Map<FloatMatrix> result{out, matrix.cols(), matrix.cols()};
  result.setZero();
  if (rows == 0) return;  // Eigen divides by the depth of the product.
  result.selfadjointView<Eigen::Lower>().rankUpdate(matrix.transpose(), weight);
  result.triangularView<Eigen::StrictlyUpper>() = result.transpose();
}

bool solve_rows(const float* factors, std::size_t d, const float* shared,
                const std::uint64_t* offsets, const std::uint32_t* columns,
                const float* regularisation, std::size_t first, std::size_t last, float* out) {
  const auto width = static_cast<Index>(d);
  const Eigen::Map<const FloatMatrix> shared_matrix{shared, width, width};
  FloatMatrix system{width, width};
  RowMatrix gathered;
  for (std::size_t row = first; row < last; ++row) {
    Eigen::Map<Eigen::VectorXf> w{out + row * d, width};
    const auto count = static_cast<Index>(offsets[row + 1] - offsets[row]);
    w.setZero();
    if (count == 0) continue;
    if (gathered.rows() < count) gathered.resize(count, width);
    const std::uint32_t* const listed = columns + offsets[row];
    for (Index k = 0; k < count; ++k) {
      gathered.row(k) = Eigen::Map<const Eigen::RowVectorXf>{factors + listed[k] * d, width};
      w += gathered.row(k).transpose();
    }
    system = shared_matrix;
    system.diagonal().array() += regularisation[row];
    system.selfadjointView<Eigen::Lower>().rankUpdate(gathered.topRows(count).transpose());
    const Eigen::LLT<Eigen::Ref<FloatMatrix>> cholesky{system};
    if (cholesky.info() != Eigen::Success) return false;
    cholesky.solveInPlace(w);
  }
  return true;
}

/// X = L^-1 for a lower triangular L, block column by block column below the diagonal: n^3 / 3
/// operations.
void invert_lower(const Eigen::Map<DoubleMatrix>& lower, DoubleMatrix& inverse) {
  const Index n = lower.rows();
  inverse.setZero(n, n);
  for (Index j = 0; j < n; j += kInverseBlock) {
    const Index width = n - j < kInverseBlock ? n - j : kInverseBlock;
    auto column = inverse.block(j, j, n - j, width);
    column.diagonal().setOnes();
    lower.block(j, j, n - j, n - j).triangularView<Eigen::Lower>().solveInPlace(column);
  }
}

bool invert_spd(double* data, std::size_t size) {
  const auto n = static_cast<Index>(size);
  Eigen::Map<DoubleMatrix> matrix{data, n, n};
  Eigen::Ref<DoubleMatrix> reference{matrix};
  const Eigen::LLT<Eigen::Ref<DoubleMatrix>> cholesky{reference};
  if (cholesky.info() != Eigen::Success) return false;
  DoubleMatrix x;
  invert_lower(matrix, x);
  // A^-1 = X^T X: block rows of the lower triangle; X is zero above its diagonal.
  for (Index i = 0; i < n; i += kInverseBlock) {
    const Index height = n - i < kInverseBlock ? n - i : kInverseBlock;
    matrix.block(i, 0, height, i + height).noalias() =
        x.block(i, i, n - i, height).transpose() * x.block(i, 0, n - i, i + height);
  }
  matrix.triangularView<Eigen::StrictlyUpper>() = matrix.transpose();
  return true;
}

bool invert_nearest(double* data, std::size_t size, double ridge) {
  const auto n = static_cast<Index>(size);
  Eigen::Map<DoubleMatrix> matrix{data, n, n};
  const Eigen::SelfAdjointEigenSolver<DoubleMatrix> solver{matrix};
  if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite()) return false;
  DoubleMatrix scaled = solver.eigenvectors();
  for (Index k = 0; k < n; ++k) {
    const double value = solver.eigenvalues()[k];
    scaled.col(k) *= 1.0 / __builtin_sqrt((value > 0 ? value : 0) + ridge);
  }
  matrix.setZero();
  matrix.selfadjointView<Eigen::Lower>().rankUpdate(scaled);
  matrix.triangularView<Eigen::StrictlyUpper>() = matrix.transpose();
  return true;
}

}  // namespace

extern const DenseKernels GS_KERNEL_NAME(kDenseKernels);
const DenseKernels GS_KERNEL_NAME(kDenseKernels){GS_KERNEL_TEXT, gram, solve_rows, invert_spd,
                                                  invert_nearest};

}  // namespace guildsum::models::kernels
