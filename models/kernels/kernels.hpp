#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace guildsum::models::kernels {

/// Instruction sets for which the heavy loops are compiled.
enum class Isa : std::uint8_t { base, v3, v4 };

/// The heavy dense arithmetic, once per instruction set. Raw pointers only: no type with code of
/// its own crosses between translation units compiled with different flags. All functions are
/// thread safe. Results differ in the last bits between instruction sets, so nothing that is hashed
/// may come from here.
struct DenseKernels {
  std::string_view name;
  /// out [d x d] = weight * X^T X for X [rows x d], row-major.
  void (*gram)(const float* x, std::size_t rows, std::size_t d, float weight, float* out);
  /// For each row r of [first, last): solves (F_r^T F_r + shared + regularisation[r] I) w = sum of
  /// F_r's rows, F_r being the rows of `factors` [. x d] listed in columns[offsets[r] .. offsets[r
  /// + 1]); writes w to out [r x d]. Rows without a column become 0. Returns false if a system is
  /// not positive definite.
  bool (*solve_rows)(const float* factors, std::size_t d, const float* shared,
                     const std::uint64_t* offsets, const std::uint32_t* columns,
                     const float* regularisation, std::size_t first, std::size_t last, float* out);
  /// Replaces a symmetric positive definite matrix [n x n] by its inverse (Cholesky). Only the
  /// lower triangle of a column-major matrix is read; both triangles are written. Needs a second
  /// matrix of the same size. Returns false, with `matrix` destroyed, if it is not positive
  /// definite.
  bool (*invert_spd)(double* matrix, std::size_t n);
  /// Replaces a symmetric matrix A [n x n] by (A+ + ridge I)^-1, where A+ is the nearest positive
  /// semidefinite matrix (Higham 1988: negative eigenvalues become 0). Only the lower triangle of a
  /// column-major matrix is read; both triangles are written. Needs three more matrices of the same
  /// size and some twenty times as long as `invert_spd`. Returns false, with `matrix` destroyed, if
  /// the eigenvalues are not found (NaN).
  bool (*invert_nearest)(double* matrix, std::size_t n, double ridge);
};

/// One set of kernels (DenseKernels, AlsKernels, LocalKernels or ScoreKernels) for `isa`, or null
/// if this build does not have it or this CPU cannot run it.
template <class Set>
[[nodiscard]] const Set* kernels_for(Isa isa) noexcept;

/// The best of a set that this CPU can run.
template <class Set>
[[nodiscard]] const Set& best_kernels() noexcept {
  for (const auto isa : {Isa::v4, Isa::v3}) {
    if (const Set* found = kernels_for<Set>(isa)) return *found;
  }
  return *kernels_for<Set>(Isa::base);
}

}  // namespace guildsum::models::kernels
