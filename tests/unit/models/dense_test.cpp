#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/kernels/kernels.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using models::kernels::Isa;
using models::kernels::DenseKernels;
using models::kernels::kernels_for;
using models::test::Draw;

namespace {

/// Runs `check` with the kernels of every instruction set that this CPU has.
template <class Check>
void for_each_isa(Check check) {
  for (const Isa isa : {Isa::base, Isa::v3, Isa::v4}) {
    const DenseKernels* kernels = kernels_for<DenseKernels>(isa);
    if (kernels == nullptr) continue;
    BOOST_TEST_CONTEXT(kernels->name) { check(*kernels); }
  }
}

/// weight * X^T X, written out.
std::vector<double> plain_gram(const std::vector<float>& x, std::size_t d, double weight) {
  std::vector<double> gram(d * d, 0.0);
  for (std::size_t row = 0; row < x.size() / d; ++row) {
    for (std::size_t k = 0; k < d * d; ++k) {
      gram[k] += weight * static_cast<double>(x[row * d + k / d]) *
                 static_cast<double>(x[row * d + k % d]);
    }
  }
  return gram;
}

std::vector<double> random_spd(std::size_t n, std::uint64_t seed) {
  const auto gram = plain_gram(Draw{seed}.floats((n + 3) * n), n, 1.0);
  auto matrix = gram;
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] += 1.0;
  return matrix;
}

/// Largest entry of |A X - I|.
double inverse_error(const std::vector<double>& a, const std::vector<double>& x, std::size_t n) {
  double worst = 0;
  std::vector<double> row(n);
  for (std::size_t i = 0; i < n; ++i) {
    std::ranges::fill(row, 0.0);
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t j = 0; j < n; ++j) row[j] += a[i * n + k] * x[k * n + j];
    }
    row[i] -= 1.0;
    for (const double value : row) worst = std::max(worst, std::abs(value));
  }
  return worst;
}

constexpr float kUntouched = 12345.0F;

}  // namespace

BOOST_AUTO_TEST_SUITE(dense_test)

