#include "models/ease.hpp"

#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/gram.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using boost::test_tools::tolerance;
using models::test::inverse;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

constexpr double kOffStock = -std::numeric_limits<double>::infinity();

std::vector<double> scores(const Recommender& model, std::vector<ItemIndex> history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

std::vector<double> scores(const GramModel& gram, const EaseOptions& options,
                           std::vector<ItemIndex> history) {
  return scores(*must(make_ease(gram, options)).recommender, std::move(history));
}

GramModel random_gram(std::uint32_t items, std::uint64_t seed, std::uint64_t percent = 30) {
  return gram_of(purchases(items, random_rows(80, items, seed, percent)));
}

/// B of a regularised matrix [n x n], the direct way: B_ij = -P_ij / P_jj.
std::vector<double> weights(std::vector<double> matrix, std::size_t n, double ridge) {
  for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] += ridge;
  const auto p = inverse(matrix, n);
  std::vector<double> b(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) b[i * n + j] = i == j ? 0 : -p[i * n + j] / p[j * n + j];
  }
  return b;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ease_test)

BOOST_AUTO_TEST_CASE(two_items_by_hand) {
  // G = (2 1; 1 2), l = 1: P = (3 1; 1 3)^-1 = (3 -1; -1 3) / 8, B_01 = B_10 = 1 / 3.
  const auto gram = gram_of(purchases(2, {{0, 1}, {0}, {1}}));
  const auto from_first = scores(gram, {.ridge = 1.0}, {0});
  BOOST_TEST(from_first[0] == 0.0);
  BOOST_TEST(from_first[1] == 1.0 / 3.0, tolerance(1e-7));
  BOOST_TEST(scores(gram, {.ridge = 1.0}, {})[1] == 0.0);
}

BOOST_AUTO_TEST_CASE(it_is_the_direct_dense_inverse) {
  constexpr std::uint32_t kItems = 40;
  const auto gram = random_gram(kItems, 3);
  const auto b = weights(models::test::dense(gram), kItems, 25.0);
  const std::vector<ItemIndex> history{3, 17, 20, 39};
  const auto found = scores(gram, {.ridge = 25.0}, history);
  for (ItemIndex j = 0; j < kItems; ++j) {
    double expected = 0;
    for (const auto i : history) expected += b[i * kItems + j];
    BOOST_TEST(std::abs(found[j] - expected) < 1e-6, "item " << j);
  }
}

BOOST_AUTO_TEST_CASE(the_inverse_is_over_the_shops_own_stock) {
  constexpr std::uint32_t kItems = 24;
  const auto gram = random_gram(kItems, 5);
  const std::vector<ItemIndex> stock{0, 2, 3, 7, 11, 18, 23};
  std::vector<double> own;
  for (const auto i : stock) {
    for (const auto j : stock) own.push_back(static_cast<double>(gram.at(i, j)));
  }
  const auto b = weights(own, stock.size(), 10.0);
  EaseOptions options{.ridge = 10.0};
  options.stock = stock;
  const auto found = scores(gram, options, {2, 5, 18});  // Item 5 is not sold here.
  for (ItemIndex item = 0; item < kItems; ++item) {
    const auto at = std::ranges::find(stock, item);
    if (at == stock.end()) {
      BOOST_TEST(found[item] == kOffStock);
      continue;
    }
    const auto j = static_cast<std::size_t>(at - stock.begin());
    const double expected = b[1 * stock.size() + j] + b[5 * stock.size() + j];
    BOOST_TEST(std::abs(found[item] - expected) < 1e-6, "item " << item);
  }
}

