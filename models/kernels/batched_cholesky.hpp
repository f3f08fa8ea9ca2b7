#pragma once

#include "models/kernels/lanes.hpp"

// Cholesky over kLanes symmetric systems at once, one per lane, so that pivots and divisions cost
// one instruction for all of them and the inner loop is a product of small tiles (batched LAPACK
// over interleaved matrices; Dongarra et al. 2016). The lower triangle lies in tiles of kTile x
// kTile vectors, tile row after tile row, each tile column by column: value (i, j) of every system
// is one vector. Diagonals hold their reciprocals after `factorise`. For the kernel files only.

namespace guildsum::models::kernels {
namespace {

constexpr std::size_t kTile = 4;

/// Where tile row I begins, in vectors.
[[gnu::always_inline]] inline std::size_t tile_row(std::size_t I) {
  return I * (I + 1) / 2 * kTile * kTile;
}
/// Vectors for systems of n unknowns, a multiple of kTile.
[[gnu::always_inline]] inline std::size_t batch_vectors(std::size_t n) {
  return tile_row(n / kTile);
}
/// Value (i, j), j <= i or in the tile on the diagonal.
[[gnu::always_inline]] inline std::size_t batch_index(std::size_t i, std::size_t j) {
  return tile_row(i / kTile) + j * kTile + i % kTile;
}

/// tile -= A B^T for A and B of `depth` columns each.
[[gnu::always_inline]] inline void subtract_product(const Lanes* a, const Lanes* b,
                                                    std::size_t depth, Lanes* tile) {
  for (std::size_t first = 0; first < kTile; first += kTileRows) {
    Lanes sum[kTileRows][kTile];
    for (std::size_t i = 0; i < kTileRows; ++i) {
      for (std::size_t j = 0; j < kTile; ++j) sum[i][j] = tile[j * kTile + first + i];
    }
    for (std::size_t k = 0; k < depth; ++k) {
      const Lanes* const left = a + k * kTile + first;
      const Lanes* const right = b + k * kTile;
      for (std::size_t i = 0; i < kTileRows; ++i) {
        for (std::size_t j = 0; j < kTile; ++j) sum[i][j] -= left[i] * right[j];
      }
    }
    for (std::size_t i = 0; i < kTileRows; ++i) {
      for (std::size_t j = 0; j < kTile; ++j) tile[j * kTile + first + i] = sum[i][j];
    }
  }
}

/// 1 / sqrt(pivot) for every lane.
[[gnu::always_inline]] inline Lanes reciprocal_root(Lanes pivot) {
  float values[kLanes];
  __builtin_memcpy(values, &pivot, sizeof pivot);
  for (std::size_t lane = 0; lane < kLanes; ++lane) values[lane] = __builtin_sqrtf(values[lane]);
  Lanes root;
  __builtin_memcpy(&root, values, sizeof root);
  return 1.0F / root;
}

/// The smaller of two values in every lane; a NaN in `value` is taken.
[[gnu::always_inline]] inline Lanes least_of(Lanes least, Lanes value) {
  return value > least ? least : value;
}

/// Cholesky of the tile on the diagonal.
[[gnu::always_inline]] inline void factorise_tile(Lanes* tile, Lanes& least_pivot) {
  for (std::size_t j = 0; j < kTile; ++j) {
    Lanes pivot = tile[j * kTile + j];
    for (std::size_t m = 0; m < j; ++m) pivot -= tile[m * kTile + j] * tile[m * kTile + j];
    least_pivot = least_of(least_pivot, pivot);
    const Lanes reciprocal = reciprocal_root(pivot);
    tile[j * kTile + j] = reciprocal;
    for (std::size_t i = j + 1; i < kTile; ++i) {
      Lanes value = tile[j * kTile + i];
      for (std::size_t m = 0; m < j; ++m) value -= tile[m * kTile + i] * tile[m * kTile + j];
      tile[j * kTile + i] = value * reciprocal;
    }
  }
}

/// tile = tile L^-T for the factorised tile L on the diagonal.
[[gnu::always_inline]] inline void divide_tile(const Lanes* diagonal, Lanes* tile) {
  for (std::size_t j = 0; j < kTile; ++j) {
    for (std::size_t i = 0; i < kTile; ++i) {
      Lanes value = tile[j * kTile + i];
      for (std::size_t m = 0; m < j; ++m) value -= tile[m * kTile + i] * diagonal[m * kTile + j];
      tile[j * kTile + i] = value * diagonal[j * kTile + j];
    }
  }
}

/// Replaces the matrices by their Cholesky factors. @return the least pivot of every system: not
/// above 0 (or NaN) where a system is not positive definite, whose factor is then useless.
inline Lanes factorise(Lanes* batch, std::size_t n) {
  Lanes least_pivot = batch[0];
  for (std::size_t J = 0; J < n / kTile; ++J) {
    Lanes* const diagonal_row = batch + tile_row(J);
    Lanes* const diagonal = diagonal_row + J * kTile * kTile;
    subtract_product(diagonal_row, diagonal_row, J * kTile, diagonal);
    factorise_tile(diagonal, least_pivot);
    for (std::size_t I = J + 1; I < n / kTile; ++I) {
      Lanes* const row = batch + tile_row(I);
      Lanes* const tile = row + J * kTile * kTile;
      subtract_product(row, diagonal_row, J * kTile, tile);
      divide_tile(diagonal, tile);
    }
  }
  return least_pivot;
}

/// Solves L L^T x = b in place, b and x [n] vectors.
inline void substitute(const Lanes* batch, std::size_t n, Lanes* x) {
  for (std::size_t I = 0; I < n / kTile; ++I) {
    const Lanes* const row = batch + tile_row(I);
    Lanes* const own = x + I * kTile;
    Lanes sum[kTile];
    for (std::size_t i = 0; i < kTile; ++i) sum[i] = own[i];
    for (std::size_t k = 0; k < I * kTile; ++k) {
      for (std::size_t i = 0; i < kTile; ++i) sum[i] -= row[k * kTile + i] * x[k];
    }
    const Lanes* const diagonal = row + I * kTile * kTile;
    for (std::size_t i = 0; i < kTile; ++i) {
      for (std::size_t m = 0; m < i; ++m) sum[i] -= diagonal[m * kTile + i] * own[m];
      own[i] = sum[i] * diagonal[i * kTile + i];
    }
  }
  for (std::size_t I = n / kTile; I-- > 0;) {
    const Lanes* const row = batch + tile_row(I);
    const Lanes* const diagonal = row + I * kTile * kTile;
    Lanes* const own = x + I * kTile;
    for (std::size_t i = kTile; i-- > 0;) {
      Lanes sum = own[i];
      for (std::size_t m = i + 1; m < kTile; ++m) sum -= diagonal[i * kTile + m] * own[m];
      own[i] = sum * diagonal[i * kTile + i];
    }
    for (std::size_t k = 0; k < I * kTile; ++k) {
      Lanes sum = x[k];
      for (std::size_t i = 0; i < kTile; ++i) sum -= row[k * kTile + i] * own[i];
      x[k] = sum;
    }
  }
}

}  // namespace
}  // namespace guildsum::models::kernels
