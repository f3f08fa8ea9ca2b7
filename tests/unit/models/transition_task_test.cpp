#include <boost/test/unit_test.hpp>

#include "models/detail/tasks.hpp"
#include "models/transitions.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::TransitionTask;
using models::test::Draw;
using models::test::must;
using models::test::refused;

namespace {

using PurchaseRows = std::vector<std::vector<PastPurchase>>;

TaskPlan plan_for(std::uint32_t items) {
  TaskPlan plan;
  plan.kind = TaskKind::transitions;
  plan.items = items;
  plan.customers_max = 100;
  return plan;
}

/// Customers with up to 14 purchases at up to 8 times; some of them repeats, some bought nothing.
PurchaseRows random_histories(std::size_t customers, std::uint32_t items, Draw& draw) {
  PurchaseRows rows(customers);
  for (auto& row : rows) {
    for (std::uint64_t left = draw.below(15); left > 0; --left) {
      row.push_back(
          {static_cast<ItemIndex>(draw.below(items)), static_cast<std::int64_t>(draw.below(8)), 1});
    }
  }
  return rows;
}

/// The sum of what each shop contributes.
std::vector<std::int64_t> sum_over(const TaskPlan& plan, const SumRequest& request,
                                   const std::vector<PurchaseRows>& shops) {
  std::vector<std::int64_t> sum(request.layout.total_length(), 0);
  for (const auto& rows : shops) {
    const auto data = must(Histories::build(plan.items, rows));
    const auto part = must(contribute_transitions(plan, request, data)).values;
    BOOST_TEST_REQUIRE(part.size() == sum.size());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
  }
  return sum;
}

TransitionTask finished_task() {
  TransitionTask task{plan_for(2)};
  must(task.apply(std::vector<std::int64_t>{5, 60, 0, 30}, {.survivors = 2}));
  return task;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transition_task_test)

BOOST_AUTO_TEST_CASE(the_layout_is_the_matrix_in_tiles_of_rows) {
  for (const std::uint32_t items : {1U, 255U, 256U, 257U, 600U}) {
    const auto layout = TransitionTask::layout(plan_for(items));
    must(layout.validate());
    BOOST_TEST(layout.total_length() == std::uint64_t{items} * items);
    BOOST_TEST(layout.segments.size() == (items + 255) / 256);
  }
  const auto layout = TransitionTask::layout(plan_for(600));
  BOOST_TEST(layout.segments[2].name == "transitions.rows.512-599");
  BOOST_TEST(layout.segments[2].length == 88U * 600U);
  // 15,000,000 from each of 256 shops, and a sign.
  BOOST_TEST(layout.bound_max() == 15'000'000U);
  BOOST_TEST(layout.ring_bits_min(256) == 33U);
  const auto largest = TransitionTask::layout(plan_for(kTransitionItemsMax));
  BOOST_TEST(largest.total_length() == std::uint64_t{1} << 28);
}

BOOST_AUTO_TEST_CASE(however_customers_are_spread_the_sum_is_the_counts_of_all) {
  Draw draw{7};
  for (int round = 0; round < 60; ++round) {
    auto plan = plan_for(static_cast<std::uint32_t>(1 + draw.below(12)));
    plan.transitions.distance_max = static_cast<std::uint32_t>(1 + draw.below(5));
    const auto everybody = random_histories(draw.below(40), plan.items, draw);
    std::vector<PurchaseRows> shops(1 + draw.below(9));
    for (const auto& row : everybody) shops[draw.below(shops.size())].push_back(row);
    TransitionTask task{plan};
    const auto request = must(task.next_request());
    BOOST_TEST(request.step_kind == "transitions.counts");
    must(task.apply(sum_over(plan, request, shops),
                    {.survivors = static_cast<std::uint32_t>(shops.size())}));
    const auto together = must(transitions_of(must(Histories::build(plan.items, everybody)),
                                              plan.transitions.distance_max));
    const auto released = must(release(plan, task.checkpoint()));
    BOOST_TEST((std::get<TransitionModel>(released).counts == together.counts));
    BOOST_TEST(std::get<TransitionModel>(released).items == plan.items);
  }
}

BOOST_AUTO_TEST_CASE(a_sum_that_no_honest_shops_make_is_refused_and_changes_nothing) {
  auto plan = plan_for(2);
  plan.transitions.pairs_max = 2;
  TransitionTask task{plan};
  std::vector<std::int64_t> sum{0, 0, -1, 0};
  BOOST_TEST(
      refused(task.apply(sum, {.survivors = 2}), ModelsErrc::out_of_range, "transition 2 is -1"));
  sum[2] = 241;
  BOOST_TEST(refused(task.apply(sum, {.survivors = 2}), ModelsErrc::out_of_range, "value 2"));
  BOOST_TEST(
      refused(task.apply(std::vector<std::int64_t>(3), {.survivors = 2}), ModelsErrc::wrong_shape));
  BOOST_TEST(!task.finished());
  BOOST_TEST(refused(release(plan, task.checkpoint()), ModelsErrc::wrong_step, "no model yet"));
  sum[2] = 240;
  must(task.apply(sum, {.survivors = 2}));
  BOOST_TEST(task.progress().sums_done == 1U);
}

BOOST_AUTO_TEST_CASE(a_sum_above_32_bits_is_refused) {
  auto plan = plan_for(1);
  plan.transitions.pairs_max = 71'582'788;
  TransitionTask task{plan};
  const std::vector<std::int64_t> sum{std::int64_t{1} << 32};
  BOOST_TEST(refused(task.apply(sum, {.survivors = 2}), ModelsErrc::out_of_range, "4294967296"));
}

BOOST_AUTO_TEST_CASE(a_finished_task_wants_nothing_more) {
  auto task = finished_task();
  const std::vector<std::int64_t> zeros(4);
  BOOST_TEST(refused(task.next_request(), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply(zeros, {.survivors = 2}), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.reopen(), ModelsErrc::wrong_step, "trained from its start"));
  BOOST_TEST(!is_cumulative("transitions.counts"));
  TransitionTask unopened{plan_for(2)};
  BOOST_TEST(refused(unopened.apply_lost(), ModelsErrc::nothing_opened));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_brings_the_task_back) {
  const TransitionTask fresh{plan_for(2)};
  BOOST_TEST(!must(TransitionTask::restore(plan_for(2), fresh.checkpoint())).finished());
  const auto checkpoint = finished_task().checkpoint();
  auto restored = must(TransitionTask::restore(plan_for(2), checkpoint));
  BOOST_TEST(restored.finished());
  BOOST_TEST(restored.counts() == (std::vector<std::uint32_t>{5, 60, 0, 30}));
  BOOST_TEST((restored.checkpoint() == checkpoint));
  BOOST_TEST((must(restore_task(plan_for(2), checkpoint))->checkpoint() == checkpoint));
}

BOOST_AUTO_TEST_CASE(damaged_checkpoints_are_refused) {
  auto bytes = finished_task().checkpoint();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(refused(TransitionTask::restore(plan_for(2), ByteView{bytes}.first(length)),
                       ModelsErrc::malformed));
  }
  BOOST_TEST(refused(TransitionTask::restore(plan_for(3), bytes), ModelsErrc::malformed));
  bytes.push_back(std::byte{0});
  BOOST_TEST(refused(TransitionTask::restore(plan_for(2), bytes), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
