#include <limits>

#include <boost/test/unit_test.hpp>

#include "models/detail/ials_task.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::IalsTask;
using models::test::apply_sum_of;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

// Offsets of the header: magic 4, version 2, then these.
constexpr std::size_t kItemsAt = 6;
constexpr std::size_t kFactorsAt = 10;
constexpr std::size_t kEpochAt = 14;
constexpr std::size_t kProductAt = 18;
constexpr std::size_t kMovedAt = 30;
constexpr std::size_t kDirectionAt = 31;
constexpr std::size_t kCustomersAt = 32;
constexpr std::size_t kArraysAt = 40;

TaskPlan small_plan() {
  TaskPlan plan;
  plan.kind = TaskKind::ials;
  plan.items = 5;
  plan.ials.factors = 2;
  plan.ials.products = 2;
  plan.ials.epochs = 2;
  return plan;
}

std::vector<Interactions> one_shop() { return {purchases(5, random_rows(20, 5, 3, 50))}; }

/// The task after this many sums.
IalsTask task_after(int sums) {
  IalsTask task{small_plan()};
  SeededRandom random{4};
  for (int k = 0; k < sums; ++k) must(apply_sum_of(task, one_shop(), random));
  return task;
}

Result<IalsTask> restore(ByteView bytes) { return IalsTask::restore(small_plan(), bytes); }

Bytes changed(Bytes bytes, std::size_t at, unsigned value) {
  bytes.at(at) = static_cast<std::byte>(value);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ials_checkpoint_test)

BOOST_AUTO_TEST_CASE(every_state_comes_back_and_goes_on_alike) {
  for (int sums = 0; sums <= 6; ++sums) {
    auto task = task_after(sums);
    auto restored = must(restore(task.checkpoint()));
    BOOST_TEST((restored.checkpoint() == task.checkpoint()));
    BOOST_TEST(restored.finished() == task.finished());
    if (task.finished()) continue;
    BOOST_TEST(
        (must(restored.next_request()).public_inputs == must(task.next_request()).public_inputs));
    SeededRandom random{9};
    SeededRandom same{9};
    must(apply_sum_of(task, one_shop(), random));
    must(apply_sum_of(restored, one_shop(), same));
    BOOST_TEST((restored.checkpoint() == task.checkpoint()));
  }
}

BOOST_AUTO_TEST_CASE(the_end_of_an_epoch_keeps_the_direction_for_a_lost_sum) {
  auto restored = must(restore(task_after(3).checkpoint()));
  auto task = task_after(3);
  must(restored.apply_lost());
  must(task.apply_lost());
  BOOST_TEST((restored.checkpoint() == task.checkpoint()));
}

BOOST_AUTO_TEST_CASE(cut_and_extended_checkpoints_are_refused) {
  for (const int sums : {0, 1, 2, 3}) {
    auto bytes = task_after(sums).checkpoint();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      BOOST_TEST(refused(restore(ByteView{bytes}.first(length)), ModelsErrc::malformed));
    }
    bytes.push_back(std::byte{});
    BOOST_TEST(refused(restore(bytes), ModelsErrc::malformed));
  }
}

BOOST_AUTO_TEST_CASE(checkpoints_of_another_plan_are_refused) {
  const auto bytes = task_after(1).checkpoint();
  const auto malformed = ModelsErrc::malformed;
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}, kItemsAt, kFactorsAt}) {
    BOOST_TEST(refused(restore(changed(bytes, at, 77)), malformed));
  }
  auto more_factors = small_plan();
  more_factors.ials.factors = 3;
  BOOST_TEST(refused(IalsTask::restore(more_factors, bytes), malformed, "another plan"));
}

BOOST_AUTO_TEST_CASE(checkpoints_that_contradict_themselves_are_refused) {
  const auto within = task_after(1).checkpoint();
  const auto between = task_after(3).checkpoint();
  const auto bad = [](const Bytes& bytes) {
    return refused(restore(bytes), ModelsErrc::malformed);
  };
  BOOST_TEST(bad(changed(within, kEpochAt, 2)));     // Within an epoch after the last.
  BOOST_TEST(bad(changed(between, kEpochAt, 3)));    // Past the end.
  BOOST_TEST(bad(changed(within, kProductAt, 3)));   // More products than planned.
  BOOST_TEST(bad(changed(within, kProductAt, 0)));   // Arrays that do not belong there.
  BOOST_TEST(bad(changed(between, kProductAt, 1)));  // Arrays that are not there.
  BOOST_TEST(bad(changed(within, kMovedAt, 2)));
  BOOST_TEST(bad(changed(within, kDirectionAt, 2)));
  auto no_customers = within;
  for (std::size_t k = 0; k < 8; ++k) no_customers[kCustomersAt + k] = std::byte{};
  BOOST_TEST(bad(no_customers));
}

BOOST_AUTO_TEST_CASE(factors_that_are_not_finite_are_refused) {
  const auto bytes = task_after(1).checkpoint();
  // H, p, the factors reached and r: 10 floats each; then G_U: 3 doubles.
  for (const std::size_t array : {0U, 1U, 2U, 3U}) {
    auto bad = bytes;
    store_le(std::uint32_t{0x7fc00000}, std::span{bad}.subspan(kArraysAt + array * 40).first<4>());
    BOOST_TEST(refused(restore(bad), ModelsErrc::not_finite), "array " << array);
  }
  auto bad = bytes;
  store_le(std::uint64_t{0x7ff0000000000000}, std::span{bad}.subspan(kArraysAt + 160).first<8>());
  BOOST_TEST(refused(restore(bad), ModelsErrc::not_finite));
}

BOOST_AUTO_TEST_SUITE_END()