BOOST_AUTO_TEST_CASE(a_gram_equals_the_plain_loops) {
  for_each_isa([](const DenseKernels& kernels) {
    for (const std::size_t d : {1U, 2U, 3U, 7U, 8U, 16U, 17U, 33U, 64U}) {
      for (const std::size_t rows : {0U, 1U, 5U, 40U, 129U}) {
        const auto x = Draw{d + rows}.floats(rows * d);
        std::vector<float> found(d * d, kUntouched);
        kernels.gram(x.data(), rows, d, 0.25F, found.data());
        const auto expected = plain_gram(x, d, 0.25);
        for (std::size_t k = 0; k < d * d; ++k) {
          BOOST_TEST_REQUIRE(std::abs(static_cast<double>(found[k]) - expected[k]) < 1e-4,
                             "d " << d << ", rows " << rows << ", entry " << k);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(rows_are_solved_like_their_dense_systems) {
  for_each_isa([](const DenseKernels& kernels) {
    for (const std::size_t d : {1U, 3U, 8U, 19U, 32U}) {
      constexpr std::uint32_t kColumns = 30;
      const auto factors = Draw{d}.floats(kColumns * d);
      const auto data =
          models::test::purchases(kColumns, models::test::random_rows(20, kColumns, d));
      std::vector<float> shared(d * d);
      kernels.gram(factors.data(), kColumns, d, 0.3F, shared.data());
      const std::vector<float> regularisation(20, 0.7F);
      std::vector<float> found(20 * d, kUntouched);
      BOOST_TEST_REQUIRE(kernels.solve_rows(factors.data(), d, shared.data(), data.offsets().data(),
                                            data.columns().data(), regularisation.data(), 0, 20,
                                            found.data()));
      for (std::size_t row = 0; row < 20; ++row) {
        std::vector<double> right(d, 0.0);
        std::vector<float> bought;
        for (const auto item : data.row(row)) {
          for (std::size_t k = 0; k < d; ++k) {
            bought.push_back(factors[item * d + k]);
            right[k] += static_cast<double>(bought.back());
          }
        }
        auto matrix = plain_gram(factors, d, 0.3);
        const auto own = plain_gram(bought, d, 1.0);
        for (std::size_t k = 0; k < d * d; ++k)
          matrix[k] += own[k] + (k % (d + 1) == 0 ? 0.7 : 0.0);
        const auto exact = models::test::solve(matrix, right);
        for (std::size_t k = 0; k < d; ++k) {
          BOOST_TEST(std::abs(static_cast<double>(found[row * d + k]) - exact[k]) < 1e-4);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(only_the_rows_asked_for_are_written) {
  for_each_isa([](const DenseKernels& kernels) {
    const std::vector<float> factors{1, 2, 3, 4};
    const std::vector<float> shared{1, 0, 0, 1};
    const std::vector<std::uint64_t> offsets{0, 1, 1, 2, 3};
    const std::vector<std::uint32_t> columns{0, 1, 0};
    const std::vector<float> regularisation(4, 1.0F);
    std::vector<float> out(8, kUntouched);
    BOOST_TEST_REQUIRE(kernels.solve_rows(factors.data(), 2, shared.data(), offsets.data(),
                                          columns.data(), regularisation.data(), 1, 3, out.data()));
    BOOST_TEST(out[1] == kUntouched);
    BOOST_TEST(out[2] == 0.0F);  // A row without a column.
    BOOST_TEST(out[3] == 0.0F);
    BOOST_TEST(out[4] != kUntouched);
    BOOST_TEST(out[6] == kUntouched);
  });
}

BOOST_AUTO_TEST_CASE(a_system_that_is_not_definite_is_reported) {
  for_each_isa([](const DenseKernels& kernels) {
    const std::vector<float> factors{1, 0};
    const std::vector<float> shared{0, 0, 0, 0};
    const std::vector<std::uint64_t> offsets{0, 1};
    const std::vector<std::uint32_t> columns{0};
    const std::vector<float> regularisation{-2.0F};
    std::vector<float> out(2);
    BOOST_TEST(!kernels.solve_rows(factors.data(), 2, shared.data(), offsets.data(), columns.data(),
                                   regularisation.data(), 0, 1, out.data()));
  });
}

BOOST_AUTO_TEST_CASE(a_definite_matrix_times_its_inverse_is_one) {
  for_each_isa([](const DenseKernels& kernels) {
    // Around the block size of 192 and far from it.
    for (const std::size_t n : {1U, 2U, 3U, 17U, 64U, 191U, 192U, 193U, 230U}) {
      const auto matrix = random_spd(n, n);
      auto inverse = matrix;
      BOOST_TEST_REQUIRE(kernels.invert_spd(inverse.data(), n));
      BOOST_TEST(inverse_error(matrix, inverse, n) < 1e-7, "n " << n);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          BOOST_TEST_REQUIRE(inverse[i * n + j] == inverse[j * n + i]);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(what_is_definite_already_has_the_same_inverse_with_its_ridge) {
  for_each_isa([](const DenseKernels& kernels) {
    for (const std::size_t n : {1U, 2U, 17U, 64U, 130U}) {
      const auto matrix = random_spd(n, n);
      auto near = matrix;
      BOOST_TEST_REQUIRE(kernels.invert_nearest(near.data(), n, 2.5));
      auto with_ridge = matrix;
      for (std::size_t i = 0; i < n; ++i) with_ridge[i * n + i] += 2.5;
      BOOST_TEST(inverse_error(with_ridge, near, n) < 1e-7, "n " << n);
    }
  });
}

BOOST_AUTO_TEST_CASE(negative_eigenvalues_count_as_none) {
  for_each_isa([](const DenseKernels& kernels) {
    // Eigenvalues 3 of (1, 1) and -1 of (1, -1).
    std::vector<double> saddle{1, 2, 2, 1};
    BOOST_TEST_REQUIRE(kernels.invert_nearest(saddle.data(), 2, 0.5));
    const double high = 1 / 3.5;
    const double low = 1 / 0.5;
    BOOST_TEST(saddle[0] == (high + low) / 2, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(saddle[1] == (high - low) / 2, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(saddle[1] == saddle[2]);
    std::vector<double> broken{1, std::nan(""), std::nan(""), 1};
    BOOST_TEST(!kernels.invert_nearest(broken.data(), 2, 0.5));
  });
}

BOOST_AUTO_TEST_CASE(a_matrix_that_is_not_definite_is_not_inverted) {
  for_each_isa([](const DenseKernels& kernels) {
    std::vector<double> saddle{1, 2, 2, 1};
    BOOST_TEST(!kernels.invert_spd(saddle.data(), 2));
    std::vector<double> zero{0};
    BOOST_TEST(!kernels.invert_spd(zero.data(), 1));
    auto large = random_spd(200, 3);
    large[150 * 200 + 150] = -1;
    BOOST_TEST(!kernels.invert_spd(large.data(), 200));
  });
}

BOOST_AUTO_TEST_SUITE_END()
