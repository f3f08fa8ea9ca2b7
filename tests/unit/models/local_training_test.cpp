#include "models/detail/local_training.hpp"

#include <algorithm>
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/detail/delta_task.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::fold_in_customers;
using models::detail::padded_stride;
using models::detail::starting_vectors;
using models::detail::train_locally;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

constexpr std::uint32_t kItems = 40;
constexpr std::uint32_t kFactors = 5;

TaskPlan plan_of(TaskKind kind) {
  TaskPlan plan;
  plan.kind = kind;
  plan.items = kItems;
  plan.gradient.factors = kFactors;
  plan.gradient.init_scale = 0.5;
  return plan;
}

/// Two tastes: even customers buy of the first half, odd ones of the second.
Interactions two_tastes(std::size_t customers = 100) {
  auto rows = random_rows(customers, kItems / 2, 3, 25);
  for (std::size_t u = 1; u < rows.size(); u += 2) {
    for (auto& item : rows[u]) item += kItems / 2;
  }
  return purchases(kItems, rows);
}

std::vector<float> trained(const TaskPlan& plan, const Interactions& data, std::uint64_t seed = 1) {
  SeededRandom random{seed};
  return must(train_locally(plan, starting_vectors(plan), data, random));
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double squares = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    squares += std::pow(static_cast<double>(a[k]) - static_cast<double>(b[k]), 2);
  }
  return std::sqrt(squares);
}

/// Share of (bought, not bought) pairs that the model ranks the right way for the customers.
double pairs_in_order(const std::vector<float>& vectors, const Interactions& data) {
  const std::size_t stride = padded_stride(kFactors);
  const auto users = fold_in_customers(vectors, kFactors, data);
  std::size_t right = 0;
  std::size_t all = 0;
  for (std::size_t u = 0; u < data.customers(); ++u) {
    std::vector<float> scores(kItems, 0.0F);
    for (std::size_t i = 0; i < kItems; ++i) {
      for (std::size_t k = 0; k <= kFactors; ++k) {
        scores[i] += users[u * stride + k] * vectors[i * (kFactors + 1) + k];
      }
    }
    for (const auto i : data.row(u)) {
      for (ItemIndex j = 0; j < kItems; ++j) {
        if (std::ranges::binary_search(data.row(u), j)) continue;
        ++all;
        right += scores[i] > scores[j];
      }
    }
  }
  return static_cast<double>(right) / static_cast<double>(all);
}

constexpr TaskKind kKinds[] = {TaskKind::bpr, TaskKind::softmax};

}  // namespace

BOOST_AUTO_TEST_SUITE(local_training_test)

BOOST_AUTO_TEST_CASE(rows_are_padded_to_whole_groups_with_room_for_the_bias) {
  BOOST_TEST(padded_stride(1) == 16U);
  BOOST_TEST(padded_stride(15) == 16U);
  BOOST_TEST(padded_stride(16) == 32U);
  BOOST_TEST(padded_stride(64) == 80U);
}

BOOST_AUTO_TEST_CASE(a_customer_is_the_sum_of_her_items_over_the_root_of_their_number) {
  const std::vector<float> vectors{1, 2, 9, 3, 4, 9, 5, 6, 9, 7, 8, 9};
  const auto users = fold_in_customers(vectors, 2, purchases(4, {{0, 1, 2, 3}, {}, {2}}));
  BOOST_TEST(users.size() == 48U);
  BOOST_TEST(users[0] == 8.0F);
  BOOST_TEST(users[1] == 10.0F);
  BOOST_TEST(users[2] == 1.0F);  // Multiplies the bias.
  BOOST_TEST(users[3] == 0.0F);
  BOOST_TEST(std::ranges::count(users.begin() + 16, users.begin() + 32, 0.0F) == 16);
  BOOST_TEST(users[32] == 5.0F);
}