BOOST_AUTO_TEST_CASE(the_shops_own_gram_is_added_with_its_weight) {
  constexpr std::uint32_t kItems = 12;
  const auto gram = random_gram(kItems, 6);
  const auto own = random_gram(kItems, 7);
  auto mixed = models::test::dense(gram);
  const auto own_dense = models::test::dense(own);
  for (std::size_t k = 0; k < mixed.size(); ++k) mixed[k] += 0.5 * own_dense[k];
  const auto b = weights(mixed, kItems, 10.0);
  EaseOptions options{.ridge = 10.0};
  options.own_gram = &own;
  options.own_weight = 0.5;
  const auto found = scores(gram, options, {4});
  for (ItemIndex j = 0; j < kItems; ++j) {
    BOOST_TEST(std::abs(found[j] - b[4 * kItems + j]) < 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(an_item_that_nobody_bought_scores_zero) {
  const auto found = scores(gram_of(purchases(3, {{0, 2}, {0, 2}})), {.ridge = 1.0}, {0, 1});
  BOOST_TEST(found[1] == 0.0);
  BOOST_TEST(found[2] > 0.0);
  const auto nobody = scores(gram_of(purchases(3, {})), {}, {0});
  BOOST_TEST(nobody == (std::vector<double>{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(rare_pairs_count_as_none) {
  // The pair (0, 1) has two customers, (0, 2) one.
  const auto gram = gram_of(purchases(3, {{0, 1}, {0, 1}, {0, 2}}));
  const auto found = scores(gram, {.ridge = 1.0, .pair_customers_min = 2}, {0});
  BOOST_TEST(found[1] > 0.0);
  BOOST_TEST(found[2] == 0.0);
}

BOOST_AUTO_TEST_CASE(the_ridge_is_raised_until_a_matrix_without_rare_pairs_is_definite) {
  // Frequent pairs along a chain, none between its ends: indefinite without a ridge.
  GramModel gram{3, {10, 10, 1, 10, 10, 10}};
  const auto made = must(
      make_ease(gram, {.ridge = 0.1, .pair_customers_min = 5, .spectral_items_max = 2}));
  BOOST_TEST(made.ridge_used > 10 * (std::sqrt(2.0) - 1));
  BOOST_TEST(made.ridge_used < 1.25 * 10 * (std::sqrt(2.0) - 1) + 0.01);
  const auto kept = must(make_ease(gram, {.ridge = 100, .pair_customers_min = 5}));
  BOOST_TEST(kept.ridge_used == 100.0);
}

BOOST_AUTO_TEST_CASE(a_matrix_without_rare_pairs_is_repaired_by_its_eigenvalues) {
  GramModel gram{3, {10, 10, 1, 10, 10, 10}};
  const auto made = must(make_ease(gram, {.ridge = 0.1, .pair_customers_min = 5}));
  BOOST_TEST(made.ridge_used == 0.1);
  // Eigenvalues 10 and 10 (1 +- sqrt 2), of (1, 0, -1) and (1, +-sqrt 2, 1): the negative one
  // becomes 0, and P = sum of v v^T / (value + 0.1).
  const double high = 1 / (10 * (1 + std::sqrt(2.0)) + 0.1);
  const double low = 1 / 0.1;
  const double middle = 1 / 10.1;
  const double corner = middle / 2 + (high + low) / 4;   // P_00 = P_22
  const double side = std::sqrt(2.0) * (high - low) / 4;  // P_01 = P_12
  const double across = -middle / 2 + (high + low) / 4;  // P_02
  const double centre = (high + low) / 2;                // P_11
  const auto found = scores(*made.recommender, {0});
  BOOST_TEST(found[1] == -side / centre, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(found[2] == -across / corner, boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(an_indefinite_matrix_is_an_error_when_the_ridge_is_fixed) {
  const auto own = random_gram(6, 1, 90);
  EaseOptions options{.ridge = 1.0};
  options.own_gram = &own;
  options.own_weight = -10.0;
  BOOST_TEST(refused(make_ease(random_gram(6, 2), options), ModelsErrc::not_positive_definite));
}

BOOST_AUTO_TEST_CASE(an_explanation_is_an_exact_split) {
  const auto gram = random_gram(15, 9);
  const auto model = must(make_ease(gram, {.ridge = 5.0})).recommender;
  const std::vector<ItemIndex> history{1, 4, 8, 13};
  const auto all = scores(*model, history);
  for (ItemIndex item = 0; item < 15; ++item) {
    const auto why = model->explain(history, item);
    double sum = why.constant;
    for (std::size_t k = 0; k < why.from_history.size(); ++k) {
      sum += why.from_history[k].weight;
      BOOST_TEST((k == 0 || why.from_history[k - 1].weight >= why.from_history[k].weight));
    }
    BOOST_TEST(std::abs(sum - why.score) < 1e-12);
    BOOST_TEST(std::abs(why.score - all[item]) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(hiding_a_purchase_takes_exactly_its_part_away) {
  const auto model = must(make_ease(random_gram(15, 9), {.ridge = 5.0})).recommender;
  const auto why = model->explain(std::vector<ItemIndex>{1, 4, 8}, 2);
  for (const auto& part : why.from_history) {
    std::vector<ItemIndex> rest;
    for (const ItemIndex item : {1U, 4U, 8U}) {
      if (item != part.item) rest.push_back(item);
    }
    BOOST_TEST(std::abs(scores(*model, rest)[2] - (why.score - part.weight)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(items_outside_the_stock_are_not_explained) {
  EaseOptions options;
  options.stock = {0, 1};
  const auto model = must(make_ease(random_gram(4, 9), options)).recommender;
  const auto why = model->explain(std::vector<ItemIndex>{0}, 3);
  BOOST_TEST(why.score == kOffStock);
  BOOST_TEST(why.from_history.empty());
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_leaves_no_trace_in_the_scores) {
  auto rows = random_rows(60, 20, 31);
  auto gram = gram_of(purchases(20, rows));
  must(subtract(gram, purchases(20, {rows.back()})));
  rows.pop_back();
  const auto never_seen = scores(gram_of(purchases(20, rows)), {.ridge = 7}, {1, 5});
  BOOST_TEST((scores(gram, {.ridge = 7}, {1, 5}) == never_seen));
}

BOOST_AUTO_TEST_CASE(impossible_options_are_refused) {
  const auto gram = random_gram(5, 1);
  for (const double ridge : {0.0, -1.0, std::nan(""), -kOffStock}) {
    BOOST_TEST(refused(make_ease(gram, {.ridge = ridge}), ModelsErrc::bad_plan, "ridge"));
  }
  for (const std::vector<ItemIndex>& stock :
       {std::vector<ItemIndex>{1, 1}, std::vector<ItemIndex>{2, 1}, std::vector<ItemIndex>{0, 5}}) {
    EaseOptions options;
    options.stock = stock;
    BOOST_TEST(refused(make_ease(gram, options), ModelsErrc::wrong_shape, "ascending at 1"));
  }
  const auto cut = GramModel{5, {1, 2, 3}};
  BOOST_TEST(refused(make_ease(cut), ModelsErrc::wrong_shape, "Gram"));
  const auto other = random_gram(6, 1);
  EaseOptions mixed;
  mixed.own_gram = &other;
  BOOST_TEST(refused(make_ease(gram, mixed), ModelsErrc::wrong_shape, "Gram"));
}

BOOST_AUTO_TEST_SUITE_END()
