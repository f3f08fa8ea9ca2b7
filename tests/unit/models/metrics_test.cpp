#include "models/metrics.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/popularity.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using boost::test_tools::tolerance;
using models::test::purchases;

namespace {

std::vector<Recommendation> ranking(const std::vector<ItemIndex>& items) {
  std::vector<Recommendation> ranked;
  for (const auto item : items)
    ranked.push_back({item, 100.0 - static_cast<double>(ranked.size())});
  return ranked;
}

std::vector<Recommendation> first_items(std::uint32_t count) {
  std::vector<ItemIndex> items(count);
  for (std::uint32_t i = 0; i < count; ++i) items[i] = i;
  return ranking(items);
}

Quality quality_of(const std::vector<Recommendation>& ranked, std::vector<ItemIndex> relevant) {
  QualityMeter meter{40};
  meter.add(ranked, relevant);
  return meter.quality();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_test)

BOOST_AUTO_TEST_CASE(hits_at_ranks_one_and_three_by_hand) {
  // Relevant 7, 9 and 11; 7 comes first, 9 third: DCG = 1 + 1/2, ideal = 1 + 1/log2(3) + 1/2.
  const auto quality = quality_of(ranking({7, 1, 9, 2}), {7, 9, 11});
  BOOST_TEST(quality.customers == 1U);
  BOOST_TEST(quality.recall_at_20 == 2.0 / 3.0, tolerance(1e-12));
  BOOST_TEST(quality.ndcg_at_20 == 1.5 / (1.5 + 1 / std::log2(3.0)), tolerance(1e-12));
  BOOST_TEST(quality.hit_rate_at_10 == 1.0);
  BOOST_TEST(quality.coverage_at_20 == 4.0 / 40.0, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_perfect_ranking_has_ndcg_one) {
  BOOST_TEST(quality_of(ranking({3, 1, 2}), {1, 2, 3}).ndcg_at_20 == 1.0, tolerance(1e-12));
  BOOST_TEST(quality_of(ranking({3, 1, 2}), {1, 2, 3}).recall_at_20 == 1.0);
}

BOOST_AUTO_TEST_CASE(the_ideal_stops_at_twenty) {
  std::vector<ItemIndex> relevant(30);
  for (ItemIndex i = 0; i < 30; ++i) relevant[i] = i;
  const auto quality = quality_of(first_items(30), relevant);
  BOOST_TEST(quality.ndcg_at_20 == 1.0, tolerance(1e-12));
  BOOST_TEST(quality.recall_at_20 == 20.0 / 30.0, tolerance(1e-12));
  BOOST_TEST(quality.coverage_at_20 == 0.5, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(ranks_count_from_one_and_end_at_ten_and_twenty) {
  const auto at_rank = [](ItemIndex rank) { return quality_of(first_items(40), {rank - 1}); };
  BOOST_TEST(at_rank(10).hit_rate_at_10 == 1.0);
  BOOST_TEST(at_rank(11).hit_rate_at_10 == 0.0);
  BOOST_TEST(at_rank(20).recall_at_20 == 1.0);
  BOOST_TEST(at_rank(20).ndcg_at_20 == 1 / std::log2(21.0), tolerance(1e-12));
  BOOST_TEST(at_rank(21).recall_at_20 == 0.0);
  BOOST_TEST(at_rank(21).ndcg_at_20 == 0.0);
}

BOOST_AUTO_TEST_CASE(averages_are_over_customers_and_meters_merge) {
  QualityMeter first{10};
  first.add(ranking({0, 1}), std::vector<ItemIndex>{0});
  QualityMeter second{10};
  second.add(ranking({2, 3}), std::vector<ItemIndex>{5});
  second.add(ranking({2, 4}), std::vector<ItemIndex>{4});
  QualityMeter all{10};
  all.add(ranking({0, 1}), std::vector<ItemIndex>{0});
  all.add(ranking({2, 3}), std::vector<ItemIndex>{5});
  all.add(ranking({2, 4}), std::vector<ItemIndex>{4});
  first.merge(second);
  BOOST_TEST(first.quality().customers == 3U);
  BOOST_TEST(first.quality().recall_at_20 == 2.0 / 3.0, tolerance(1e-12));
  BOOST_TEST(first.quality().ndcg_at_20 == (1 + 1 / std::log2(3.0)) / 3, tolerance(1e-12));
  BOOST_TEST(first.quality().ndcg_at_20 == all.quality().ndcg_at_20, tolerance(1e-12));
  BOOST_TEST(first.quality().coverage_at_20 == 0.5);
}

BOOST_AUTO_TEST_CASE(nobody_has_quality_zero) {
  const auto quality = QualityMeter{5}.quality();
  BOOST_TEST(quality.customers == 0U);
  BOOST_TEST(quality.ndcg_at_20 == 0.0);
  BOOST_TEST(QualityMeter{0}.quality().coverage_at_20 == 0.0);
}

BOOST_AUTO_TEST_CASE(discover_ranks_and_counts_new_items_only) {
  // Popularity order 0, 1, 2. The customer owns 0: the best new item is 1, and 0 is not relevant.
  const auto model = make_popularity({{9, 8, 7}});
  const auto history = purchases(3, {{0}, {1}});
  const auto later = purchases(3, {{0, 1}, {1}});
  const auto quality = evaluate(*model, history, later, EvaluationProtocol::discover).quality();
  BOOST_TEST(quality.customers == 1U);  // Nothing new for the second customer.
  BOOST_TEST(quality.ndcg_at_20 == 1.0);
}

BOOST_AUTO_TEST_CASE(next_basket_ranks_everything_and_counts_repeats) {
  const auto model = make_popularity({{9, 8, 7}});
  const auto history = purchases(3, {{0}, {1}});
  const auto later = purchases(3, {{0, 2}, {1}});
  const auto quality = evaluate(*model, history, later, EvaluationProtocol::next_basket).quality();
  const double ideal_of_two = 1 + 1 / std::log2(3.0);
  BOOST_TEST(quality.customers == 2U);
  BOOST_TEST(quality.ndcg_at_20 == (1.5 / ideal_of_two + 1 / std::log2(3.0)) / 2, tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(ties_are_ranked_by_item_index) {
  const auto model = make_popularity({{1, 1, 1}});
  const auto later = purchases(3, {{1}});
  const auto quality =
      evaluate(*model, purchases(3, {{}}), later, EvaluationProtocol::discover).quality();
  BOOST_TEST(quality.ndcg_at_20 == 1 / std::log2(3.0), tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(only_the_named_customers_are_evaluated) {
  const auto model = make_popularity({{3, 2, 1}});
  const auto history = purchases(3, {{}, {}, {}});
  const auto later = purchases(3, {{2}, {0}, {1}});
  const std::vector<std::size_t> only{1};
  const auto quality =
      evaluate(*model, history, later, EvaluationProtocol::discover, only).quality();
  BOOST_TEST(quality.customers == 1U);
  BOOST_TEST(quality.ndcg_at_20 == 1.0);
}

BOOST_AUTO_TEST_CASE(standard_errors_are_those_of_the_mean) {
  QualityMeter meter{40};
  meter.add(ranking({1}), std::vector<ItemIndex>{1});
  BOOST_TEST(meter.quality().ndcg_error == 0.0);  // One customer tells nothing of the spread.
  meter.add(ranking({1}), std::vector<ItemIndex>{2});
  QualityMeter other{40};
  other.add(ranking({3}), std::vector<ItemIndex>{3});
  meter.merge(other);
  // NDCG 1, 0, 1: mean 2/3, variance 1/3, error sqrt(1/9).
  BOOST_TEST(meter.quality().ndcg_error == 1.0 / 3, tolerance(1e-12));
  BOOST_TEST(meter.quality().recall_error == 1.0 / 3, tolerance(1e-12));
  BOOST_TEST(meter.ndcg_sum() == 2.0, tolerance(1e-12));
  BOOST_TEST(meter.customers() == 3U);
}

BOOST_AUTO_TEST_CASE(a_model_of_histories_is_measured_alike) {
  const auto history = purchases(6, {{0, 1}, {2}, {0, 3}});
  const auto later = purchases(6, {{2, 3}, {0}, {3}});
  const PopularityModel counts{{6, 5, 4, 3, 2, 1}};
  for (const auto protocol : {EvaluationProtocol::discover, EvaluationProtocol::next_basket}) {
    const auto of_sets = evaluate(*make_popularity(counts), history, later, protocol).quality();
    const auto of_times =
        evaluate(*of_histories(make_popularity(counts)), Histories::of(history), later, protocol)
            .quality();
    BOOST_TEST(of_sets.customers == of_times.customers);
    BOOST_TEST(of_sets.ndcg_at_20 == of_times.ndcg_at_20);
    BOOST_TEST(of_sets.coverage_at_20 == of_times.coverage_at_20);
  }
}

BOOST_AUTO_TEST_CASE(only_candidates_are_ranked_and_relevant) {
  const auto model = of_histories(make_popularity({{6, 5, 4, 3, 2, 1}}));
  const auto history = Histories::of(purchases(6, {{0}, {1}}));
  const auto later = purchases(6, {{1, 5}, {2}});
  const std::vector<ItemIndex> candidates{4, 5};
  const auto quality =
      evaluate(*model, history, later, EvaluationProtocol::discover, {}, candidates).quality();
  BOOST_TEST(quality.customers == 1U);  // The second bought no candidate.
  // Item 5 is the second of two candidates.
  BOOST_TEST(quality.ndcg_at_20 == 1.0 / std::log2(3.0), tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
