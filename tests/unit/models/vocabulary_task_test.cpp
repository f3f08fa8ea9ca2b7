#include <array>

#include <boost/test/unit_test.hpp>

#include "models/detail/tasks.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::VocabularyTask;
using models::test::must;
using models::test::refused;

namespace {

using Sum = std::vector<std::int64_t>;
using Rows = std::vector<SharedRow>;

constexpr std::uint32_t kSlots = 256;

TaskPlan vocabulary_plan(std::uint32_t holders_min = 4) {
  TaskPlan plan;
  plan.kind = TaskKind::vocabulary;
  plan.items = kSlots;
  plan.vocabulary.holders_min = holders_min;
  return plan;
}

/// The opened sum of `holders` and tag sums by slot.
Sum opened(std::initializer_list<std::array<std::int64_t, 3>> slots) {
  Sum sum(2 * std::size_t{kSlots}, 0);
  for (const auto& [slot, holders, tags] : slots) {
    sum[static_cast<std::size_t>(slot)] = holders;
    sum[kSlots + static_cast<std::size_t>(slot)] = tags;
  }
  return sum;
}

VocabularyTask finished_task() {
  VocabularyTask task{vocabulary_plan()};
  must(task.apply(opened({{3, 4, 400}, {9, 3, 300}, {200, 6, 6}}), {.survivors = 6}));
  return task;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_task_test)

BOOST_AUTO_TEST_CASE(it_asks_for_presence_and_tags_of_every_slot) {
  const auto request = must(VocabularyTask{vocabulary_plan()}.next_request());
  BOOST_TEST(request.step_kind == "vocabulary.presence");
  BOOST_TEST(request.step_number == 1u);
  BOOST_TEST(request.layout.segments.size() == 2u);
  BOOST_TEST(request.layout.total_length() == 2u * kSlots);
  BOOST_TEST(request.layout.segments[0].bound == 1u);
}

BOOST_AUTO_TEST_CASE(only_items_with_enough_holders_become_rows) {
  BOOST_TEST((finished_task().model().rows == Rows{{3, 100, 4}, {200, 1, 6}}));
}

BOOST_AUTO_TEST_CASE(a_slot_with_two_items_is_no_row) {
  VocabularyTask task{vocabulary_plan()};
  // Three holders of tag 100 and one of tag 101; a sum of tags beyond what one tag can make.
  must(task.apply(opened({{3, 4, 401}, {4, 4, -4}, {5, 4, 4 * (std::int64_t{1} << 32)}}),
                  {.survivors = 5}));
  BOOST_TEST(task.model().rows.empty());
}

BOOST_AUTO_TEST_CASE(a_sum_that_no_honest_shops_make_is_refused_and_changes_nothing) {
  VocabularyTask task{vocabulary_plan()};
  BOOST_TEST(refused(task.apply(opened({{3, -1, 0}}), {.survivors = 6}), ModelsErrc::out_of_range,
                     "slot 3"));
  BOOST_TEST(refused(task.apply(opened({{3, 7, 7}}), {.survivors = 6}), ModelsErrc::out_of_range));
  BOOST_TEST(refused(task.apply(Sum{1, 2}, {.survivors = 6}), ModelsErrc::wrong_shape));
  BOOST_TEST(!task.finished());
}

BOOST_AUTO_TEST_CASE(a_finished_task_survives_its_checkpoint) {
  const VocabularyTask task = finished_task();
  const auto restored = must(VocabularyTask::restore(vocabulary_plan(), task.checkpoint()));
  BOOST_TEST((restored.model() == task.model()));
  BOOST_TEST((restored.checkpoint() == task.checkpoint()));
  const auto released = must(release(vocabulary_plan(), task.checkpoint()));
  BOOST_TEST((std::get<VocabularyModel>(released) == task.model()));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_another_gate_is_refused) {
  const Bytes checkpoint = finished_task().checkpoint();
  BOOST_TEST(
      refused(VocabularyTask::restore(vocabulary_plan(5), checkpoint), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(a_damaged_checkpoint_is_refused) {
  const Bytes checkpoint = finished_task().checkpoint();
  for (std::size_t size = 0; size < checkpoint.size(); ++size) {
    BOOST_TEST(
        VocabularyTask::restore(vocabulary_plan(), ByteView{checkpoint}.first(size)).has_error());
  }
  Bytes below = checkpoint;
  below[below.size() - 4] = std::byte{3};  // The holders of the last row.
  BOOST_TEST(refused(VocabularyTask::restore(vocabulary_plan(), below), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(nothing_follows_from_a_lost_histogram) {
  VocabularyTask task{vocabulary_plan()};
  BOOST_TEST(refused(task.apply_lost(), ModelsErrc::nothing_opened));
  VocabularyTask done = finished_task();
  BOOST_TEST(refused(done.apply_lost(), ModelsErrc::wrong_step));
  BOOST_TEST(refused(done.next_request(), ModelsErrc::wrong_step));
}

BOOST_AUTO_TEST_SUITE_END()
