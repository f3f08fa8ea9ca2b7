#include "simulations/statistics.hpp"

#include <boost/test/unit_test.hpp>

#include "models/gram.hpp"
#include "models/popularity.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

using test::must;
using test::random_purchases;

models::IalsPlan small_plan() {
  auto plan = models::IalsPlan::for_factors(3);
  plan.epochs = 2;
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(statistics_test)

BOOST_AUTO_TEST_CASE(sums_of_shops_are_the_statistics_of_all_data) {
  const auto data = random_purchases(60, 1);
  OwnStatistics together{models::Histories::of(data), false};
  PlainSum plain;
  SeededRandom random{1};
  FederatedStatistics federated{test::split_among(data, 4), plain, random, {}};
  BOOST_TEST(federated.items() == data.items());
  const auto* gram = must(federated.gram());
  BOOST_TEST(gram->upper == must(together.gram())->upper);
  BOOST_TEST(federated.sums() == 1U);
  // The popularity task hides items of fewer than five customers.
  BOOST_TEST(must(federated.popularity())->customers == models::popularity_of(data, 5).customers);
  BOOST_TEST(must(federated.factors(small_plan()))->factors == 3U);
  BOOST_TEST(federated.sums() == 2U + 4U);
}

BOOST_AUTO_TEST_CASE(each_sum_is_made_once) {
  const auto data = random_purchases(60, 1);
  PlainSum plain;
  SeededRandom random{1};
  std::uint64_t told = 0;
  FederatedStatistics federated{test::split_among(data, 4), plain, random,
                                [&told](models::TaskProgress) { ++told; }};
  const auto* first = must(federated.gram());
  BOOST_TEST(must(federated.gram()) == first);
  const auto* factors = must(federated.factors(small_plan()));
  BOOST_TEST(must(federated.factors(small_plan())) == factors);
  BOOST_TEST(federated.sums() == 1U + 4U);
  BOOST_TEST(told == 1U + 4U);
  auto other = small_plan();
  other.seed = 9;
  static_cast<void>(must(federated.factors(other)));
  BOOST_TEST(federated.sums() == 1U + 8U);
}

BOOST_AUTO_TEST_CASE(vectors_are_made_once_per_kind_and_plan) {
  const auto data = random_purchases(60, 1);
  models::GradientPlan plan;
  plan.factors = 3;
  plan.rounds = 4;
  PlainSum plain;
  SeededRandom random{1};
  FederatedStatistics federated{test::split_among(data, 4), plain, random, {}};
  const auto* bpr = must(federated.vectors(models::TaskKind::bpr, plan));
  BOOST_TEST(bpr->item_vectors.size() == data.items() * 4U);
  BOOST_TEST(must(federated.vectors(models::TaskKind::bpr, plan)) == bpr);
  BOOST_TEST(federated.sums() == 4U);
  const auto* softmax = must(federated.vectors(models::TaskKind::softmax, plan));
  BOOST_TEST((softmax->kind == models::TaskKind::softmax));
  BOOST_TEST((softmax->item_vectors != bpr->item_vectors));
  BOOST_TEST(federated.sums() == 8U);
  OwnStatistics own{models::Histories::of(data), false};
  BOOST_TEST((must(own.vectors(models::TaskKind::bpr, plan))->item_vectors !=
              must(own.vectors(models::TaskKind::softmax, plan))->item_vectors));
}

BOOST_AUTO_TEST_CASE(a_shop_alone_takes_a_smaller_ridge) {
  const auto histories = models::Histories::of(random_purchases(10, 1));
  BOOST_TEST(OwnStatistics(histories, true).default_ridge() == 100.0);
  BOOST_TEST(OwnStatistics(histories, false).default_ridge() == 500.0);
}

BOOST_AUTO_TEST_CASE(an_ease_that_cannot_fit_is_refused_with_the_memory_it_needs) {
  const std::vector<std::vector<models::ItemIndex>> rows{{0, 999'999}};
  const auto wide = must(models::Interactions::build(1'000'000, rows));
  OwnStatistics statistics{models::Histories::of(wide), false};
  const auto refused = statistics.gram();
  BOOST_TEST(test::refused(refused, "EASE over 1,000,000 items needs "));
  BOOST_TEST(test::refused(refused, "use ials"));
  BOOST_TEST(must(statistics.popularity())->customers[999'999] == 1U);
}

BOOST_AUTO_TEST_CASE(transitions_follow_the_order_of_time) {
  const std::vector<std::vector<models::PastPurchase>> rows{{{0, 1, 1}, {1, 2, 1}}};
  OwnStatistics own{must(models::Histories::build(2, rows)), false};
  BOOST_TEST(must(own.transitions())->counts[1] == models::kTransitionUnits);
  PlainSum plain;
  SeededRandom random{1};
  FederatedStatistics federated{test::split_among(random_purchases(8, 1), 4), plain, random, {}};
  BOOST_TEST(test::refused(federated.transitions(), "need the times"));
}

BOOST_AUTO_TEST_CASE(transitions_summed_over_shops_are_those_of_all) {
  const auto all = test::with_times(random_purchases(60, 1));
  std::vector<models::Histories> shops;
  std::vector<models::Interactions> sets;
  for (std::size_t shop = 0; shop < 4; ++shop) {
    std::vector<std::size_t> customers;
    for (std::size_t u = shop; u < all.customers(); u += 4) customers.push_back(u);
    shops.push_back(all.rows_of(customers));
    sets.push_back(shops.back().interactions());
  }
  PlainSum plain;
  SeededRandom random{1};
  FederatedStatistics federated{sets, plain, random, {}, shops};
  OwnStatistics together{all, false};
  const auto* counts = must(federated.transitions());
  BOOST_TEST((counts->counts == must(together.transitions())->counts));
  BOOST_TEST(must(federated.transitions()) == counts);
  BOOST_TEST(federated.sums() == 1U);
  BOOST_TEST(federated.newest_root().size() == 64U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
