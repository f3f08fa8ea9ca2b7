#include "models/evaluation_report.hpp"

#include <cmath>

#include "models/metrics.hpp"
#include "tests/unit/models/evaluation_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::evaluate_over;
using models::test::EvaluatedShop;
using models::test::evaluation_plan;
using models::test::invented_shop;
using models::test::must;
using models::test::pooled;
using models::test::refused;
using models::test::sums_of;

namespace {

std::vector<EvaluatedShop> shops() {
  return {invented_shop(150, 1), invented_shop(90, 2), invented_shop(240, 3)};
}

std::vector<std::uint64_t> buyers() {
  std::vector<std::uint64_t> counts(test::kEvaluatedItems);
  for (std::size_t item = 0; item < counts.size(); ++item) counts[item] = 5 + item % 7;
  return counts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_report_test)

BOOST_AUTO_TEST_CASE(means_and_their_errors_are_those_of_a_direct_evaluation) {
  const auto plan = evaluation_plan();
  const auto report = must(evaluation_report(plan, sums_of(*evaluate_over(plan, shops()))));
  const auto all = pooled(shops());
  BOOST_TEST(report.shops == 3);
  BOOST_TEST(report.measured == report.held_out);
  BOOST_TEST_REQUIRE(report.candidates.size() == 3U);
  for (std::size_t c = 0; c < report.candidates.size(); ++c) {
    const auto model = must(test::every_candidate()(plan.evaluation.candidates[c]));
    const auto direct =
        evaluate(*model, Histories::of(all.bought), all.later, EvaluationProtocol::discover)
            .quality();
    const auto& quality = report.candidates[c];
    BOOST_TEST(report.measured == static_cast<std::int64_t>(direct.customers));
    BOOST_TEST(std::abs(quality.ndcg_at_20.value - direct.ndcg_at_20) < 1e-6);
    BOOST_TEST(std::abs(quality.ndcg_at_20.error - direct.ndcg_error) < 1e-6);
    BOOST_TEST(std::abs(quality.recall_at_20.value - direct.recall_at_20) < 1e-6);
    BOOST_TEST(std::abs(quality.recall_at_20.error - direct.recall_error) < 1e-6);
    BOOST_TEST(quality.ndcg_at_20.value <= report.candidates[report.best()].ndcg_at_20.value);
  }
  BOOST_TEST(!report.own.has_value());
}

BOOST_AUTO_TEST_CASE(the_shops_own_models_are_a_row_of_their_own) {
  const auto plan = evaluation_plan();
  const auto own = test::model_of(1);
  const auto report =
      must(evaluation_report(plan, sums_of(*evaluate_over(plan, shops(), own.get()))));
  BOOST_TEST_REQUIRE(report.own.has_value());
  BOOST_TEST(report.own->customers == report.measured);
  BOOST_TEST(report.own->ndcg_at_20.value == report.candidates[0].ndcg_at_20.value);
  BOOST_TEST(report.own->recall_at_20.error == report.candidates[0].recall_at_20.error);
  BOOST_TEST(report.candidates[0].shops == 3);
  BOOST_TEST(report.candidates[0].shops_worse == 0);
  BOOST_TEST(report.candidates[0].mean_gain == 0.0);
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_too_few_customers) {
  const auto plan = evaluation_plan();
  const std::vector<EvaluatedShop> few{invented_shop(20, 1), invented_shop(20, 2)};
  const auto sums = sums_of(*evaluate_over(plan, few));
  BOOST_TEST(sums.quality.empty());
  const auto report = must(evaluation_report(plan, sums));
  BOOST_TEST(report.candidates.empty());
  BOOST_TEST(report.measured == 0);
  BOOST_TEST(report.held_out > 0);
  BOOST_TEST(refused(evaluation_audit(plan, sums, 0, buyers()), ModelsErrc::wrong_step));
}

BOOST_AUTO_TEST_CASE(groups_that_shrank_between_the_sums_are_joined_or_not_shown) {
  const auto plan = evaluation_plan();
  const auto sums = sums_of(*evaluate_over(plan, shops()));
  const auto asked = models::detail::join_bands(std::span{sums.customers}.first(4));
  BOOST_TEST_REQUIRE(asked.size() >= 2U);
  // The second sum lost most shops: a few customers are left in every group.
  auto shrunk = sums;
  const auto zero = [&](std::int64_t left) {
    std::ranges::fill(shrunk.quality, 0);
    for (std::size_t g = 0; g < asked.size(); ++g) shrunk.quality[g] = left;
    models::QualityView<std::int64_t>{plan, asked.size(), shrunk.quality}.measuring() = 2;
  };
  zero(20);
  const auto audit = evaluation_audit(plan, shrunk, 0, buyers());
  if (20 * asked.size() >= 50) {
    BOOST_TEST(must(audit).group_names.size() == 1U);
    BOOST_TEST(must(audit).report.suppressed.empty());
  } else {
    BOOST_TEST(refused(audit, ModelsErrc::wrong_step));
  }
  zero(3);
  BOOST_TEST(must(evaluation_report(plan, shrunk)).candidates.empty());
  BOOST_TEST(refused(evaluation_audit(plan, shrunk, 0, buyers()), ModelsErrc::wrong_step));
}

BOOST_AUTO_TEST_CASE(
    nothing_is_shown_of_fewer_shops_than_asked_for_however_many_customers_they_have) {
  auto plan = evaluation_plan();
  plan.evaluation.shops_min = 3;
  const std::vector<EvaluatedShop> all{invented_shop(300, 1), invented_shop(90, 2),
                                       invented_shop(90, 3)};
  models::detail::EvaluationTask first{plan};
  must(first.apply(sums_of(*evaluate_over(plan, all)).customers, {.survivors = 3}));
  const auto request = must(first.next_request());
  // About 200 customers are measured at the first shop.
  const auto sums_of_shops = [&](std::size_t count) {
    std::vector<std::int64_t> sum;
    for (std::size_t shop = 0; shop < count; ++shop) {
      test::add_to(sum, must(contribute_quality(plan, request, all[shop].customers(),
                                                test::every_candidate(), nullptr))
                            .values);
    }
    auto task = first;
    must(task.apply(sum, {.survivors = 3}));
    return task.sums();
  };
  for (const std::size_t left : {1U, 2U}) {
    const auto sums = sums_of_shops(left);
    const auto report = must(evaluation_report(plan, sums));
    BOOST_TEST(report.candidates.empty());
    BOOST_TEST(report.measured == 0);
    BOOST_TEST(!report.own.has_value());
    BOOST_TEST(report.shops == static_cast<std::int64_t>(left));
    BOOST_TEST(refused(evaluation_audit(plan, sums, 0, buyers()), ModelsErrc::wrong_step));
  }
  const auto report = must(evaluation_report(plan, sums_of_shops(3)));
  BOOST_TEST(report.candidates.size() == 3U);
  BOOST_TEST(report.shops == 3);
}

BOOST_AUTO_TEST_CASE(own_models_of_few_customers_are_not_shown_nor_found_by_difference) {
  const auto plan = evaluation_plan();
  const auto own = test::model_of(1);
  const auto sums = sums_of(*evaluate_over(plan, shops(), own.get()));
  const auto groups = models::detail::join_bands(std::span{sums.customers}.first(4)).size();
  const auto shown = [&](std::int64_t compared) {
    auto changed = sums;
    models::QualityView<std::int64_t>{plan, groups, changed.quality}.own_customers() = compared;
    return must(evaluation_report(plan, changed)).own.has_value();
  };
  const auto all = must(evaluation_report(plan, sums)).measured;
  BOOST_TEST(shown(all));
  BOOST_TEST(shown(all - 50));
  BOOST_TEST(!shown(all - 49));
  BOOST_TEST(!shown(49));
}

BOOST_AUTO_TEST_CASE(the_audit_names_its_groups_and_adds_up_to_the_report) {
  const auto plan = evaluation_plan();
  const auto sums = sums_of(*evaluate_over(plan, shops()));
  const auto audit = must(evaluation_audit(plan, sums, 1, buyers()));
  const auto report = must(evaluation_report(plan, sums));
  std::int64_t customers = 0;
  for (const auto& group : audit.report.groups) {
    BOOST_TEST(group.customers >= kFairnessCustomersMin);
    customers += group.customers;
  }
  BOOST_TEST(customers == report.measured);
  BOOST_TEST(audit.group_names.size() == audit.report.groups.size());
  BOOST_TEST(audit.group_names.front().starts_with("up to "));
  BOOST_TEST(audit.group_names.back().starts_with("more than "));
  BOOST_TEST(audit.report.coverage_at_20 > 0.0);
  BOOST_TEST(refused(evaluation_audit(plan, sums, 3, buyers()), ModelsErrc::wrong_shape));
  BOOST_TEST(refused(evaluation_audit(plan, sums, 0, {}), ModelsErrc::wrong_shape));
}

BOOST_AUTO_TEST_CASE(bands_have_names) {
  const auto plan = evaluation_plan().evaluation;
  BOOST_TEST(band_name(plan, 0, 4) == "all customers");
  BOOST_TEST(band_name(plan, 0, 1) == "up to 5 items bought");
  BOOST_TEST(band_name(plan, 0, 2) == "up to 8 items bought");
  BOOST_TEST(band_name(plan, 1, 3) == "6 to 12 items bought");
  BOOST_TEST(band_name(plan, 3, 4) == "more than 12 items bought");
}

BOOST_AUTO_TEST_CASE(sums_of_another_plan_are_refused) {
  const auto plan = evaluation_plan();
  auto sums = sums_of(*evaluate_over(plan, shops()));
  auto other = plan;
  other.evaluation.band_ends.pop_back();
  BOOST_TEST(refused(evaluation_report(other, sums), ModelsErrc::wrong_shape));
  sums.quality.pop_back();
  BOOST_TEST(refused(evaluation_report(plan, sums), ModelsErrc::wrong_shape));
  other = plan;
  other.kind = TaskKind::ease;
  BOOST_TEST(refused(evaluation_report(other, sums), ModelsErrc::wrong_shape));
}

BOOST_AUTO_TEST_SUITE_END()
