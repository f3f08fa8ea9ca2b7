#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/random.hpp"
#include "models/errors.hpp"
#include "models/interactions.hpp"
#include "models/released.hpp"
#include "models/sum_task.hpp"

namespace guildsum::models::test {

using Rows = std::vector<std::vector<ItemIndex>>;

/// The value, or a failed test that says why there is none.
template <class T>
T must(Result<T> result) {
  BOOST_TEST_REQUIRE(result.has_value(),
                     (result.has_error() ? result.error().message() : std::string{}));
  return std::move(result).value();
}
inline void must(const Result<>& result) {
  BOOST_TEST_REQUIRE(result.has_value(),
                     (result.has_error() ? result.error().message() : std::string{}));
}

/// Whether `result` is this error and its detail mentions `part`.
template <class T>
bool refused(const Result<T>& result, ModelsErrc code, std::string_view part = {}) {
  if (!result.has_error()) return false;
  return result.error() == code && result.error().detail().find(part) != std::string::npos;
}

inline Interactions purchases(std::uint32_t items, const Rows& rows) {
  return must(Interactions::build(items, rows));
}

/// Reproducible numbers for tests.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_{seed} {}
  std::uint64_t below(std::uint64_t limit) { return bits() % limit; }
  /// Uniform in [-1, 1).
  double real() { return static_cast<double>(bits() >> 11) * 0x1.0p-52 - 1.0; }
  std::vector<float> floats(std::size_t count) {
    std::vector<float> values(count);
    for (auto& value : values) value = static_cast<float>(real());
    return values;
  }
  [[nodiscard]] Random& source() noexcept { return random_; }

 private:
  std::uint64_t bits() {
    std::array<std::byte, 8> raw;
    random_.fill(raw);
    return load_le<std::uint64_t>(raw);
  }
  SeededRandom random_;
};

/// Every customer buys each item with a chance of `percent`; some customers may buy nothing.
inline Rows random_rows(std::size_t customers, std::uint32_t items, std::uint64_t seed,
                        std::uint64_t percent = 30) {
  Draw draw{seed};
  Rows rows(customers);
  for (auto& row : rows) {
    for (ItemIndex item = 0; item < items; ++item) {
      if (draw.below(100) < percent) row.push_back(item);
    }
  }
  return rows;
}

/// Solution of A x = b for A [n x n] by Gaussian elimination with row pivots: the direct way, apart
/// from every solver of the product.
std::vector<double> solve(std::vector<double> matrix, std::vector<double> right);
/// Inverse of A [n x n], column by column.
std::vector<double> inverse(const std::vector<double>& matrix, std::size_t n);
/// Both triangles of a Gram matrix.
std::vector<double> dense(const GramModel& gram);
/// Fills a task with the sum of `shops`, one contribution each; @return what `apply` says.
Result<> apply_sum_of(SumTask& task, std::span<const Interactions> shops, Random& random,
                      bool same_survivors = true);

}  // namespace guildsum::models::test
