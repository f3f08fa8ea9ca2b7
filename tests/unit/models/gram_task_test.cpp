#include <boost/test/unit_test.hpp>

#include "models/detail/tasks.hpp"
#include "models/gram.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::GramTask;
using models::test::apply_sum_of;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

TaskPlan plan_for(std::uint32_t items) {
  TaskPlan plan;
  plan.kind = TaskKind::ease;
  plan.items = items;
  plan.customers_max = 100;
  return plan;
}

std::vector<std::int64_t> zeros(std::uint32_t items) {
  return std::vector<std::int64_t>(GramModel::packed_length(items), 0);
}

GramTask finished_task() {
  GramTask task{plan_for(3)};
  must(task.apply(std::vector<std::int64_t>{5, 4, 3, 4, 2, 3}, {.survivors = 2}));
  return task;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gram_task_test)

BOOST_AUTO_TEST_CASE(the_layout_is_the_triangle_in_bands_of_rows) {
  for (const std::uint32_t items : {1U, 255U, 256U, 257U, 600U}) {
    const auto layout = GramTask::layout(plan_for(items));
    must(layout.validate());
    BOOST_TEST(layout.total_length() == GramModel::packed_length(items));
    BOOST_TEST(layout.segments.size() == (items + 255) / 256);
    BOOST_TEST(layout.bound_max() == 100U);
  }
  const auto layout = GramTask::layout(plan_for(600));
  BOOST_TEST(layout.segments[0].name == "gram.rows.0-255");
  BOOST_TEST(layout.segments[0].length == 600U * 256 - 256 * 255 / 2);
  BOOST_TEST(layout.segments[2].name == "gram.rows.512-599");
  BOOST_TEST(layout.segments[2].length == GramModel::packed_length(88));
}

BOOST_AUTO_TEST_CASE(one_sum_over_shops_is_the_gram_of_everybody) {
  GramTask task{plan_for(20)};
  const auto request = must(task.next_request());
  BOOST_TEST(request.step_kind == "ease.gram");
  BOOST_TEST(request.step_number == 1U);
  BOOST_TEST(request.public_inputs.empty());
  auto rows = random_rows(90, 20, 1);
  const auto whole = gram_of(purchases(20, rows));
  const std::vector<Interactions> shops{purchases(20, {rows.begin(), rows.begin() + 50}),
                                        purchases(20, {rows.begin() + 50, rows.end()})};
  SeededRandom random{1};
  must(apply_sum_of(task, shops, random));
  BOOST_TEST(task.finished());
  BOOST_TEST((task.upper() == whole.upper));
  BOOST_TEST(task.progress().sums_done == 1U);
}

BOOST_AUTO_TEST_CASE(a_sum_that_no_honest_shops_make_is_refused_and_changes_nothing) {
  GramTask task{plan_for(3)};
  auto sum = zeros(3);
  sum[4] = -1;
  BOOST_TEST(refused(task.apply(sum, {.survivors = 2}), ModelsErrc::out_of_range, "pair count 4"));
  sum[4] = 201;
  BOOST_TEST(refused(task.apply(sum, {.survivors = 2}), ModelsErrc::out_of_range, "value 4"));
  BOOST_TEST(refused(task.apply(zeros(4), {.survivors = 2}), ModelsErrc::wrong_shape));
  BOOST_TEST(!task.finished());
  sum[4] = 200;
  must(task.apply(sum, {.survivors = 2}));
}

BOOST_AUTO_TEST_CASE(a_count_above_32_bits_is_refused) {
  auto plan = plan_for(1);
  plan.customers_max = 4'000'000'000;
  GramTask task{plan};
  const std::vector<std::int64_t> sum{std::int64_t{1} << 32};
  BOOST_TEST(refused(task.apply(sum, {.survivors = 2}), ModelsErrc::out_of_range, "4294967296"));
}

BOOST_AUTO_TEST_CASE(a_finished_task_wants_nothing_more) {
  auto task = finished_task();
  BOOST_TEST(refused(task.next_request(), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply(zeros(3), {.survivors = 2}), ModelsErrc::wrong_step));
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::wrong_step));
}

