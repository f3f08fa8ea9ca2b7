#include "models/detail/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using models::detail::symmetric_eigen;
using models::detail::SymmetricEigen;
using models::test::Draw;

namespace {

std::vector<double> sorted(std::vector<double> values) {
  std::ranges::sort(values);
  return values;
}

/// Largest entry of |Q diag(values) Q^T - A|.
double reconstruction_error(const SymmetricEigen& eigen, const std::vector<double>& a,
                            std::size_t d) {
  double worst = 0;
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < d; ++k) {
        sum += eigen.vectors[i * d + k] * eigen.values[k] * eigen.vectors[j * d + k];
      }
      worst = std::max(worst, std::abs(sum - a[i * d + j]));
    }
  }
  return worst;
}

/// Largest entry of |Q^T Q - I|.
double orthogonality_error(const SymmetricEigen& eigen, std::size_t d) {
  double worst = 0;
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = 0; j < d; ++j) {
      double sum = i == j ? -1.0 : 0.0;
      for (std::size_t k = 0; k < d; ++k)
        sum += eigen.vectors[k * d + i] * eigen.vectors[k * d + j];
      worst = std::max(worst, std::abs(sum));
    }
  }
  return worst;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(symmetric_eigen_test)

BOOST_AUTO_TEST_CASE(two_by_two_by_hand) {
  const std::vector<double> a{2, 1, 1, 2};
  const auto values = sorted(symmetric_eigen(a, 2).values);
  BOOST_TEST(values[0] == 1.0, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(values[1] == 3.0, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(a_diagonal_matrix_is_its_own_answer) {
  const auto eigen = symmetric_eigen({3, 0, 0, 0, -1, 0, 0, 0, 0}, 3);
  BOOST_TEST(eigen.values == (std::vector<double>{3, -1, 0}));
  BOOST_TEST(eigen.vectors == (std::vector<double>{1, 0, 0, 0, 1, 0, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(zeros_and_single_entries_are_no_trouble) {
  BOOST_TEST(symmetric_eigen({0, 0, 0, 0}, 2).values == (std::vector<double>{0, 0}));
  BOOST_TEST(symmetric_eigen({-7}, 1).values == (std::vector<double>{-7}));
  BOOST_TEST(symmetric_eigen({}, 0).values.empty());
}

BOOST_AUTO_TEST_CASE(random_matrices_are_put_together_again) {
  Draw draw{4};
  for (const std::size_t d : {2U, 3U, 5U, 8U, 16U, 33U}) {
    std::vector<double> a(d * d);
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = i; j < d; ++j) a[i * d + j] = a[j * d + i] = draw.real();
    }
    const auto eigen = symmetric_eigen(a, d);
    BOOST_TEST(reconstruction_error(eigen, a, d) < 1e-11, "d " << d);
    BOOST_TEST(orthogonality_error(eigen, d) < 1e-12, "d " << d);
  }
}

BOOST_AUTO_TEST_CASE(a_matrix_of_rank_one_has_one_eigenvalue) {
  std::vector<double> a;
  for (int i = 1; i <= 4; ++i) {
    for (int j = 1; j <= 4; ++j) a.push_back(i * j);
  }
  const auto values = sorted(symmetric_eigen(a, 4).values);
  BOOST_TEST(values[3] == 30.0, boost::test_tools::tolerance(1e-12));  // 1 + 4 + 9 + 16
  BOOST_TEST(std::abs(values[0]) < 1e-11);
  BOOST_TEST(std::abs(values[2]) < 1e-11);
}

BOOST_AUTO_TEST_CASE(badly_scaled_matrices_converge) {
  const std::vector<double> a{1e12, 3e3, 3e3, 1e-6};
  const auto eigen = symmetric_eigen(a, 2);
  BOOST_TEST(reconstruction_error(eigen, a, 2) < 1e-2);
  BOOST_TEST(orthogonality_error(eigen, 2) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()
