#include "models/presence.hpp"

#include <numeric>

#include <boost/test/unit_test.hpp>

#include "models/detail/tasks.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

constexpr std::uint32_t kSlots = 256;

TaskPlan vocabulary_plan() {
  TaskPlan plan;
  plan.kind = TaskKind::vocabulary;
  plan.items = kSlots;
  return plan;
}

std::vector<std::int64_t> values_of(const std::vector<HeldItem>& held) {
  const auto task = must(make_task(vocabulary_plan()));
  return must(contribute_presence(vocabulary_plan(), must(task->next_request()), held)).values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(presence_test)

BOOST_AUTO_TEST_CASE(each_item_counts_once_with_its_tag) {
  const auto values = values_of({{7, 70}, {255, 9}, {7, 70}});
  BOOST_TEST(values.size() == 2u * kSlots);
  BOOST_TEST(values[7] == 1);
  BOOST_TEST(values[kSlots + 7] == 70);
  BOOST_TEST(values[255] == 1);
  BOOST_TEST(values[kSlots + 255] == 9);
  BOOST_TEST(std::accumulate(values.begin(), values.end(), std::int64_t{0}) == 81);
}

BOOST_AUTO_TEST_CASE(two_items_of_the_shop_in_one_slot_are_left_out) {
  const auto values = values_of({{7, 70}, {7, 71}, {7, 70}, {8, 1}});
  BOOST_TEST(values[7] == 0);
  BOOST_TEST(values[kSlots + 7] == 0);
  BOOST_TEST(values[8] == 1);
}

BOOST_AUTO_TEST_CASE(an_item_with_tag_zero_is_present) {
  const auto values = values_of({{7, 0}});
  BOOST_TEST(values[7] == 1);
  BOOST_TEST(values[kSlots + 7] == 0);
}

BOOST_AUTO_TEST_CASE(a_slot_beyond_the_plan_is_refused) {
  const auto task = must(make_task(vocabulary_plan()));
  const std::vector<HeldItem> held{{kSlots, 1}};
  BOOST_TEST(refused(contribute_presence(vocabulary_plan(), must(task->next_request()), held),
                     ModelsErrc::out_of_range, "slot 256"));
}

BOOST_AUTO_TEST_CASE(another_step_or_layout_is_refused) {
  const auto task = must(make_task(vocabulary_plan()));
  SumRequest request = must(task->next_request());
  request.layout.segments[0].bound = 2;
  BOOST_TEST(refused(contribute_presence(vocabulary_plan(), request, {}), ModelsErrc::wrong_shape));
  request.step_kind = "ease.gram";
  BOOST_TEST(refused(contribute_presence(vocabulary_plan(), request, {}), ModelsErrc::wrong_step));
  TaskPlan ease = vocabulary_plan();
  ease.kind = TaskKind::ease;
  BOOST_TEST(
      refused(contribute_presence(ease, must(task->next_request()), {}), ModelsErrc::wrong_step));
}

BOOST_AUTO_TEST_SUITE_END()
