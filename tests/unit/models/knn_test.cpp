#include "models/knn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/gram.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using boost::test_tools::tolerance;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

std::vector<double> scores(const Recommender& model, std::vector<ItemIndex> history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

std::vector<double> scores(const GramModel& gram, const KnnOptions& options,
                           std::vector<ItemIndex> history) {
  return scores(*must(make_knn(gram, options)), std::move(history));
}

/// Similarities [n x n] with all but the best k of each row set to 0, written out plainly.
std::vector<double> neighbours(const GramModel& gram, const KnnOptions& options) {
  const std::size_t n = gram.items;
  std::vector<double> kept(n * n, 0.0);
  for (std::uint32_t i = 0; i < n; ++i) {
    std::vector<std::pair<double, std::uint32_t>> row;  // (-similarity, item): best first
    for (std::uint32_t j = 0; j < n; ++j) {
      if (i == j || gram.at(i, j) == 0) continue;
      const double norm = std::sqrt(double{1} * gram.at(i, i) * gram.at(j, j));
      row.emplace_back(-(gram.at(i, j) / (norm + options.shrink)), j);
    }
    std::ranges::sort(row);
    row.resize(std::min<std::size_t>(row.size(), options.neighbours));
    for (const auto& [similarity, j] : row) kept[i * n + j] = -similarity;
  }
  return kept;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(knn_test)

BOOST_AUTO_TEST_CASE(three_items_by_hand) {
  // G_00 = 3, G_11 = 2, G_22 = 1; pairs: 01 twice, 02 once.
  const auto gram = gram_of(purchases(3, {{0, 1}, {0, 1}, {0, 2}}));
  const auto found = scores(gram, {.shrink = 1.0}, {0});
  BOOST_TEST(found[0] == 0.0);
  BOOST_TEST(found[1] == 2 / (std::sqrt(6.0) + 1), tolerance(1e-12));
  BOOST_TEST(found[2] == 1 / (std::sqrt(3.0) + 1), tolerance(1e-12));
  BOOST_TEST(scores(gram, {.shrink = 1.0}, {2})[1] == 0.0);
}

BOOST_AUTO_TEST_CASE(each_item_listens_to_its_own_best_neighbours_only) {
  constexpr std::uint32_t kItems = 30;
  const auto gram = gram_of(purchases(kItems, random_rows(100, kItems, 2)));
  for (const std::uint32_t k : {1U, 5U, 100U}) {
    const KnnOptions options{.neighbours = k, .shrink = 3.0};
    const auto kept = neighbours(gram, options);
    const auto found = scores(gram, options, {0, 9, 21});
    for (std::size_t i = 0; i < kItems; ++i) {
      const double expected = kept[i * kItems] + kept[i * kItems + 9] + kept[i * kItems + 21];
      BOOST_TEST(std::abs(found[i] - expected) < 1e-12, "k " << k << ", item " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(equal_neighbours_are_kept_by_item_index) {
  // Items 1, 2 and 3 are equally similar to item 0.
  const auto gram = gram_of(purchases(4, {{0, 1}, {0, 2}, {0, 3}}));
  const KnnOptions two{.neighbours = 2, .shrink = 0};
  BOOST_TEST(scores(gram, two, {1})[0] > 0.0);
  BOOST_TEST(scores(gram, two, {2})[0] > 0.0);
  BOOST_TEST(scores(gram, two, {3})[0] == 0.0);
}

BOOST_AUTO_TEST_CASE(no_neighbour_at_all_scores_zero) {
  const auto gram = gram_of(purchases(3, {{0, 1}, {2}}));
  BOOST_TEST(scores(gram, {.neighbours = 0}, {0, 1, 2}) == (std::vector<double>{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(items_outside_the_stock_neither_rank_nor_vote) {
  const auto gram = gram_of(purchases(3, {{0, 1, 2}, {0, 1, 2}}));
  KnnOptions options;
  options.stock = {0, 1};
  const auto found = scores(gram, options, {1, 2});
  BOOST_TEST(found[2] == -std::numeric_limits<double>::infinity());
  BOOST_TEST(found[0] == scores(gram, options, {1})[0]);
}

BOOST_AUTO_TEST_CASE(an_explanation_is_an_exact_split) {
  const auto gram = gram_of(purchases(12, random_rows(60, 12, 3)));
  const auto model = must(make_knn(gram, {.neighbours = 4, .shrink = 2}));
  const std::vector<ItemIndex> history{0, 3, 7};
  const auto all = scores(*model, history);
  for (ItemIndex item = 0; item < 12; ++item) {
    const auto why = model->explain(history, item);
    double sum = 0;
    for (const auto& part : why.from_history) sum += part.weight;
    BOOST_TEST(std::abs(sum - why.score) < 1e-12);
    BOOST_TEST(std::abs(all[item] - why.score) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(impossible_input_is_refused) {
  BOOST_TEST(refused(make_knn(GramModel{3, {1, 2}}), ModelsErrc::wrong_shape, "Gram"));
  KnnOptions options;
  options.stock = {1, 0};
  BOOST_TEST(
      refused(make_knn(gram_of(purchases(3, {})), options), ModelsErrc::wrong_shape, "stock"));
}

BOOST_AUTO_TEST_SUITE_END()
