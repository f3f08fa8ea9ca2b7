#include "models/detail/evaluation_task.hpp"

#include <limits>
#include <numeric>

#include "tests/unit/models/evaluation_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using namespace guildsum::models::detail;
using models::test::evaluate_over;
using models::test::evaluation_plan;
using models::test::invented_shop;
using models::test::must;
using models::test::refused;

namespace {

using Counts = std::vector<std::int64_t>;
using Ends = std::vector<std::uint32_t>;

SumContext of_shops(std::uint32_t shops) { return {.survivors = shops}; }

/// After a first sum of these customers per band, 500 in all, at three shops.
EvaluationTask after_customers(const TaskPlan& plan, Counts by_band) {
  EvaluationTask task{plan};
  by_band.push_back(500);
  by_band.push_back(3);
  must(task.apply(by_band, of_shops(3)));
  return task;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_task_test)

BOOST_AUTO_TEST_CASE(small_bands_are_joined_with_their_neighbours) {
  BOOST_TEST(join_bands(Counts{60, 50, 70, 80}) == (Ends{1, 2, 3, 4}));
  BOOST_TEST(join_bands(Counts{49, 1, 70, 80}) == (Ends{2, 3, 4}));
  BOOST_TEST(join_bands(Counts{60, 50, 70, 49}) == (Ends{1, 2, 4}));
  BOOST_TEST(join_bands(Counts{10, 10, 10, 20}) == (Ends{4}));
  BOOST_TEST(join_bands(Counts{10, 10, 10, 19}) == Ends{});
  BOOST_TEST(join_bands(Counts{0, 0, 50, 0}) == (Ends{4}));
}

BOOST_AUTO_TEST_CASE(whatever_the_counts_are_no_group_is_small_and_nobody_is_left_out) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    test::Draw draw{seed};
    Counts counts(1 + draw.below(kEvaluationBandsMax));
    for (auto& count : counts) count = static_cast<std::int64_t>(draw.below(90));
    const auto ends = join_bands(counts);
    const auto all = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    BOOST_TEST(ends.empty() == (all < 50), "seed " << seed);
    std::size_t first = 0;
    for (const std::uint32_t end : ends) {
      const std::span group{counts.data() + first, end - first};
      BOOST_TEST(std::accumulate(group.begin(), group.end(), std::int64_t{0}) >= 50,
                 "seed " << seed);
      first = end;
    }
    BOOST_TEST((ends.empty() || first == counts.size()), "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(quality_is_asked_for_groups_of_enough_customers_only) {
  const auto plan = evaluation_plan();
  const auto task = after_customers(plan, {60, 20, 40, 70});
  const auto request = must(task.next_request());
  BOOST_TEST(request.step_kind == "evaluation.quality");
  BOOST_TEST(request.step_number == 2U);
  BOOST_TEST(must(parse_groups(plan.evaluation, request.public_inputs)) == (Ends{1, 3, 4}));
  BOOST_TEST(request.layout.total_length() == QualityView<std::int64_t>::length(plan, 3));
  must(request.layout.validate());
}

BOOST_AUTO_TEST_CASE(too_few_customers_or_shops_end_the_evaluation_without_a_figure) {
  const auto plan = evaluation_plan();
  const auto task = after_customers(plan, {10, 10, 10, 19});
  BOOST_TEST(task.finished());
  BOOST_TEST(task.progress().sums_total == 1U);
  BOOST_TEST(refused(task.next_request(), ModelsErrc::wrong_step));
  EvaluationTask lonely{plan};
  must(lonely.apply(Counts{100, 100, 100, 100, 400, 1}, of_shops(5)));  // One shop's are no sum.
  BOOST_TEST(lonely.finished());
  EvaluationTask enough{plan};
  must(enough.apply(Counts{100, 100, 100, 100, 400, 2}, of_shops(5)));
  BOOST_TEST(!enough.finished());
}

BOOST_AUTO_TEST_CASE(sums_that_no_honest_shops_lead_to_are_refused_and_change_nothing) {
  const auto plan = evaluation_plan();
  EvaluationTask task{plan};
  const auto impossible = [&](Counts sum) {
    return refused(task.apply(sum, of_shops(3)), ModelsErrc::out_of_range);
  };
  BOOST_TEST(impossible({-1, 0, 0, 0, 10, 1}));
  BOOST_TEST(impossible({5, 5, 0, 0, 9, 1}));  // More with held-out purchases than customers.
  BOOST_TEST(impossible({5, 5, 0, 0, 9, 4}));  // More shops than there are.
  BOOST_TEST(impossible({3'001, 0, 0, 0, 3'001, 3}));  // customers_max is 1,000.
  BOOST_TEST(refused(task.apply(Counts{1, 2}, of_shops(3)), ModelsErrc::wrong_shape));
  BOOST_TEST(task.progress().sums_done == 0U);
}

BOOST_AUTO_TEST_CASE(figures_that_no_customers_can_have_are_refused) {
  const auto plan = evaluation_plan();
  const std::vector<test::EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2)};
  const auto own = test::model_of(3);
  const auto good = test::sums_of(*evaluate_over(plan, shops, own.get()));
  const auto groups = join_bands(std::span{good.customers}.first(4)).size();
  const auto impossible = [&](auto change) {
    EvaluationTask task{plan};
    must(task.apply(good.customers, of_shops(2)));
    auto sum = good.quality;
    change(QualityView<std::int64_t>{plan, groups, sum});
    return task.apply(sum, of_shops(2)).has_error() && !task.finished();
  };
  BOOST_TEST(!impossible([](auto) {}));
  BOOST_TEST(impossible([](auto v) { v.customers()[0] = -1; }));
  BOOST_TEST(impossible([](auto v) { v.figure(0, Figure::ndcg_at_20)[0] = -5; }));
  BOOST_TEST(impossible([](auto v) {
    v.figure(1, Figure::recall_at_20)[0] = (v.customers()[0] << kEvaluationUnitBits) + 1;
  }));
  BOOST_TEST(impossible([](auto v) {
    v.figure(2, Figure::ndcg_at_10_squares)[1] = v.figure(2, Figure::ndcg_at_10)[1] + 1;
  }));
  BOOST_TEST(impossible([](auto v) { v.exposure(0)[3] = 1'000; }));
  BOOST_TEST(impossible([](auto v) { v.exposure(0)[3] = -1; }));
  BOOST_TEST(impossible([](auto v) { v.shops(1)[1] = v.shops(1)[0] + 1; }));
  BOOST_TEST(impossible([](auto v) { v.own_customers() = 1'000; }));
  BOOST_TEST(impossible([](auto v) { v.measuring() = 0; }));  // Customers of no shop.
  BOOST_TEST(impossible([](auto v) { v.measuring() = 1; }));  // Two compared.
  BOOST_TEST(impossible([](auto v) { v.measuring() = 3; }));  // More than there are.
  BOOST_TEST(impossible([](auto v) { v.own()[0] = -1; }));
  BOOST_TEST(impossible([](auto v) { v.gain(0) = (2 << kEvaluationUnitBits) + 1; }));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_is_read_again_and_no_other_bytes_are) {
  const auto plan = evaluation_plan();
  const std::vector<test::EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2)};
  for (const bool whole : {false, true}) {
    Bytes bytes = whole ? evaluate_over(plan, shops)->checkpoint()
                        : after_customers(plan, {60, 20, 40, 70}).checkpoint();
    const auto again = must(EvaluationTask::restore(plan, bytes));
    BOOST_TEST((again.checkpoint() == bytes));
    BOOST_TEST(again.finished() == whole);
    for (std::size_t length = 0; length < bytes.size(); length += whole ? 97 : 1) {
      BOOST_TEST(refused(EvaluationTask::restore(plan, ByteView{bytes}.first(length)),
                         ModelsErrc::malformed));
    }
    auto other = plan;
    other.items = 31;
    BOOST_TEST(refused(EvaluationTask::restore(other, bytes), ModelsErrc::malformed));
    bytes.push_back(std::byte{0});
    BOOST_TEST(refused(EvaluationTask::restore(plan, bytes), ModelsErrc::malformed));
  }
  const Bytes start = EvaluationTask{plan}.checkpoint();
  BOOST_TEST((must(EvaluationTask::restore(plan, start)).checkpoint() == start));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_with_numbers_beyond_any_sum_is_refused) {
  const auto plan = evaluation_plan();
  const std::vector<test::EvaluatedShop> shops{invented_shop(200, 1), invented_shop(200, 2)};
  const Bytes good = evaluate_over(plan, shops)->checkpoint();
  constexpr std::size_t kFirst = 4 + 2 + 4 + 8;  // Magic, version, items, length.
  for (std::size_t at = kFirst; at + 8 <= good.size(); at += 8) {
    if (at == kFirst + 6 * 8) continue;  // The length of the second sum.
    for (const std::int64_t huge :
         {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
      Bytes bytes = good;
      store_le(static_cast<std::uint64_t>(huge), MutableByteView{bytes}.subspan(at).first<8>());
      BOOST_TEST(refused(EvaluationTask::restore(plan, bytes), ModelsErrc::malformed));
    }
  }
}

BOOST_AUTO_TEST_CASE(groups_that_do_not_part_the_bands_are_refused) {
  const auto plan = evaluation_plan().evaluation;
  for (const Ends& ends : {Ends{}, Ends{1}, Ends{2, 2, 4}, Ends{3, 2, 4}, Ends{0, 4}, Ends{5}}) {
    BOOST_TEST(refused(parse_groups(plan, encode_groups(ends)), ModelsErrc::malformed));
  }
  Bytes odd = encode_groups(Ends{1, 4});
  odd.pop_back();
  BOOST_TEST(refused(parse_groups(plan, odd), ModelsErrc::malformed));
  BOOST_TEST(must(parse_groups(plan, encode_groups(Ends{1, 4}))) == (Ends{1, 4}));
}

BOOST_AUTO_TEST_CASE(a_lost_sum_leaves_nothing_to_go_on_from) {
  const auto plan = evaluation_plan();
  EvaluationTask task{plan};
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::nothing_opened));
  auto second = after_customers(plan, {60, 20, 40, 70});
  BOOST_TEST(refused(second.apply_lost(), ModelsErrc::nothing_opened));
}

BOOST_AUTO_TEST_SUITE_END()
