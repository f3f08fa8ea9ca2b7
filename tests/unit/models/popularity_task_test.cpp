#include <boost/test/unit_test.hpp>

#include "models/detail/tasks.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::PopularityTask;
using models::test::apply_sum_of;
using models::test::must;
using models::test::purchases;
using models::test::refused;

namespace {

using Counts = std::vector<std::uint64_t>;
using Sum = std::vector<std::int64_t>;

TaskPlan plan_for(std::uint32_t items) {
  TaskPlan plan;
  plan.items = items;
  plan.customers_max = 10;
  plan.popularity.customers_min = 3;
  return plan;
}

PopularityTask finished_task() {
  PopularityTask task{plan_for(3)};
  must(task.apply(Sum{7, 2, 3}, {.survivors = 2}));
  return task;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(popularity_task_test)

BOOST_AUTO_TEST_CASE(shops_counts_add_up_and_small_sums_are_hidden) {
  PopularityTask task{plan_for(3)};
  const auto request = must(task.next_request());
  BOOST_TEST(request.step_kind == "popularity.counts");
  BOOST_TEST(request.layout.total_length() == 3U);
  BOOST_TEST(request.layout.bound_max() == 10U);
  const std::vector<Interactions> shops{purchases(3, {{0, 1}, {0, 2}}),
                                        purchases(3, {{0}, {1, 2}, {2}})};
  SeededRandom random{1};
  must(apply_sum_of(task, shops, random));
  BOOST_TEST(task.customers() == (Counts{3, 0, 3}));  // Two customers of item 1 stay hidden.
  BOOST_TEST(task.finished());
}

BOOST_AUTO_TEST_CASE(a_sum_that_no_honest_shops_make_is_refused_and_changes_nothing) {
  PopularityTask task{plan_for(3)};
  BOOST_TEST(
      refused(task.apply(Sum{1, -1, 1}, {.survivors = 2}), ModelsErrc::out_of_range, "item 1"));
  BOOST_TEST(refused(task.apply(Sum{1, 21, 1}, {.survivors = 2}), ModelsErrc::out_of_range));
  BOOST_TEST(refused(task.apply(Sum{1, 1}, {.survivors = 2}), ModelsErrc::wrong_shape));
  BOOST_TEST(!task.finished());
  must(task.apply(Sum{20, 0, 1}, {.survivors = 2}));
}

BOOST_AUTO_TEST_CASE(one_sum_is_all_it_wants) {
  auto task = finished_task();
  BOOST_TEST(refused(task.next_request(), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply(Sum{1, 1, 1}, {.survivors = 2}), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::wrong_step));
  BOOST_TEST(refused(PopularityTask{plan_for(3)}.apply_lost(), ModelsErrc::nothing_opened));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_brings_the_task_back) {
  const PopularityTask fresh{plan_for(3)};
  BOOST_TEST(!must(PopularityTask::restore(plan_for(3), fresh.checkpoint())).finished());
  const auto restored = must(PopularityTask::restore(plan_for(3), finished_task().checkpoint()));
  BOOST_TEST(restored.customers() == (Counts{7, 0, 3}));
  BOOST_TEST(restored.progress().sums_done == 1U);
}

BOOST_AUTO_TEST_CASE(damaged_and_foreign_checkpoints_are_refused) {
  auto bytes = finished_task().checkpoint();
  const auto restore = [&](ByteView view) { return PopularityTask::restore(plan_for(3), view); };
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(refused(restore(ByteView{bytes}.first(length)), ModelsErrc::malformed));
  }
  BOOST_TEST(refused(PopularityTask::restore(plan_for(4), bytes), ModelsErrc::malformed));
  for (std::size_t at = 0; at < 11; ++at) {  // magic, version, items, flag
    auto changed = bytes;
    changed[at] ^= std::byte{0x82};
    BOOST_TEST(refused(restore(changed), ModelsErrc::malformed));
  }
  bytes.push_back(std::byte{});
  BOOST_TEST(refused(restore(bytes), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
