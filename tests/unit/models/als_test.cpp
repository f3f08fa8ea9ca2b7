#include "models/kernels/als.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/detail/aligned.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models::kernels;
using models::detail::AlignedFloats;
using models::test::Draw;

namespace {

constexpr float kUntouched = 12345.0F;

template <class Check>
void for_each_isa(Check check) {
  for (const Isa isa : {Isa::base, Isa::v3, Isa::v4}) {
    const AlsKernels* kernels = kernels_for<AlsKernels>(isa);
    if (kernels == nullptr) continue;
    BOOST_TEST_CONTEXT(kernels->name) { check(*kernels); }
  }
}

/// Rows of the lengths given, over as many columns as the longest needs.
struct Problem {
  Problem(std::size_t factors, const std::vector<std::size_t>& lengths) : d{factors} {
    const std::size_t items = std::max<std::size_t>(7, *std::ranges::max_element(lengths));
    factors_of = Draw{d}.floats(items * d);
    shared.assign(d * d, 0.0F);
    for (std::size_t i = 0; i < items; ++i) {
      for (std::size_t k = 0; k < d * d; ++k) {
        shared[k] += 0.1F * factors_of[i * d + k / d] * factors_of[i * d + k % d];
      }
    }
    for (const auto length : lengths) {
      for (std::size_t k = 0; k < length; ++k) {
        columns.push_back(static_cast<std::uint32_t>((k * 5 + offsets.size()) % items));
      }
      offsets.push_back(columns.size());
      regularisation.push_back(1.0F + 0.25F * static_cast<float>(length));
    }
  }
  [[nodiscard]] std::size_t rows() const { return regularisation.size(); }
  [[nodiscard]] AlsSide side() const {
    return {factors_of.data(),    d, shared.data(), offsets.data(), columns.data(),
            regularisation.data()};
  }
  /// The system of a row and its right-hand side, in doubles.
  [[nodiscard]] std::pair<std::vector<double>, std::vector<double>> system(std::size_t row) const {
    std::vector<double> matrix(shared.begin(), shared.end());
    std::vector<double> right(d, 0.0);
    for (std::size_t at = offsets[row]; at < offsets[row + 1]; ++at) {
      const float* const h = factors_of.data() + columns[at] * d;
      for (std::size_t k = 0; k < d * d; ++k) {
        matrix[k] += static_cast<double>(h[k / d]) * static_cast<double>(h[k % d]);
      }
      for (std::size_t k = 0; k < d; ++k) right[k] += static_cast<double>(h[k]);
    }
    for (std::size_t k = 0; k < d; ++k) {
      matrix[k * d + k] += static_cast<double>(regularisation[row]);
    }
    return {matrix, right};
  }

  std::size_t d;
  std::vector<float> factors_of;
  std::vector<float> shared;
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> columns;
  std::vector<float> regularisation;
};

std::vector<float> exact(const AlsKernels& kernels, const Problem& problem, std::size_t first,
                         std::size_t last) {
  AlignedFloats scratch(kernels.exact_scratch(problem.d), std::numeric_limits<float>::quiet_NaN());
  std::vector<float> out(problem.rows() * problem.d, kUntouched);
  BOOST_TEST_REQUIRE(kernels.solve_exact(problem.side(), first, last, scratch.data(), out.data()));
  return out;
}

std::vector<float> stepped(const AlsKernels& kernels, const Problem& problem, std::size_t first,
                           std::size_t last, std::size_t steps, std::vector<float> start) {
  const std::size_t longest = problem.columns.size();
  AlignedFloats scratch(kernels.gradients_scratch(problem.d, longest),
                        std::numeric_limits<float>::quiet_NaN());
  kernels.step_gradients(problem.side(), first, last, steps, scratch.data(), start.data());
  return start;
}

/// Conjugate gradients written out in doubles.
std::vector<double> plain_gradients(const Problem& problem, std::size_t row, std::size_t steps,
                                    std::span<const float> start) {
  const auto [matrix, right] = problem.system(row);
  const std::size_t d = problem.d;
  const auto apply = [&](const std::vector<double>& x) {
    std::vector<double> y(d, 0.0);
    for (std::size_t k = 0; k < d * d; ++k) y[k / d] += matrix[k] * x[k % d];
    return y;
  };
  const auto dot = [&](const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t k = 0; k < d; ++k) sum += a[k] * b[k];
    return sum;
  };
  std::vector<double> x(start.begin(), start.end());
  auto r = apply(x);
  for (std::size_t k = 0; k < d; ++k) r[k] = right[k] - r[k];
  auto p = r;
  for (std::size_t step = 0; step < steps; ++step) {
    const double norm = dot(r, r);
    const auto product = apply(p);
    const double length = norm / dot(p, product);
    for (std::size_t k = 0; k < d; ++k) x[k] += length * p[k];
    for (std::size_t k = 0; k < d; ++k) r[k] -= length * product[k];
    const double beta = dot(r, r) / norm;
    for (std::size_t k = 0; k < d; ++k) p[k] = r[k] + beta * p[k];
  }
  return x;
}

/// Around the numbers of lanes, of rows gathered at once, of remainders, and empty rows.
const std::vector<std::size_t> kLengths{1, 0, 2, 3, 4, 5, 7, 8,  9,  15, 16, 17, 19,
                                        0, 1, 1, 1, 6, 1, 2, 63, 64, 65, 70, 33};

}  // namespace

BOOST_AUTO_TEST_SUITE(als_test)

