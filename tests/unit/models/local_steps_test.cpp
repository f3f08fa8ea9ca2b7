#include "models/kernels/local_steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models::kernels;
using models::test::Draw;

namespace {

constexpr std::size_t kItems = 6;
constexpr std::size_t kUsers = 3;

template <class Check>
void for_each_isa(Check check) {
  for (const Isa isa : {Isa::base, Isa::v3, Isa::v4}) {
    const LocalKernels* kernels = kernels_for<LocalKernels>(isa);
    if (kernels == nullptr) continue;
    BOOST_TEST_CONTEXT(kernels->name) { check(*kernels); }
  }
}

struct Problem {
  explicit Problem(std::size_t row_stride)
      : stride{row_stride},
        users{Draw{1}.floats(kUsers * stride)},
        items{Draw{2}.floats(kItems * stride)},
        start{Draw{3}.floats(kItems * stride)} {}

  [[nodiscard]] std::vector<float> after(const LocalKernels& kernels,
                                         const std::vector<BprTriple>& triples, float rate,
                                         float regularisation, float proximal) const {
    auto moved = items;
    kernels.bpr_steps({users.data(), moved.data(), start.data(), stride, triples.data(),
                       triples.size(), rate, regularisation, proximal});
    return moved;
  }

  std::size_t stride;
  std::vector<float> users;
  std::vector<float> items;
  std::vector<float> start;
};

double dot(const float* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) sum += static_cast<double>(a[k]) * b[k];
  return sum;
}

/// The loss whose gradient one triple follows.
double bpr_loss(const Problem& problem, const BprTriple& triple, const std::vector<double>& items,
                double regularisation, double proximal) {
  const std::size_t stride = problem.stride;
  const float* const w = problem.users.data() + triple.user * stride;
  const double x = dot(w, items.data() + triple.bought * stride, stride) -
                   dot(w, items.data() + triple.other * stride, stride);
  double loss = std::log1p(std::exp(-x));
  for (const std::size_t row : {triple.bought, triple.other}) {
    for (std::size_t k = row * stride; k < (row + 1) * stride; ++k) {
      const double away = items[k] - static_cast<double>(problem.start[k]);
      loss += regularisation / 2 * items[k] * items[k] + proximal / 2 * away * away;
    }
  }
  return loss;
}

/// Softmax cross entropy of one customer's purchases with corrections of the logits.
double softmax_loss(const Problem& problem, std::size_t user, const std::vector<double>& items,
                    const std::vector<std::uint32_t>& bought, const float* corrections) {
  const std::size_t stride = problem.stride;
  const float* const w = problem.users.data() + user * stride;
  std::vector<double> logits(kItems);
  double total = 0;
  for (std::size_t i = 0; i < kItems; ++i) {
    logits[i] = dot(w, items.data() + i * stride, stride) + static_cast<double>(corrections[i]);
    total += std::exp(logits[i]);
  }
  double loss = 0;
  for (const auto item : bought) loss += std::log(total) - logits[item];
  return loss;
}

/// Central difference of `loss` along value k of `at`.
template <class Loss>
double slope(std::vector<double> at, std::size_t k, Loss loss) {
  constexpr double kStep = 1e-5;
  at[k] += kStep;
  const double above = loss(at);
  at[k] -= 2 * kStep;
  return (above - loss(at)) / (2 * kStep);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_steps_test)

