// Compiled once per instruction set, under the rules of dense.cpp. Rows are padded with zeros to
// whole groups of kRowGroup values while they are gathered; a padded unknown has the equation x =
// 0.
#include "models/kernels/als.hpp"

#include "models/kernels/batched_cholesky.hpp"
#include "models/kernels/lanes.hpp"
#include "models/kernels/local_steps.hpp"
#include "models/kernels/variant.hpp"

namespace guildsum::models::kernels {
namespace {

constexpr std::size_t kAhead = 12;  // Rows between fetching a row and copying it.
constexpr std::size_t kRowsAtOnce =
    64;                                // Rows gathered for one pass of the Gram: 16 KiB at d = 64.
constexpr std::size_t kRemainder = 4;  // Rows at once where fewer than kLanes are left.

std::size_t padded(std::size_t d) { return (d + kRowGroup - 1) / kRowGroup * kRowGroup; }

void fetch_row(const float* row, std::size_t d) {
  for (std::size_t k = 0; k < d; k += kRowGroup) __builtin_prefetch(row + k);
}

/// to [stride] = from [d], then zeros.
[[gnu::always_inline]] inline void copy_row(const float* from, std::size_t d, std::size_t stride,
                                            float* to) {
  if (d == stride) {
    for (std::size_t k = 0; k < d / kLanes; ++k) lanes(to)[k] = lanes(from)[k];
    return;
  }
  for (std::size_t k = 0; k < d; ++k) to[k] = from[k];
  for (std::size_t k = d; k < stride; ++k) to[k] = 0;
}

/// Copies the factors listed from `first` on, `count` of them; `after` more are listed behind.
void gather(const AlsSide& side, std::uint64_t first, std::size_t count, std::size_t after,
            std::size_t stride, float* to) {
  const std::uint32_t* const listed = side.columns + first;
  for (std::size_t k = 0; k < count; ++k) {
    if (k + kAhead < count + after) fetch_row(side.factors + listed[k + kAhead] * side.d, side.d);
    copy_row(side.factors + listed[k] * side.d, side.d, stride, to + k * stride);
  }
}

// ---- Conjugate gradients.

struct Vectors {
  std::size_t count;  // Vectors in a row.
  const Lanes* rows;  // The row's factors [rows_count x count]
  std::size_t rows_count;
  const float* shared;  // [stride x stride]
};

[[gnu::always_inline]] inline float dot(const Lanes* a, const Lanes* b, std::size_t count) {
  Lanes sum{};
  for (std::size_t n = 0; n < count; ++n) sum += a[n] * b[n];
  return sum_of(sum);
}

/// y += sum over `Rows` rows of (offset + sign row.p) row.
template <std::size_t Rows>
[[gnu::always_inline]] inline void add_rows(const Lanes* rows, std::size_t count, const Lanes* p,
                                            float offset, float sign, Lanes* y) {
  static_assert(Rows == kLanes || Rows == kRemainder);
  Lanes sum[Rows] = {};
  for (std::size_t n = 0; n < count; ++n) {
    const Lanes value = p[n];
    for (std::size_t r = 0; r < Rows; ++r) sum[r] += rows[r * count + n] * value;
  }
  Lanes dots;
  if constexpr (Rows == kLanes) {
    dots = sums_of(sum);
  } else {
    dots = sums_of_four(sum);
  }
  dots = offset + sign * dots;
  float weights[kLanes];
  __builtin_memcpy(weights, &dots, sizeof dots);
  Lanes spread[Rows];
  for (std::size_t r = 0; r < Rows; ++r) spread[r] = weights[r * (kLanes / Rows)] - Lanes{};
  for (std::size_t n = 0; n < count; ++n) {
    Lanes even = y[n];
    Lanes odd{};
    for (std::size_t r = 0; r < Rows; r += 2) {
      even += spread[r] * rows[r * count + n];
      odd += spread[r + 1] * rows[(r + 1) * count + n];
    }
    y[n] = even + odd;
  }
}

/// y = sign (shared + regularisation I) p + sum over rows of (offset + sign row.p) row.
void apply_system(const Vectors& v, float regularisation, const Lanes* p, float offset, float sign,
                  Lanes* y) {
  const auto* const values = reinterpret_cast<const float*>(p);
  for (std::size_t n = 0; n < v.count; ++n) {
    const Lanes* const column = lanes(v.shared) + n;
    Lanes sum[4] = {regularisation * p[n]};
    for (std::size_t i = 0; i < v.count * kLanes; i += 4) {
      for (std::size_t m = 0; m < 4; ++m) sum[m] += values[i + m] * column[(i + m) * v.count];
    }
    y[n] = sign * ((sum[0] + sum[1]) + (sum[2] + sum[3]));
  }
  std::size_t r = 0;
  for (; r + kLanes <= v.rows_count; r += kLanes) {
    add_rows<kLanes>(v.rows + r * v.count, v.count, p, offset, sign, y);
  }
  for (; r < v.rows_count; r += kRemainder) {
    add_rows<kRemainder>(v.rows + r * v.count, v.count, p, offset, sign, y);
  }
}

/// x: start and result; r, p, product: scratch. All [v.count].
void solve_by_gradients(const Vectors& v, float regularisation, std::size_t steps, Lanes* x,
                        Lanes* r, Lanes* p, Lanes* product) {
  apply_system(v, regularisation, x, 1.0F, -1.0F, r);  // b - A x, with b the sum of the rows.
  for (std::size_t n = 0; n < v.count; ++n) p[n] = r[n];
  float norm = dot(r, r, v.count);
  for (std::size_t step = 0; step < steps; ++step) {
    apply_system(v, regularisation, p, 0.0F, 1.0F, product);
    const float curvature = dot(p, product, v.count);
    if (!(curvature > 0)) return;  // Solved: nothing is left of the residual.
    const float length = norm / curvature;
    for (std::size_t n = 0; n < v.count; ++n) {
      x[n] += length * p[n];
      r[n] -= length * product[n];
    }
    const float after = dot(r, r, v.count);
    const float beta = after / norm;
    norm = after;
    for (std::size_t n = 0; n < v.count; ++n) p[n] = r[n] + beta * p[n];
  }
}

void pad_matrix(const float* matrix, std::size_t d, std::size_t stride, float* to) {
  for (std::size_t i = 0; i < d; ++i) copy_row(matrix + i * d, d, stride, to + i * stride);
  for (std::size_t k = d * stride; k < stride * stride; ++k) to[k] = 0;
}

std::size_t gradients_scratch(std::size_t d, std::size_t longest) {
  const std::size_t stride = padded(d);
  return stride * (stride + 4 + longest + kRemainder);
}

void step_gradients(const AlsSide& side, std::size_t first, std::size_t last, std::size_t steps,
                    float* scratch, float* out) {
  const std::size_t stride = padded(side.d);
  float* const shared = scratch;
  float* const x = shared + stride * stride;
  float* const rows = x + 4 * stride;
  pad_matrix(side.shared, side.d, stride, shared);
  for (std::size_t row = first; row < last; ++row) {
    float* const own = out + row * side.d;
    const std::uint64_t begin = side.offsets[row];
    const std::size_t count = side.offsets[row + 1] - begin;
    if (count == 0) {
      for (std::size_t k = 0; k < side.d; ++k) own[k] = 0;
      continue;
    }
    const std::size_t after = side.offsets[last] - side.offsets[row + 1];
    gather(side, begin, count, after, stride, rows);
    const std::size_t whole = count / kLanes * kLanes;
    const std::size_t listed = whole + (count - whole + kRemainder - 1) / kRemainder * kRemainder;
    for (std::size_t k = count * stride; k < listed * stride; ++k) rows[k] = 0;
    copy_row(own, side.d, stride, x);
    const Vectors vectors{stride / kLanes, lanes(rows), listed, shared};
    solve_by_gradients(vectors, side.regularisation[row], steps, lanes(x), lanes(x + stride),
                       lanes(x + 2 * stride), lanes(x + 3 * stride));
    for (std::size_t k = 0; k < side.d; ++k) own[k] = x[k];
  }
}

// ---- Exact solutions. A Gram's lower triangle lies row by row, each row up to the end of the
// vector that holds its diagonal.

/// Where row i of a packed triangle begins, in vectors.
[[gnu::always_inline]] inline std::size_t packed_row(std::size_t i) {
  const std::size_t q = i / kLanes;
  return kLanes * (q * (q + 1) / 2) + i % kLanes * (q + 1);
}

/// Adds the products of `count` gathered rows to Width vectors of kGramRows rows of the Gram.
template <std::size_t Width>
[[gnu::always_inline]] inline void add_products(const float* rows, std::size_t count,
                                                std::size_t stride, std::size_t i,
                                                std::size_t column, std::size_t width, Lanes* out) {
  Lanes sum[kGramRows][Width];
  for (std::size_t m = 0; m < kGramRows; ++m) {
    for (std::size_t x = 0; x < Width; ++x) sum[m][x] = out[m * width + column + x];
  }
  for (std::size_t k = 0; k < count; ++k) {
    const float* const row = rows + k * stride;
    Lanes right[Width];
    for (std::size_t x = 0; x < Width; ++x) right[x] = lanes(row)[column + x];
    for (std::size_t m = 0; m < kGramRows; ++m) {
      for (std::size_t x = 0; x < Width; ++x) sum[m][x] += row[i + m] * right[x];
    }
  }
  for (std::size_t m = 0; m < kGramRows; ++m) {
    for (std::size_t x = 0; x < Width; ++x) out[m * width + column + x] = sum[m][x];
  }
}

void add_gram(const float* rows, std::size_t count, std::size_t stride, Lanes* packed) {
  for (std::size_t i = 0; i < stride; i += kGramRows) {
    const std::size_t width = i / kLanes + 1;
    Lanes* const out = packed + packed_row(i);
    std::size_t column = 0;
    for (; column + 2 <= width; column += 2) {
      add_products<2>(rows, count, stride, i, column, width, out);
    }
    if (column < width) add_products<1>(rows, count, stride, i, column, width, out);
  }
}

struct Batch {
  std::size_t stride;
  Lanes* shared;    // Packed, with 1 on the diagonal of padded unknowns.
  Lanes* grams;     // Packed [kLanes x packed_row(stride)]
  float* right;     // [kLanes x stride]
  Lanes* matrices;  // Interleaved: batch_vectors(stride)
  Lanes* unknowns;  // Interleaved: [stride]
  float* rows;      // [kRowsAtOnce x stride]
};

std::size_t exact_scratch(std::size_t d) {
  const std::size_t n = padded(d);
  const std::size_t triangle = packed_row(n);
  return kLanes * (triangle * (1 + kLanes) + batch_vectors(n) + n) + n * (kLanes + kRowsAtOnce);
}

Batch lay_out(std::size_t d, float* scratch) {
  Batch batch{};
  batch.stride = padded(d);
  const std::size_t triangle = packed_row(batch.stride);
  batch.shared = lanes(scratch);
  batch.grams = batch.shared + triangle;
  batch.matrices = batch.grams + kLanes * triangle;
  batch.unknowns = batch.matrices + batch_vectors(batch.stride);
  batch.right = reinterpret_cast<float*>(batch.unknowns + batch.stride);
  batch.rows = batch.right + kLanes * batch.stride;
  return batch;
}

void pack_shared(const AlsSide& side, const Batch& batch) {
  for (std::size_t i = 0; i < batch.stride; ++i) {
    auto* const row = reinterpret_cast<float*>(batch.shared + packed_row(i));
    for (std::size_t j = 0; j < (i / kLanes + 1) * kLanes; ++j) {
      const bool inside = i < side.d && j < side.d;
      row[j] = inside ? side.shared[i * side.d + j] : static_cast<float>(i == j);
    }
  }
}

/// The Gram and the right-hand side of one row, for lane `lane`.
void collect(const AlsSide& side, std::size_t row, const Batch& batch, std::size_t lane,
             std::size_t after) {
  const std::size_t triangle = packed_row(batch.stride);
  Lanes* const gram = batch.grams + lane * triangle;
  Lanes* const right = lanes(batch.right + lane * batch.stride);
  const std::size_t vectors = batch.stride / kLanes;
  for (std::size_t k = 0; k < triangle; ++k) gram[k] = batch.shared[k];
  for (std::size_t n = 0; n < vectors; ++n) right[n] = Lanes{};
  std::uint64_t at = side.offsets[row];
  while (at < side.offsets[row + 1]) {
    const std::size_t left = side.offsets[row + 1] - at;
    const std::size_t count = left < kRowsAtOnce ? left : kRowsAtOnce;
    gather(side, at, count, left - count + after, batch.stride, batch.rows);
    for (std::size_t n = 0; n < vectors; ++n) {
      Lanes sum = right[n];
      for (std::size_t k = 0; k < count; ++k) sum += lanes(batch.rows)[k * vectors + n];
      right[n] = sum;
    }
    add_gram(batch.rows, count, batch.stride, gram);
    at += count;
  }
}

/// kLanes vectors that lie `step` vectors apart, transposed. Lanes from `count` on repeat the last.
[[gnu::always_inline]] inline void load_transposed(const Lanes* from, std::size_t step,
                                                   std::size_t count, Lanes* block) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    block[lane] = from[(lane < count ? lane : count - 1) * step];
  }
  transpose(block);
}

