#include "simulations/sampled_protocol.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/popularity.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::must;

/// Item 0 is the most popular, the last the least.
std::unique_ptr<models::HistoryRecommender> by_index(std::uint32_t items) {
  models::PopularityModel counts;
  for (std::uint32_t i = 0; i < items; ++i) counts.customers.push_back(items - i);
  return models::of_histories(models::make_popularity(std::move(counts)));
}

models::Interactions rows(std::uint32_t items, std::vector<std::vector<models::ItemIndex>> lists) {
  return must(models::Interactions::build(items, lists));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sampled_protocol_test)

BOOST_AUTO_TEST_CASE(the_best_item_is_always_a_hit_and_the_worst_never) {
  const auto histories = models::Histories::of(rows(200, {{5}}));
  const auto best = sampled_leave_one_out(*by_index(200), histories, rows(200, {{0}}), 99, 1);
  BOOST_TEST(best.customers == 1U);
  BOOST_TEST(best.hit_rate_at_10 == 1.0);
  BOOST_TEST(best.ndcg_at_10 == 1.0);
  const auto worst = sampled_leave_one_out(*by_index(200), histories, rows(200, {{199}}), 99, 1);
  BOOST_TEST(worst.hit_rate_at_10 == 0.0);
}

BOOST_AUTO_TEST_CASE(with_all_other_items_as_negatives_the_rank_is_known) {
  // Items 0 to 9, history {9}, held out 2: ranked third of nine.
  const auto quality = sampled_leave_one_out(*by_index(10), models::Histories::of(rows(10, {{9}})),
                                             rows(10, {{2}}), 8, 1);
  BOOST_TEST(quality.ndcg_at_10 == 1.0 / std::log2(4.0), boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(what_was_bought_before_is_neither_held_out_nor_a_negative) {
  const auto histories = models::Histories::of(rows(12, {{0}, {1, 2}}));
  const auto repeats = sampled_leave_one_out(*by_index(12), histories, rows(12, {{0}, {1}}), 5, 1);
  BOOST_TEST(repeats.customers == 0U);
  BOOST_TEST(repeats.hit_rate_at_10 == 0.0);
  // The second has 12 - 3 items left: too few for ten negatives.
  const auto few = sampled_leave_one_out(*by_index(12), histories, rows(12, {{3}, {4}}), 10, 1);
  BOOST_TEST(few.customers == 1U);
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same) {
  const auto histories = models::Histories::of(test::random_purchases(60, 1));
  const auto later = test::random_purchases(60, 2);
  const auto model = by_index(test::kSmallItems);
  const auto first = sampled_leave_one_out(*model, histories, later, 5, 1);
  const auto again = sampled_leave_one_out(*model, histories, later, 5, 1);
  const auto other = sampled_leave_one_out(*model, histories, later, 5, 2);
  BOOST_TEST(first.ndcg_at_10 == again.ndcg_at_10);
  BOOST_TEST(first.ndcg_at_10 != other.ndcg_at_10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