BOOST_AUTO_TEST_CASE(a_bpr_step_follows_the_finite_differences_of_its_loss) {
  for_each_isa([](const LocalKernels& kernels) {
    for (const std::size_t stride : {kRowGroup, 5 * kRowGroup}) {
      const Problem problem{stride};
      const BprTriple triple{1, 4, 2};
      for (const auto& [regularisation, proximal] :
           {std::pair{0.0F, 0.0F}, std::pair{0.25F, 0.0F}, std::pair{0.25F, 0.5F}}) {
        constexpr float kRate = 0.125F;
        const auto moved = problem.after(kernels, {triple}, kRate, regularisation, proximal);
        const std::vector<double> at(problem.items.begin(), problem.items.end());
        for (std::size_t k = 0; k < at.size(); ++k) {
          const double gradient = slope(at, k, [&](const std::vector<double>& items) {
            return bpr_loss(problem, triple, items, static_cast<double>(regularisation),
                            static_cast<double>(proximal));
          });
          const double step = static_cast<double>(moved[k]) - at[k];
          BOOST_TEST_REQUIRE(std::abs(step + static_cast<double>(kRate) * gradient) < 1e-5,
                             "stride " << stride << ", value " << k);
        }
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(many_steps_are_single_steps_one_after_the_other) {
  for_each_isa([](const LocalKernels& kernels) {
    const Problem problem{kRowGroup};
    Draw draw{8};
    std::vector<BprTriple> triples;
    for (int t = 0; t < 100; ++t) {
      const auto bought = static_cast<std::uint32_t>(draw.below(kItems));
      const auto other = static_cast<std::uint32_t>((bought + 1 + draw.below(kItems - 1)) % kItems);
      triples.push_back({static_cast<std::uint32_t>(draw.below(kUsers)), bought, other});
    }
    const auto together = problem.after(kernels, triples, 0.1F, 0.01F, 0.02F);
    auto single = problem;
    for (const auto& triple : triples) {
      single.items = single.after(kernels, {triple}, 0.1F, 0.01F, 0.02F);
    }
    BOOST_TEST(together == single.items);
    BOOST_TEST(problem.after(kernels, {}, 0.1F, 0.01F, 0.02F) == problem.items);
  });
}

BOOST_AUTO_TEST_CASE(a_margin_of_any_size_stays_finite) {
  for_each_isa([](const LocalKernels& kernels) {
    Problem problem{kRowGroup};
    for (const float size : {1e6F, -1e6F}) {
      std::ranges::fill(problem.users, 1.0F);
      std::ranges::fill(problem.items, size);
      std::fill_n(problem.items.begin(), kRowGroup, -size);
      const auto moved = problem.after(kernels, {{0, 1, 0}}, 0.5F, 0, 0);
      BOOST_TEST(std::ranges::all_of(moved, [](float v) { return std::isfinite(v); }));
    }
  });
}

BOOST_AUTO_TEST_CASE(a_softmax_gradient_follows_the_finite_differences_of_its_loss) {
  for_each_isa([](const LocalKernels& kernels) {
    const Problem problem{2 * kRowGroup};
    const std::size_t stride = problem.stride;
    const std::vector<std::vector<std::uint32_t>> bought{{0, 3}, {5}, {1, 2, 4}};
    const std::vector<float> totals{2, 1, 3};
    auto corrections = Draw{7}.floats(kUsers * kItems);
    corrections[3 + kItems] = -std::numeric_limits<float>::infinity();  // Not there for customer 1.
    auto logits = corrections;
    std::vector<float> gradient(kItems * stride, 777.0F);
    kernels.softmax_gradient({problem.users.data(), kUsers, problem.items.data(), kItems, stride,
                              totals.data(), logits.data(), gradient.data()});
    for (std::size_t u = 0; u < kUsers; ++u) {
      for (const auto item : bought[u]) {
        for (std::size_t k = 0; k < stride; ++k) {
          gradient[item * stride + k] += problem.users[u * stride + k];
        }
      }
    }
    const std::vector<double> at(problem.items.begin(), problem.items.end());
    for (std::size_t k = 0; k < at.size(); ++k) {
      const double expected = slope(at, k, [&](const std::vector<double>& items) {
        double loss = 0;
        for (std::size_t u = 0; u < kUsers; ++u) {
          loss += softmax_loss(problem, u, items, bought[u], corrections.data() + u * kItems);
        }
        return loss;
      });
      BOOST_TEST_REQUIRE(std::abs(static_cast<double>(gradient[k]) + expected) < 1e-4,
                         "value " << k);
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