BOOST_AUTO_TEST_CASE(training_learns_what_customers_buy) {
  for (const auto kind : kKinds) {
    auto plan = plan_of(kind);
    plan.gradient.local_rate = 0.05;
    plan.gradient.regularisation = 0.001;
    plan.gradient.local_epochs = 20;
    const auto data = two_tastes();
    const double before = pairs_in_order(starting_vectors(plan), data);
    const double after = pairs_in_order(trained(plan, data), data);
    BOOST_TEST(after > 0.8, to_string(kind) << ": " << before << " to " << after);
    BOOST_TEST(after > before);
  }
}

BOOST_AUTO_TEST_CASE(the_seed_decides_order_and_negatives) {
  for (const auto kind : kKinds) {
    const auto plan = plan_of(kind);
    BOOST_TEST(trained(plan, two_tastes(), 1) == trained(plan, two_tastes(), 1));
    BOOST_TEST(trained(plan, two_tastes(), 1) != trained(plan, two_tastes(), 2));
  }
}

BOOST_AUTO_TEST_CASE(a_shop_without_customers_or_choices_changes_nothing) {
  for (const auto kind : kKinds) {
    const auto plan = plan_of(kind);
    BOOST_TEST(trained(plan, purchases(kItems, {})) == starting_vectors(plan));
    BOOST_TEST(trained(plan, purchases(kItems, {{}, {}})) == starting_vectors(plan));
  }
  // A customer who bought everything has no negative.
  std::vector<ItemIndex> everything(kItems);
  for (ItemIndex i = 0; i < kItems; ++i) everything[i] = i;
  const auto plan = plan_of(TaskKind::bpr);
  BOOST_TEST(trained(plan, purchases(kItems, {everything})) == starting_vectors(plan));
}

BOOST_AUTO_TEST_CASE(the_proximal_term_holds_the_model_near_its_start) {
  for (const auto kind : kKinds) {
    auto plan = plan_of(kind);
    plan.gradient.local_epochs = 10;
    const auto start = starting_vectors(plan);
    double before = distance(trained(plan, two_tastes()), start);
    for (const double mu : {0.01, 0.05, 0.2}) {
      plan.gradient.proximal = mu;
      const double after = distance(trained(plan, two_tastes()), start);
      BOOST_TEST(after < before, to_string(kind) << " mu " << mu);
      before = after;
    }
  }
}

BOOST_AUTO_TEST_CASE(regularisation_shrinks_the_vectors) {
  for (const auto kind : kKinds) {
    auto plan = plan_of(kind);
    plan.gradient.local_epochs = 10;
    plan.gradient.regularisation = 0;
    const std::vector<float> zero(starting_vectors(plan).size(), 0.0F);
    const double free = distance(trained(plan, two_tastes()), zero);
    plan.gradient.regularisation = 0.2;
    BOOST_TEST(distance(trained(plan, two_tastes()), zero) < free);
  }
}

BOOST_AUTO_TEST_CASE(a_minibatch_step_of_softmax_is_its_formula) {
  auto plan = plan_of(TaskKind::softmax);
  plan.gradient.local_epochs = 1;
  plan.gradient.local_rate = 0.1;
  plan.gradient.regularisation = 0.02;
  plan.gradient.proximal = 0.5;      // Without effect on the first step.
  const auto data = two_tastes(30);  // One minibatch.
  const auto start = starting_vectors(plan);
  const std::size_t stride = padded_stride(kFactors);
  const std::size_t width = kFactors + 1;
  const auto users = fold_in_customers(start, kFactors, data);
  std::vector<double> gradient(start.size(), 0.0);
  double active = 0;
  for (std::size_t u = 0; u < data.customers(); ++u) {
    if (data.row(u).empty()) continue;
    active += 1;
    std::vector<double> p(kItems, 0.0);
    double total = 0;
    for (std::size_t i = 0; i < kItems; ++i) {
      for (std::size_t k = 0; k < width; ++k) {
        p[i] +=
            static_cast<double>(users[u * stride + k]) * static_cast<double>(start[i * width + k]);
      }
      p[i] = std::exp(p[i]);
      total += p[i];
    }
    for (std::size_t i = 0; i < kItems; ++i) {
      const double bought = std::ranges::binary_search(data.row(u), i) ? 1 : 0;
      const double pull = bought - static_cast<double>(data.row(u).size()) * p[i] / total;
      for (std::size_t k = 0; k < width; ++k) {
        gradient[i * width + k] += pull * static_cast<double>(users[u * stride + k]);
      }
    }
  }
  const auto found = trained(plan, data);
  for (std::size_t k = 0; k < start.size(); ++k) {
    const auto h = static_cast<double>(start[k]);
    const double expected = h + 0.1 * (gradient[k] - active * 0.02 * h);
    BOOST_TEST_REQUIRE(std::abs(static_cast<double>(found[k]) - expected) < 1e-5, "value " << k);
  }
}

