#include "models/transitions.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

using Rows = std::vector<std::vector<PastPurchase>>;

std::uint32_t at(const TransitionModel& model, ItemIndex from, ItemIndex to) {
  return model.counts[std::size_t{from} * model.items + to];
}

std::vector<double> scores(const HistoryRecommender& model,
                           const std::vector<PastPurchase>& history) {
  std::vector<double> result(model.items());
  model.score(history, result);
  return result;
}

/// 0 then {1, 2} then 3, and 0 then 3.
const Rows kRows{{{0, 10, 1}, {1, 20, 1}, {2, 20, 1}, {3, 30, 1}}, {{0, 5, 1}, {3, 9, 1}}};

}  // namespace

BOOST_AUTO_TEST_SUITE(transitions_test)

BOOST_AUTO_TEST_CASE(pairs_count_by_the_distance_of_their_baskets) {
  const auto model = must(transitions_of(must(Histories::build(4, kRows)), 2));
  BOOST_TEST(at(model, 0, 1) == 60U);
  BOOST_TEST(at(model, 0, 2) == 60U);
  BOOST_TEST(at(model, 1, 3) == 60U);
  BOOST_TEST(at(model, 0, 3) == 30U + 60U);
  BOOST_TEST(at(model, 1, 2) == 0U);  // The same basket.
  BOOST_TEST(at(model, 3, 0) == 0U);  // Backwards.
}

BOOST_AUTO_TEST_CASE(baskets_farther_apart_do_not_count) {
  const auto model = must(transitions_of(must(Histories::build(4, kRows)), 1));
  BOOST_TEST(at(model, 0, 3) == 60U);
}

BOOST_AUTO_TEST_CASE(a_repeat_counts_and_a_second_line_does_not) {
  const Rows rows{{{1, 1, 1}, {1, 1, 5}, {1, 2, 1}}};
  const auto model = must(transitions_of(must(Histories::build(2, rows)), 1));
  BOOST_TEST(at(model, 1, 1) == 60U);
}

BOOST_AUTO_TEST_CASE(sums_over_shops_are_the_counts_of_all) {
  const auto all = must(transitions_of(must(Histories::build(4, kRows))));
  const auto first = must(transitions_of(must(Histories::build(4, Rows{kRows[0]}))));
  const auto second = must(transitions_of(must(Histories::build(4, Rows{kRows[1]}))));
  for (std::size_t i = 0; i < all.counts.size(); ++i) {
    BOOST_TEST(all.counts[i] == first.counts[i] + second.counts[i]);
  }
}

BOOST_AUTO_TEST_CASE(the_latest_basket_says_most) {
  auto counts = must(transitions_of(must(Histories::build(4, kRows)), 1));
  const auto model = must(make_transitions(counts, {.shrink = 0, .decay = 0.5, .baskets = 2}));
  const auto found = scores(*model, {{0, 1, 1}, {1, 2, 1}});
  // From 1 (the last basket): 3 with certainty. From 0, half as much: 1, 2, 3 each a third.
  BOOST_TEST(found[3] == 1.0 + 0.5 / 3, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(found[1] == 0.5 / 3, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(found[0] == 0.0);
  const auto one = must(make_transitions(counts, {.shrink = 0, .decay = 0.5, .baskets = 1}));
  BOOST_TEST(scores(*one, {{0, 1, 1}, {1, 2, 1}})[1] == 0.0);
}

BOOST_AUTO_TEST_CASE(shrinking_damps_rare_items) {
  auto counts = must(transitions_of(must(Histories::build(4, kRows)), 1));
  const auto model = must(make_transitions(counts, {.shrink = 3, .decay = 1, .baskets = 1}));
  BOOST_TEST(scores(*model, {{1, 1, 1}})[3] == 60.0 / (60 + 180),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(an_explanation_adds_up) {
  const auto model = must(make_transitions(must(transitions_of(must(Histories::build(4, kRows))))));
  const std::vector<PastPurchase> history{{0, 1, 1}, {1, 2, 1}, {2, 2, 1}, {0, 3, 1}};
  const auto found = scores(*model, history);
  for (ItemIndex item = 0; item < 4; ++item) {
    const auto why = model->explain(history, item);
    double sum = why.constant;
    for (const auto& part : why.from_history) sum += part.weight;
    BOOST_TEST(why.score == found[item], boost::test_tools::tolerance(1e-12));
    BOOST_TEST(sum == found[item], boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(odd_settings_are_refused) {
  const auto histories = must(Histories::build(4, kRows));
  BOOST_TEST(refused(transitions_of(histories, 0), ModelsErrc::out_of_range, "distance"));
  BOOST_TEST(refused(transitions_of(histories, 6), ModelsErrc::out_of_range, "distance"));
  const TransitionModel counts{2, {1, 2, 3, 4}};
  BOOST_TEST(refused(make_transitions({2, {1, 2, 3}}), ModelsErrc::wrong_shape));
  BOOST_TEST(refused(make_transitions(counts, {.shrink = -1}), ModelsErrc::bad_plan, "shrink"));
  BOOST_TEST(refused(make_transitions(counts, {.decay = 0}), ModelsErrc::bad_plan, "decay"));
  BOOST_TEST(refused(make_transitions(counts, {.decay = 1.5}), ModelsErrc::bad_plan, "decay"));
  BOOST_TEST(refused(make_transitions(counts, {.baskets = 0}), ModelsErrc::bad_plan, "baskets"));
}

BOOST_AUTO_TEST_CASE(a_shop_contributes_to_the_step_that_its_plan_leads_to) {
  TaskPlan plan;
  plan.kind = TaskKind::transitions;
  plan.items = 4;
  plan.customers_max = 2;
  const auto request = must(must(make_task(plan))->next_request());
  const auto histories = must(Histories::build(4, kRows));
  const auto values = must(contribute_transitions(plan, request, histories)).values;
  const auto counts = must(transitions_of(histories)).counts;
  BOOST_TEST((values == std::vector<std::int64_t>(counts.begin(), counts.end())));
  auto other = request;
  other.step_kind = "ease.gram";
  BOOST_TEST(
      refused(contribute_transitions(plan, other, histories), ModelsErrc::wrong_step, "ease.gram"));
  other = request;
  other.layout.segments.front().bound += 1;
  BOOST_TEST(refused(contribute_transitions(plan, other, histories), ModelsErrc::wrong_shape,
                     "is not the plan's"));
  BOOST_TEST(refused(contribute_transitions(plan, request, must(Histories::build(3, Rows{}))),
                     ModelsErrc::wrong_shape, "the data has 3 items, the plan 4"));
  auto ease = plan;
  ease.kind = TaskKind::ease;
  BOOST_TEST(refused(contribute_transitions(ease, request, histories), ModelsErrc::wrong_step));
  plan.customers_max = 1;
  BOOST_TEST(refused(contribute_transitions(plan, request, histories), ModelsErrc::out_of_range,
                     "2 customers, the plan allows 1"));
}

BOOST_AUTO_TEST_CASE(a_pair_above_the_bound_of_the_plan_is_refused) {
  TaskPlan plan;
  plan.kind = TaskKind::transitions;
  plan.items = 4;
  plan.transitions.distance_max = 2;
  plan.transitions.pairs_max = 1;  // 0 to 3 counts one and a half.
  const auto request = must(must(make_task(plan))->next_request());
  const auto histories = must(Histories::build(4, kRows));
  BOOST_TEST(refused(contribute_transitions(plan, request, histories), ModelsErrc::out_of_range,
                     "item 3 followed item 0 more often than pairs_max, 1"));
}

BOOST_AUTO_TEST_SUITE_END()