BOOST_AUTO_TEST_CASE(rows_are_solved_like_their_dense_systems) {
  for_each_isa([](const AlsKernels& kernels) {
    for (const std::size_t d : {1U, 2U, 5U, 15U, 16U, 17U, 31U, 33U, 48U, 64U}) {
      const Problem problem{d, kLengths};
      const auto found = exact(kernels, problem, 0, problem.rows());
      for (std::size_t row = 0; row < problem.rows(); ++row) {
        const auto [matrix, right] = problem.system(row);
        const auto expected = models::test::solve(matrix, right);
        for (std::size_t k = 0; k < d; ++k) {
          const double gap = static_cast<double>(found[row * d + k]) - expected[k];
          BOOST_TEST_REQUIRE(std::abs(gap) < 2e-5, "d " << d << ", row " << row << ": " << gap);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(the_widest_batched_factors_are_solved) {
  for_each_isa([](const AlsKernels& kernels) {
    for (const std::size_t d : {kBatchedFactorsMax - 1, kBatchedFactorsMax}) {
      const Problem problem{d, {3, 130, 0, 64}};
      const auto found = exact(kernels, problem, 0, problem.rows());
      const auto [matrix, right] = problem.system(1);
      const auto expected = models::test::solve(matrix, right);
      for (std::size_t k = 0; k < d; ++k) {
        BOOST_TEST_REQUIRE(std::abs(static_cast<double>(found[d + k]) - expected[k]) < 2e-5);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(a_row_does_not_depend_on_the_rows_around_it) {
  for_each_isa([](const AlsKernels& kernels) {
    for (const std::size_t d : {3U, 20U, 32U}) {
      const Problem problem{d, kLengths};
      const auto start = Draw{9}.floats(problem.rows() * d);
      const auto solved = exact(kernels, problem, 0, problem.rows());
      const auto moved = stepped(kernels, problem, 0, problem.rows(), 3, start);
      for (std::size_t row = 0; row < problem.rows(); ++row) {
        const auto alone = exact(kernels, problem, row, row + 1);
        const auto moved_alone = stepped(kernels, problem, row, row + 1, 3, start);
        for (std::size_t k = 0; k < alone.size(); ++k) {
          const bool own = k / d == row;
          BOOST_TEST_REQUIRE(alone[k] == (own ? solved[k] : kUntouched));
          BOOST_TEST_REQUIRE(moved_alone[k] == (own ? moved[k] : start[k]));
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(gradient_steps_are_those_of_the_plain_method) {
  for_each_isa([](const AlsKernels& kernels) {
    for (const std::size_t d : {1U, 4U, 15U, 16U, 17U, 33U, 64U, 144U}) {
      const Problem problem{d, kLengths};
      const auto start = Draw{d + 1}.floats(problem.rows() * d);
      const std::size_t steps = d == 1 ? 1 : 3;  // One step solves one unknown; 0 / 0 follows.
      const auto found = stepped(kernels, problem, 0, problem.rows(), steps, start);
      for (std::size_t row = 0; row < problem.rows(); ++row) {
        const bool empty = problem.offsets[row] == problem.offsets[row + 1];
        const auto expected =
            empty ? std::vector<double>(d, 0.0)
                  : plain_gradients(problem, row, steps, std::span{start}.subspan(row * d, d));
        for (std::size_t k = 0; k < d; ++k) {
          const double gap = static_cast<double>(found[row * d + k]) - expected[k];
          BOOST_TEST_REQUIRE(std::abs(gap) < 2e-4, "d " << d << ", row " << row << ": " << gap);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(enough_gradient_steps_solve_a_row_and_stay_there) {
  for_each_isa([](const AlsKernels& kernels) {
    const Problem problem{16, kLengths};
    const auto solved = exact(kernels, problem, 0, problem.rows());
    for (const std::size_t steps : {40U, 200U}) {
      const auto moved = stepped(kernels, problem, 0, problem.rows(), steps,
                                 std::vector<float>(solved.size(), 0.0F));
      for (std::size_t k = 0; k < solved.size(); ++k) {
        BOOST_TEST_REQUIRE(std::abs(moved[k] - solved[k]) < 2e-5F);
      }
    }
    const auto start = std::vector<float>(solved.size(), 0.5F);
    const auto unmoved = stepped(kernels, problem, 0, 1, 0, start);
    BOOST_TEST(unmoved == start);  // No steps.
  });
}

BOOST_AUTO_TEST_CASE(an_indefinite_system_in_any_lane_is_reported) {
  for_each_isa([](const AlsKernels& kernels) {
    for (const std::size_t bad : {0U, 1U, 15U, 16U, 20U}) {
      Problem problem{2, std::vector<std::size_t>(21, 2)};
      problem.regularisation[bad] = -50.0F;
      AlignedFloats scratch(kernels.exact_scratch(2));
      std::vector<float> out(problem.rows() * 2);
      BOOST_TEST(!kernels.solve_exact(problem.side(), 0, 21, scratch.data(), out.data()));
      BOOST_TEST(kernels.solve_exact(problem.side(), 0, bad, scratch.data(), out.data()));
    }
    Problem unknown{2, {2}};
    unknown.regularisation[0] = std::numeric_limits<float>::quiet_NaN();
    AlignedFloats scratch(kernels.exact_scratch(2));
    std::vector<float> out(2);
    BOOST_TEST(!kernels.solve_exact(unknown.side(), 0, 1, scratch.data(), out.data()));
  });
}

BOOST_AUTO_TEST_CASE(no_rows_are_no_work) {
  for_each_isa([](const AlsKernels& kernels) {
    const Problem problem{3, {2, 2}};
    const std::vector<float> untouched(6, kUntouched);
    BOOST_TEST(exact(kernels, problem, 1, 1) == untouched);
    BOOST_TEST(stepped(kernels, problem, 2, 2, 3, untouched) == untouched);
  });
}

BOOST_AUTO_TEST_SUITE_END()