BOOST_AUTO_TEST_CASE(a_later_sum_is_the_change_and_removed_customers_leave_no_trace) {
  auto rows = random_rows(90, 20, 1);
  GramTask task{plan_for(20)};
  const auto gram_at = [](const std::vector<std::vector<ItemIndex>>& of) {
    return gram_of(purchases(20, of)).upper;
  };
  const auto before = gram_at(rows);
  must(task.apply(std::vector<std::int64_t>(before.begin(), before.end()), {.survivors = 2}));
  BOOST_TEST(refused(task.apply(std::vector<std::int64_t>(before.size(), 0), {.survivors = 2}),
                     ModelsErrc::wrong_step));
  const auto root = task.checkpoint();
  must(task.reopen());
  BOOST_TEST((task.checkpoint() == root));  // The model that it goes on with.
  BOOST_TEST(!task.finished());
  BOOST_TEST(must(task.next_request()).step_number == 2U);
  BOOST_TEST(refused(task.reopen(), ModelsErrc::wrong_step));
  // Three customers withdraw, two are new.
  rows.erase(rows.begin(), rows.begin() + 3);
  for (auto& added : random_rows(2, 20, 7)) rows.push_back(added);
  const auto now = gram_at(rows);
  std::vector<std::int64_t> delta(now.begin(), now.end());
  for (std::size_t i = 0; i < delta.size(); ++i) delta[i] -= before[i];
  must(task.apply(delta, {.survivors = 2}));
  BOOST_TEST(task.finished());
  BOOST_TEST((task.upper() == now));
  auto restored = must(GramTask::restore(plan_for(20), task.checkpoint()));
  BOOST_TEST((restored.upper() == now));
  must(restored.reopen());
  BOOST_TEST(must(restored.next_request()).step_number == 3U);
}

BOOST_AUTO_TEST_CASE(a_change_that_takes_away_what_is_not_there_is_refused) {
  GramTask task = finished_task();
  must(task.reopen());
  auto delta = zeros(3);
  delta[4] = -3;
  BOOST_TEST(
      refused(task.apply(delta, {.survivors = 2}), ModelsErrc::out_of_range, "pair count 4 is -1"));
  BOOST_TEST(!task.finished());
  delta[4] = -2;
  must(task.apply(delta, {.survivors = 2}));
  BOOST_TEST(task.upper()[4] == 0U);
  // More than every survivor can change.
  must(task.reopen());
  delta[4] = 201;
  BOOST_TEST(refused(task.apply(delta, {.survivors = 2}), ModelsErrc::out_of_range));
}

BOOST_AUTO_TEST_CASE(without_its_only_sum_there_is_nothing_to_go_on_from) {
  GramTask task{plan_for(3)};
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::nothing_opened));
  BOOST_TEST(!task.finished());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_brings_the_task_back) {
  const GramTask fresh{plan_for(3)};
  BOOST_TEST(!must(GramTask::restore(plan_for(3), fresh.checkpoint())).finished());
  auto restored = must(GramTask::restore(plan_for(3), finished_task().checkpoint()));
  BOOST_TEST(restored.finished());
  BOOST_TEST(restored.upper() == (std::vector<std::uint32_t>{5, 4, 3, 4, 2, 3}));
  BOOST_TEST((restored.checkpoint() == finished_task().checkpoint()));
}

BOOST_AUTO_TEST_CASE(damaged_and_foreign_checkpoints_are_refused) {
  auto bytes = finished_task().checkpoint();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(refused(GramTask::restore(plan_for(3), ByteView{bytes}.first(length)),
                       ModelsErrc::malformed));
  }
  BOOST_TEST(refused(GramTask::restore(plan_for(4), bytes), ModelsErrc::malformed, "another plan"));
  for (std::size_t at = 0; at < 11; ++at) {  // magic, version, items, flag
    auto changed = bytes;
    changed[at] ^= std::byte{0x82};
    BOOST_TEST(refused(GramTask::restore(plan_for(3), changed), ModelsErrc::malformed));
  }
  bytes.push_back(std::byte{});
  BOOST_TEST(refused(GramTask::restore(plan_for(3), bytes), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
