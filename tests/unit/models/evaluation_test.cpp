#include "models/evaluation.hpp"

#include <cmath>
#include <numeric>

#include "models/metrics.hpp"
#include "tests/unit/models/evaluation_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::Figure;
using models::kEvaluationUnitBits;
using models::test::evaluate_over;
using models::test::EvaluatedShop;
using models::test::evaluation_plan;
using models::test::every_candidate;
using models::test::invented_shop;
using models::test::model_of;
using models::test::must;
using models::test::pooled;
using models::test::refused;
using models::test::shop_of;
using models::test::sums_of;

namespace {

using View = models::QualityView<const std::int64_t>;

std::vector<EvaluatedShop> four_shops() {
  return {invented_shop(120, 1), invented_shop(60, 2), invented_shop(200, 3), shop_of({}, {})};
}

std::size_t groups_of(const EvaluationSums& sums) {
  return models::detail::join_bands(std::span{sums.customers}.first(4)).size();
}

double total(std::span<const std::int64_t> units) {
  const auto sum = std::accumulate(units.begin(), units.end(), std::int64_t{0});
  return std::ldexp(static_cast<double>(sum), -static_cast<int>(kEvaluationUnitBits));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_test)

BOOST_AUTO_TEST_CASE(the_sum_over_shops_is_the_evaluation_of_all_their_customers_bit_for_bit) {
  const auto plan = evaluation_plan();
  const auto shops = four_shops();
  const auto apart = sums_of(*evaluate_over(plan, shops));
  const std::vector<EvaluatedShop> one{pooled(shops)};
  // One shop is too few: its parts are asked for by hand.
  models::detail::EvaluationTask task{plan};
  auto request = must(task.next_request());
  auto customers = must(contribute_customers(plan, request, one[0].customers())).values;
  BOOST_TEST(customers.back() == 1);
  customers.back() = 3;  // The fourth shop has nobody.
  BOOST_TEST(customers == apart.customers, boost::test_tools::per_element());
  must(task.apply(customers, {.survivors = 4}));
  request = must(task.next_request());
  auto quality =
      must(contribute_quality(plan, request, one[0].customers(), every_candidate(), nullptr))
          .values;
  models::QualityView<std::int64_t>{plan, groups_of(apart), quality}.measuring() = 3;
  BOOST_TEST(quality == apart.quality, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(figures_are_those_of_a_direct_evaluation) {
  const auto plan = evaluation_plan();
  const auto shops = four_shops();
  const auto sums = sums_of(*evaluate_over(plan, shops));
  const auto all = pooled(shops);
  const View view{plan, groups_of(sums), sums.quality};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto model = must(every_candidate()(plan.evaluation.candidates[c]));
    const auto direct =
        evaluate(*model, Histories::of(all.bought), all.later, EvaluationProtocol::discover)
            .quality();
    const auto n = static_cast<double>(direct.customers);
    BOOST_TEST(std::abs(total(view.figure(c, Figure::ndcg_at_20)) / n - direct.ndcg_at_20) < 1e-6);
    BOOST_TEST(std::abs(total(view.figure(c, Figure::recall_at_20)) / n - direct.recall_at_20) <
               1e-6);
    BOOST_TEST(std::accumulate(view.customers().begin(), view.customers().end(), std::int64_t{0}) ==
               static_cast<std::int64_t>(direct.customers));
    // Twenty items for everybody who was measured: none has bought more than ten.
    const auto exposure = view.exposure(c);
    BOOST_TEST(std::accumulate(exposure.begin(), exposure.end(), std::int64_t{0}) <=
               static_cast<std::int64_t>(20 * direct.customers));
    BOOST_TEST(view.shops(c)[0] == 0);  // Nobody compared.
  }
}

BOOST_AUTO_TEST_CASE(a_customer_is_counted_in_the_band_of_what_she_bought) {
  const auto plan = evaluation_plan();  // Bands end at 5, 8 and 12 items.
  const auto shop = shop_of({{0}, {0, 1, 2, 3, 4, 5}, {}, {1, 2}, {3}},
                            {{1}, {7}, {8}, {1}, {}});  // The fourth bought hers before.
  const models::detail::EvaluationTask task{plan};
  const auto part =
      must(contribute_customers(plan, must(task.next_request()), shop.customers())).values;
  BOOST_TEST(part == (std::vector<std::int64_t>{2, 1, 0, 0, 4, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_shop_says_once_whether_its_own_model_is_better) {
  const auto plan = evaluation_plan();
  const std::vector<EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2)};
  const auto own = model_of(2);  // The second candidate itself.
  const auto sums = sums_of(*evaluate_over(plan, shops, own.get()));
  const View view{plan, groups_of(sums), sums.quality};
  BOOST_TEST(view.shops(1)[0] == 2);
  BOOST_TEST(view.shops(1)[1] == 0);
  BOOST_TEST(view.gain(1) == 0);
  BOOST_TEST(total(view.own().subspan(0, 1)) == total(view.figure(1, Figure::ndcg_at_20)));
  BOOST_TEST(total(view.own().subspan(2, 1)) == total(view.figure(1, Figure::recall_at_20)));
  const bool worse = total(view.figure(0, Figure::ndcg_at_20)) < total(view.own().subspan(0, 1));
  BOOST_TEST((view.shops(0)[1] > 0 || !worse));
}

BOOST_AUTO_TEST_CASE(a_shop_without_held_out_purchases_adds_zeros_and_makes_no_model) {
  const auto plan = evaluation_plan();
  const std::vector<EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2)};
  models::detail::EvaluationTask task{plan};
  must(task.apply(sums_of(*evaluate_over(plan, shops)).customers, {.survivors = 2}));
  const auto quiet = shop_of({{1, 2}, {3}}, {{}, {}});
  const CandidateSource none = [](const EvaluationCandidate&) {
    return Result<std::shared_ptr<const HistoryRecommender>>{
        Error{ModelsErrc::wrong_step, "nobody asks"}};
  };
  const auto part =
      must(contribute_quality(plan, must(task.next_request()), quiet.customers(), none, nullptr));
  BOOST_TEST(std::ranges::count(part.values, 0) == std::ssize(part.values));
  const models::detail::EvaluationTask start{plan};
  const auto counts =
      must(contribute_customers(plan, must(start.next_request()), quiet.customers())).values;
  BOOST_TEST(counts == (std::vector<std::int64_t>{0, 0, 0, 0, 2, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(shops_that_measure_are_counted_in_both_sums) {
  const auto plan = evaluation_plan();
  const std::vector<EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2),
                                         shop_of({{1, 2}, {3}}, {{}, {}})};
  const auto task = evaluate_over(plan, shops);
  const auto sums = sums_of(*task);
  BOOST_TEST((View{plan, groups_of(sums), sums.quality}.measuring()) == 2);
  BOOST_TEST(must(measurable_shops(plan, task->checkpoint())) == 2);
  const models::detail::EvaluationTask start{plan};
  BOOST_TEST(refused(measurable_shops(plan, start.checkpoint()), ModelsErrc::nothing_opened));
  BOOST_TEST(refused(measurable_shops(plan, {}), ModelsErrc::malformed));
  auto other = plan;
  other.kind = TaskKind::ease;
  BOOST_TEST(refused(measurable_shops(other, task->checkpoint()), ModelsErrc::wrong_step));
}

BOOST_AUTO_TEST_CASE(items_of_the_shop_are_shown_as_the_plans_and_unshared_ones_not_at_all) {
  const auto plan = evaluation_plan();
  const std::vector<EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2)};
  models::detail::EvaluationTask task{plan};
  must(task.apply(sums_of(*evaluate_over(plan, shops)).customers, {.survivors = 2}));
  const auto request = must(task.next_request());
  std::vector<std::optional<ItemIndex>> item_of(test::kEvaluatedItems);
  for (ItemIndex own = 1; own < item_of.size(); ++own) item_of[own] = item_of.size() - own;
  auto translated = shops[0].customers();
  translated.item_of = item_of;
  const auto plain =
      must(contribute_quality(plan, request, shops[0].customers(), every_candidate(), nullptr));
  const auto renamed =
      must(contribute_quality(plan, request, translated, every_candidate(), nullptr));
  const std::size_t groups = groups_of(task.sums());
  const View before{plan, groups, plain.values};
  const View after{plan, groups, renamed.values};
  for (ItemIndex own = 1; own < item_of.size(); ++own) {
    BOOST_TEST(after.exposure(0)[item_of.size() - own] == before.exposure(0)[own]);
  }
  BOOST_TEST(after.exposure(0)[0] == 0);
}

BOOST_AUTO_TEST_CASE(requests_and_data_that_do_not_fit_are_refused) {
  const auto plan = evaluation_plan();
  const auto shop = invented_shop(50, 1);
  const models::detail::EvaluationTask task{plan};
  const auto request = must(task.next_request());
  auto bad = request;
  bad.step_kind = "evaluation.quality";
  BOOST_TEST(refused(contribute_customers(plan, bad, shop.customers()), ModelsErrc::wrong_step));
  BOOST_TEST(
      refused(contribute_quality(plan, request, shop.customers(), every_candidate(), nullptr),
              ModelsErrc::wrong_step));
  bad = request;
  bad.layout.segments[0].bound += 1;
  BOOST_TEST(refused(contribute_customers(plan, bad, shop.customers()), ModelsErrc::wrong_shape));
  auto small = plan;
  small.customers_max = 49;
  BOOST_TEST(refused(contribute_customers(small, request, shop.customers()),
                     ModelsErrc::out_of_range, "50 customers"));
  auto other = plan;
  other.items = 29;
  BOOST_TEST(refused(contribute_customers(other, request, shop.customers()),
                     ModelsErrc::wrong_shape, "other items"));
  std::vector<std::optional<ItemIndex>> item_of(test::kEvaluatedItems);
  item_of[3] = test::kEvaluatedItems;  // One too many.
  auto beyond = shop.customers();
  beyond.item_of = item_of;
  BOOST_TEST(refused(contribute_customers(plan, request, beyond), ModelsErrc::wrong_shape,
                     "does not have"));
}

BOOST_AUTO_TEST_CASE(an_error_of_a_candidate_ends_the_contribution) {
  const auto plan = evaluation_plan();
  const std::vector<EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2)};
  models::detail::EvaluationTask task{plan};
  must(task.apply(sums_of(*evaluate_over(plan, shops)).customers, {.survivors = 2}));
  const CandidateSource broken = [](const EvaluationCandidate&) {
    return Result<std::shared_ptr<const HistoryRecommender>>{
        Error{ModelsErrc::not_positive_definite, "of this one"}};
  };
  BOOST_TEST(refused(
      contribute_quality(plan, must(task.next_request()), shops[0].customers(), broken, nullptr),
      ModelsErrc::not_positive_definite, "of this one"));
}

BOOST_AUTO_TEST_SUITE_END()
