#include "models/detail/item_systems.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/detail/ials_task.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::frequency_regularisation;
using models::detail::ItemSystems;
using models::test::Draw;

namespace {

constexpr std::size_t kD = 5;
constexpr std::uint64_t kCustomers = 40;

IalsPlan small_plan() {
  IalsPlan plan;
  plan.factors = kD;
  plan.unobserved_weight = 0.3;
  plan.regularisation = 0.02;
  return plan;
}

/// W^T W of random customers: [d x d].
std::vector<double> random_gram(std::uint64_t seed) {
  Draw draw{seed};
  std::vector<double> gram(kD * kD, 0.0);
  for (std::uint64_t u = 0; u < kCustomers; ++u) {
    std::vector<double> w(kD);
    for (auto& value : w) value = draw.real();
    for (std::size_t i = 0; i < kD; ++i) {
      for (std::size_t j = 0; j < kD; ++j) gram[i * kD + j] += w[i] * w[j];
    }
  }
  return gram;
}

std::vector<double> packed(const std::vector<double>& full) {
  std::vector<double> upper;
  for (std::size_t i = 0; i < kD; ++i) {
    for (std::size_t j = i; j < kD; ++j) upper.push_back(full[i * kD + j]);
  }
  return upper;
}

/// weight * G x + reg x
std::vector<double> applied(const std::vector<double>& gram, double weight, double reg,
                            const std::vector<double>& x) {
  std::vector<double> out(kD);
  for (std::size_t i = 0; i < kD; ++i) {
    double dot = 0;
    for (std::size_t j = 0; j < kD; ++j) dot += gram[i * kD + j] * x[j];
    out[i] = weight * dot + reg * x[i];
  }
  return out;
}

bool close(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (std::abs(a[k] - b[k]) > 1e-9 * (1 + std::abs(b[k]))) return false;
  }
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(item_systems_test)

BOOST_AUTO_TEST_CASE(the_shared_part_is_the_weighted_gram_and_the_regularisation) {
  const auto plan = small_plan();
  const auto gram = random_gram(1);
  const std::vector<std::uint64_t> counts{0, 7, 40};
  const ItemSystems systems{plan, packed(gram), counts, kCustomers};
  const std::vector<double> x{1, -2, 0.5, 0, 3};
  for (std::size_t item = 0; item < counts.size(); ++item) {
    std::vector<double> out(kD);
    systems.apply_shared(item, x, out);
    const double reg = 0.02 * (static_cast<double>(counts[item]) + 0.3 * 40);
    BOOST_TEST(close(out, applied(gram, 0.3, reg, x)));
  }
}

BOOST_AUTO_TEST_CASE(the_preconditioner_inverts_its_matrix) {
  const auto plan = small_plan();
  const auto gram = random_gram(2);
  const std::vector<std::uint64_t> counts{0, 7, 40};
  const ItemSystems systems{plan, packed(gram), counts, kCustomers};
  const std::vector<double> x{1, -2, 0.5, 0, 3};
  for (std::size_t item = 0; item < counts.size(); ++item) {
    const auto count = static_cast<double>(counts[item]);
    std::vector<double> solved(kD);
    systems.precondition(item, x, solved);
    const double reg = frequency_regularisation(plan, count, 40);
    BOOST_TEST(close(applied(gram, 0.3 + count / 40, reg, solved), x), "item " << item);
  }
}

BOOST_AUTO_TEST_CASE(an_item_of_all_customers_is_solved_by_its_preconditioner) {
  // Then the part known only through sums is G_U itself, and C_i is the whole system.
  const auto plan = small_plan();
  const auto gram = random_gram(3);
  const ItemSystems systems{plan, packed(gram), std::vector<std::uint64_t>{kCustomers}, kCustomers};
  auto matrix = gram;
  const double reg = frequency_regularisation(plan, 40, 40);
  for (std::size_t i = 0; i < kD; ++i) {
    for (std::size_t j = 0; j < kD; ++j) matrix[i * kD + j] *= 1.3;
    matrix[i * kD + i] += reg;
  }
  const std::vector<double> b{1, 2, 3, 4, 5};
  std::vector<double> solved(kD);
  systems.precondition(0, b, solved);
  BOOST_TEST(close(solved, models::test::solve(matrix, b)));
}

BOOST_AUTO_TEST_CASE(noise_that_makes_the_gram_slightly_indefinite_does_no_harm) {
  const auto plan = small_plan();
  std::vector<double> gram(kD * kD, 0.0);
  for (std::size_t i = 0; i < kD; ++i) gram[i * kD + i] = -1e-4;  // Sums are rounded.
  const ItemSystems systems{plan, packed(gram), std::vector<std::uint64_t>{1}, kCustomers};
  std::vector<double> solved(kD);
  systems.precondition(0, std::vector<double>(kD, 1.0), solved);
  const double reg = frequency_regularisation(plan, 1, 40);
  BOOST_TEST(close(solved, std::vector<double>(kD, 1 / reg)));
}

BOOST_AUTO_TEST_SUITE_END()
