#include "tests/unit/models/model_setup.hpp"

#include <cmath>

#include "models/contribute.hpp"

namespace guildsum::models::test {

std::vector<double> solve(std::vector<double> matrix, std::vector<double> right) {
  const std::size_t n = right.size();
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < n; ++row) {
      if (std::abs(matrix[row * n + column]) > std::abs(matrix[pivot * n + column])) pivot = row;
    }
    for (std::size_t k = 0; k < n; ++k) std::swap(matrix[pivot * n + k], matrix[column * n + k]);
    std::swap(right[pivot], right[column]);
    for (std::size_t row = column + 1; row < n; ++row) {
      const double ratio = matrix[row * n + column] / matrix[column * n + column];
      for (std::size_t k = column; k < n; ++k)
        matrix[row * n + k] -= ratio * matrix[column * n + k];
      right[row] -= ratio * right[column];
    }
  }
  for (std::size_t row = n; row-- > 0;) {
    for (std::size_t k = row + 1; k < n; ++k) right[row] -= matrix[row * n + k] * right[k];
    right[row] /= matrix[row * n + row];
  }
  return right;
}

std::vector<double> inverse(const std::vector<double>& matrix, std::size_t n) {
  std::vector<double> result(n * n);
  for (std::size_t column = 0; column < n; ++column) {
    std::vector<double> unit(n, 0.0);
    unit[column] = 1.0;
    const auto solved = solve(matrix, unit);
    for (std::size_t row = 0; row < n; ++row) result[row * n + column] = solved[row];
  }
  return result;
}

std::vector<double> dense(const GramModel& gram) {
  std::vector<double> matrix;
  for (std::uint32_t i = 0; i < gram.items; ++i) {
    for (std::uint32_t j = 0; j < gram.items; ++j) {
      matrix.push_back(static_cast<double>(gram.at(i, j)));
    }
  }
  return matrix;
}

Result<> apply_sum_of(SumTask& task, std::span<const Interactions> shops, Random& random,
                      bool same_survivors) {
  GS_TRY(const auto request, task.next_request());
  std::vector<std::int64_t> sum(request.layout.total_length(), 0);
  for (const auto& shop : shops) {
    GS_TRY(const auto part, contribute(task.plan(), request, shop, random));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part.values[i];
  }
  return task.apply(sum, {.survivors = static_cast<std::uint32_t>(shops.size()),
                          .same_survivors_as_previous = same_survivors});
}

}  // namespace guildsum::models::test
