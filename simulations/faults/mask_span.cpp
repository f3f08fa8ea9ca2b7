#include "simulations/faults/mask_span.hpp"

#include <map>

namespace guildsum::simulations {
namespace {

constexpr std::int64_t kPrime = 1'000'003;  // Products fit 64 bits.

std::int64_t reduced(std::int64_t value) { return (value % kPrime + kPrime) % kPrime; }

std::int64_t inverse(std::int64_t value) {
  std::int64_t result = 1;
  for (std::int64_t power = kPrime - 2; power > 0; power >>= 1) {
    if ((power & 1) != 0) result = result * value % kPrime;
    value = value * value % kPrime;
  }
  return result;
}

/// Row echelon form of the first `columns` columns, in place; @return the rank of that part.
std::size_t eliminate(FieldMatrix& matrix, std::size_t columns) {
  std::size_t rank = 0;
  for (std::size_t column = 0; column < columns && rank < matrix.size(); ++column) {
    std::size_t pivot = rank;
    while (pivot < matrix.size() && matrix[pivot][column] == 0) ++pivot;
    if (pivot == matrix.size()) continue;
    std::swap(matrix[pivot], matrix[rank]);
    const std::int64_t scale = inverse(matrix[rank][column]);
    for (std::size_t row = rank + 1; row < matrix.size(); ++row) {
      const std::int64_t ratio = matrix[row][column] * scale % kPrime;
      for (std::size_t k = column; k < matrix[row].size(); ++k) {
        matrix[row][k] = reduced(matrix[row][k] - ratio * matrix[rank][k]);
      }
    }
    ++rank;
  }
  return rank;
}

FieldMatrix with_reduced_entries(FieldMatrix matrix) {
  for (auto& row : matrix) {
    for (auto& value : row) value = reduced(value);
  }
  return matrix;
}

/// One row per masked input, one column per mask that was not opened.
FieldMatrix hidden_masks(const MaskKnowledge& known) {
  std::map<std::string, std::size_t> column_of;
  for (const auto& row : known.rows) {
    for (const auto& mask : row.masks) {
      if (!known.opened.contains(mask.seed)) column_of.try_emplace(mask.seed, column_of.size());
    }
  }
  FieldMatrix matrix(known.rows.size(), std::vector<std::int64_t>(column_of.size(), 0));
  for (std::size_t r = 0; r < known.rows.size(); ++r) {
    for (const auto& mask : known.rows[r].masks) {
      const auto column = column_of.find(mask.seed);
      if (column != column_of.end()) matrix[r][column->second] += mask.subtract ? -1 : 1;
    }
  }
  return matrix;
}

}  // namespace

std::size_t rank(FieldMatrix matrix) {
  if (matrix.empty()) return 0;
  matrix = with_reduced_entries(std::move(matrix));
  return eliminate(matrix, matrix.front().size());
}

FieldMatrix left_kernel(const FieldMatrix& matrix) {
  // Beside an identity: what turns a row into zero is then written next to it.
  FieldMatrix beside = with_reduced_entries(matrix);
  const std::size_t rows = beside.size();
  const std::size_t columns = rows == 0 ? 0 : beside.front().size();
  for (std::size_t r = 0; r < rows; ++r) {
    beside[r].resize(columns + rows, 0);
    beside[r][columns + r] = 1;
  }
  const std::size_t pivots = eliminate(beside, columns);
  FieldMatrix kernel;
  for (std::size_t r = pivots; r < rows; ++r) {
    kernel.emplace_back(beside[r].begin() + static_cast<std::ptrdiff_t>(columns), beside[r].end());
  }
  return kernel;
}

ReadableSpan readable_span(const MaskKnowledge& known) {
  FieldMatrix certified;
  for (const auto& members : known.certified) {
    certified.emplace_back(known.rows.size(), 0);
    for (const auto row : members) certified.back()[row] = 1;
  }
  const FieldMatrix kernel = left_kernel(hidden_masks(known));
  ReadableSpan span;
  span.dimension = kernel.size();
  span.certified_dimension = rank(certified);
  FieldMatrix together = certified;
  together.insert(together.end(), kernel.begin(), kernel.end());
  span.only_certified = rank(together) == span.certified_dimension;
  return span;
}

}  // namespace guildsum::simulations