BOOST_AUTO_TEST_CASE(the_mean_step_of_sampled_softmax_is_close_to_the_exact_one) {
  auto plan = plan_of(TaskKind::softmax);
  plan.gradient.local_epochs = 1;
  plan.gradient.local_rate = 0.01;
  plan.gradient.regularisation = 0;
  const auto data = two_tastes(30);
  const auto start = starting_vectors(plan);
  const auto exact = trained(plan, data);
  plan.gradient.candidates = 20;
  constexpr int kSamples = 400;
  std::vector<double> mean(start.size(), 0.0);
  for (int sample = 0; sample < kSamples; ++sample) {
    const auto one = trained(plan, data, static_cast<std::uint64_t>(sample));
    for (std::size_t k = 0; k < mean.size(); ++k) {
      mean[k] += static_cast<double>(one[k]) / kSamples;
    }
  }
  double error = 0;
  double length = 0;
  for (std::size_t k = 0; k < mean.size(); ++k) {
    error += std::pow(mean[k] - static_cast<double>(exact[k]), 2);
    length += std::pow(static_cast<double>(exact[k]) - static_cast<double>(start[k]), 2);
  }
  // A ratio of estimates is biased a little; without the correction it is off by half.
  BOOST_TEST(std::sqrt(error / length) < 0.1);
}

BOOST_AUTO_TEST_CASE(sampling_leaves_items_alone_that_were_not_drawn) {
  auto plan = plan_of(TaskKind::softmax);
  plan.gradient.local_epochs = 1;
  plan.gradient.candidates = 3;
  const auto data = purchases(kItems, {{1, 2}, {2, 7}});
  const auto start = starting_vectors(plan);
  const auto found = trained(plan, data);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < kItems; ++i) {
    const auto first = static_cast<std::ptrdiff_t>(i * (kFactors + 1));
    const bool same = std::equal(start.begin() + first, start.begin() + first + kFactors + 1,
                                 found.begin() + first);
    if (i == 1 || i == 2 || i == 7) BOOST_TEST(!same);
    moved += !same;
  }
  BOOST_TEST(moved <= 6U);
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_and_diverging_steps_are_refused) {
  SeededRandom random{1};
  for (const auto kind : kKinds) {
    auto plan = plan_of(kind);
    const auto start = starting_vectors(plan);
    BOOST_TEST(
        refused(train_locally(plan, std::span{start}.first(start.size() - 1), two_tastes(), random),
                ModelsErrc::wrong_shape));
    BOOST_TEST(refused(train_locally(plan, start, purchases(kItems + 1, {{1}}), random),
                       ModelsErrc::wrong_shape));
    plan.gradient.local_rate = 1000;
    plan.gradient.regularisation = 1000;
    plan.gradient.local_epochs = 20;
    BOOST_TEST(refused(train_locally(plan, start, two_tastes(), random), ModelsErrc::not_finite,
                       "local_rate"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