void interleave(const Batch& batch, std::size_t count, Lanes regularisation, std::size_t d) {
  const std::size_t triangle = packed_row(batch.stride);
  const std::size_t vectors = batch.stride / kLanes;
  Lanes block[kLanes];
  for (std::size_t i = 0; i < batch.stride; ++i) {
    const std::size_t end = (i / kTile + 1) * kTile;
    for (std::size_t v = 0; v * kLanes < end; ++v) {
      load_transposed(batch.grams + packed_row(i) + v, triangle, count, block);
      for (std::size_t j = v * kLanes; j < end && j < (v + 1) * kLanes; ++j) {
        batch.matrices[batch_index(i, j)] = block[j - v * kLanes];
      }
    }
    if (i < d) batch.matrices[batch_index(i, i)] += regularisation;
  }
  for (std::size_t v = 0; v < vectors; ++v) {
    load_transposed(lanes(batch.right) + v, vectors, count, batch.unknowns + v * kLanes);
  }
}

/// Solves the rows collected so far and writes them.
bool finish(const AlsSide& side, const Batch& batch, const std::size_t* rows, std::size_t count,
            float* out) {
  float added[kLanes];
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    added[lane] = side.regularisation[rows[lane < count ? lane : count - 1]];
  }
  Lanes regularisation;
  __builtin_memcpy(&regularisation, added, sizeof added);
  interleave(batch, count, regularisation, side.d);
  const Lanes least_pivot = factorise(batch.matrices, batch.stride);
  for (std::size_t lane = 0; lane < count; ++lane) {
    if (!(least_pivot[lane] > 0)) return false;
  }
  substitute(batch.matrices, batch.stride, batch.unknowns);
  for (std::size_t v = 0; v < batch.stride / kLanes; ++v) {
    transpose(batch.unknowns + v * kLanes);
    const std::size_t first = v * kLanes;
    for (std::size_t lane = 0; lane < count; ++lane) {
      const auto* const solved = reinterpret_cast<const float*>(batch.unknowns + first + lane);
      float* const own = out + rows[lane] * side.d;
      for (std::size_t k = first; k < first + kLanes && k < side.d; ++k) own[k] = solved[k - first];
    }
  }
  return true;
}

bool solve_exact(const AlsSide& side, std::size_t first, std::size_t last, float* scratch,
                 float* out) {
  const Batch batch = lay_out(side.d, scratch);
  pack_shared(side, batch);
  std::size_t rows[kLanes];
  std::size_t count = 0;
  for (std::size_t row = first; row < last; ++row) {
    if (side.offsets[row] == side.offsets[row + 1]) {
      for (std::size_t k = 0; k < side.d; ++k) out[row * side.d + k] = 0;
      continue;
    }
    collect(side, row, batch, count, side.offsets[last] - side.offsets[row + 1]);
    rows[count++] = row;
    if (count < kLanes) continue;
    if (!finish(side, batch, rows, count, out)) return false;
    count = 0;
  }
  return count == 0 || finish(side, batch, rows, count, out);
}

}  // namespace

extern const AlsKernels GS_KERNEL_NAME(kAlsKernels);
const AlsKernels GS_KERNEL_NAME(kAlsKernels){
    GS_KERNEL_TEXT, solve_exact, exact_scratch, step_gradients, gradients_scratch};

}  // namespace guildsum::models::kernels
