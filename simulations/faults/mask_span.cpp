#include "simulations/faults/mask_span.hpp"

#include <array>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

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

namespace {

/// Rows that hidden masks tie together: each row is a multiple, 1 or -1, of the row that stands for
/// its component (union-find with signs).
class SignedComponents {
 public:
  explicit SignedComponents(std::size_t rows) : parent_(rows), sign_(rows, 1), zero_(rows, false) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  /// x_row = 0.
  void ground(std::size_t row) { zero_[root_of(row).first] = true; }
  /// x_a = sign * x_b.
  void tie(std::size_t a, std::size_t b, int sign) {
    const auto [root_a, sign_a] = root_of(a);
    const auto [root_b, sign_b] = root_of(b);
    const int between = sign * sign_a * sign_b;
    if (root_a == root_b) {
      if (between < 0) zero_[root_a] = true;
      return;
    }
    parent_[root_a] = root_b;
    sign_[root_a] = between;
    zero_[root_b] = zero_[root_b] || zero_[root_a];
  }
  [[nodiscard]] FieldMatrix basis() {
    std::map<std::size_t, std::vector<std::int64_t>> of_root;
    for (std::size_t row = 0; row < parent_.size(); ++row) {
      const auto [root, sign] = root_of(row);
      if (zero_[root]) continue;
      auto& vector = of_root.try_emplace(root, parent_.size(), 0).first->second;
      vector[row] = sign;
    }
    FieldMatrix basis;
    for (auto& [root, vector] : of_root) basis.push_back(std::move(vector));
    return basis;
  }

 private:
  std::pair<std::size_t, int> root_of(std::size_t row) {
    std::size_t root = row;
    int sign = 1;
    while (parent_[root] != root) {
      sign *= sign_[root];
      root = parent_[root];
    }
    // Next time it is one step.
    for (int rest = sign; parent_[row] != root && row != root;) {
      const std::size_t next = parent_[row];
      const int own = std::exchange(sign_[row], rest);
      parent_[row] = root;
      rest *= own;
      row = next;
    }
    return {root, sign};
  }

  std::vector<std::size_t> parent_;
  std::vector<int> sign_;
  std::vector<bool> zero_;
};

/// What no hidden mask stands in the way of: a basis of {x : x^T M = 0} with M the hidden masks.
/// Each mask is in one masked input or, a pair's, in two, so that it says x_a = 0 or x_a = +-x_b;
/// only where a mask was used more often the whole matrix is solved.
FieldMatrix readable_combinations(const MaskKnowledge& known) {
  struct Uses {
    std::array<std::size_t, 2> rows{};
    std::array<int, 2> signs{};
    std::size_t count = 0;
  };
  std::unordered_map<std::string, Uses> uses;
  for (std::size_t r = 0; r < known.rows.size(); ++r) {
    for (const Mask& mask : known.rows[r].masks) {
      if (known.opened.contains(mask.seed)) continue;
      Uses& seen = uses[mask.seed];
      const bool again = seen.count > 0 && seen.rows[seen.count - 1] == r;
      if (again || seen.count == 2) return left_kernel(hidden_masks(known));
      seen.rows[seen.count] = r;
      seen.signs[seen.count++] = mask.subtract ? -1 : 1;
    }
  }
  SignedComponents components{known.rows.size()};
  for (const auto& [seed, seen] : uses) {
    if (seen.count == 1) {
      components.ground(seen.rows[0]);
    } else {
      components.tie(seen.rows[0], seen.rows[1], -seen.signs[0] * seen.signs[1]);
    }
  }
  return components.basis();
}

}  // namespace

ReadableSpan readable_span(const MaskKnowledge& known) {
  FieldMatrix certified;
  for (const auto& members : known.certified) {
    certified.emplace_back(known.rows.size(), 0);
    for (const auto row : members) certified.back()[row] = 1;
  }
  const FieldMatrix kernel = readable_combinations(known);
  ReadableSpan span;
  span.dimension = kernel.size();
  span.certified_dimension = rank(certified);
  for (std::size_t k = 0; k < certified.size() && !kernel.empty(); ++k) {
    FieldMatrix with_sum = kernel;
    with_sum.push_back(certified[k]);
    if (rank(std::move(with_sum)) == kernel.size()) span.readable.push_back(k);
  }
  if (span.dimension > span.certified_dimension) {
    span.only_certified = false;
    return span;
  }
  FieldMatrix together = certified;
  together.insert(together.end(), kernel.begin(), kernel.end());
  span.only_certified = rank(together) == span.certified_dimension;
  return span;
}

}  // namespace guildsum::simulations
