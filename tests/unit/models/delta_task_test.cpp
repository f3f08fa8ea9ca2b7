#include "models/detail/delta_task.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/codec.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::DeltaTask;
using models::detail::encode_vectors;
using models::detail::parse_vectors;
using models::detail::starting_vectors;
using models::test::apply_sum_of;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

constexpr std::uint32_t kItems = 6;
constexpr std::size_t kLength = kItems * 3;  // Two factors and a bias.

// Offsets of the checkpoint: magic 4, version 2, then these.
constexpr std::size_t kKindAt = 6;
constexpr std::size_t kItemsAt = 7;
constexpr std::size_t kFactorsAt = 11;
constexpr std::size_t kRoundAt = 15;
constexpr std::size_t kArraysAt = 19;

TaskPlan plan_of(TaskKind kind = TaskKind::bpr, ServerOptimiser optimiser = ServerOptimiser::adam) {
  TaskPlan plan;
  plan.kind = kind;
  plan.items = kItems;
  plan.customers_max = 1000;
  plan.gradient.factors = 2;
  plan.gradient.rounds = 4;
  plan.gradient.scale = 1 << 16;
  plan.gradient.optimiser = optimiser;
  return plan;
}

std::vector<Interactions> shops() {
  return {purchases(kItems, random_rows(30, kItems, 1)),
          purchases(kItems, random_rows(20, kItems, 2))};
}

DeltaTask task_after(int sums, const TaskPlan& plan = plan_of()) {
  DeltaTask task{plan};
  SeededRandom random{4};
  for (int k = 0; k < sums; ++k) must(apply_sum_of(task, shops(), random));
  return task;
}

Bytes changed(Bytes bytes, std::size_t at, unsigned value) {
  bytes.at(at) = static_cast<std::byte>(value);
  return bytes;
}

/// A sum whose every delta value is `delta` units, of so many customers.
std::vector<std::int64_t> sum_of(std::int64_t delta, std::int64_t customers) {
  std::vector<std::int64_t> sum(kLength, delta);
  sum.push_back(customers);
  sum.push_back(0);
  return sum;
}

constexpr ServerOptimiser kOptimisers[] = {ServerOptimiser::sgd, ServerOptimiser::momentum,
                                           ServerOptimiser::adam, ServerOptimiser::yogi};

}  // namespace

BOOST_AUTO_TEST_SUITE(delta_task_test)

BOOST_AUTO_TEST_CASE(it_starts_from_seeded_factors_and_no_biases) {
  auto vectors = DeltaTask{plan_of()}.vectors();
  BOOST_TEST(vectors == starting_vectors(plan_of()));
  for (std::size_t i = 0; i < kItems; ++i) {
    BOOST_TEST(vectors[i * 3] != 0.0F);
    BOOST_TEST(vectors[i * 3 + 1] != 0.0F);
    BOOST_TEST(vectors[i * 3 + 2] == 0.0F);
  }
  auto other = plan_of();
  other.gradient.seed = 2;
  BOOST_TEST(starting_vectors(other) != vectors);
}

BOOST_AUTO_TEST_CASE(the_average_is_the_sum_over_scale_and_customers) {
  auto plan = plan_of(TaskKind::bpr, ServerOptimiser::sgd);
  plan.gradient.server_rate = 1;
  DeltaTask task{plan};
  const auto before = task.vectors();
  // 3 * 2^16 units over 6 customers: an average of one half.
  must(task.apply(sum_of(3 << 16, 6), {.survivors = 2}));
  for (std::size_t k = 0; k < kLength; ++k) {
    BOOST_TEST(task.vectors()[k] == before[k] + 0.5F, boost::test_tools::tolerance(1e-6F));
  }
  BOOST_TEST(task.progress().sums_done == 1U);
  BOOST_TEST(must(task.next_request()).step_number == 2U);
}

BOOST_AUTO_TEST_CASE(the_request_carries_the_vectors_it_trains_from) {
  auto task = task_after(1);
  const auto request = must(task.next_request());
  BOOST_TEST(request.step_kind == "gradient.delta");
  BOOST_TEST(must(parse_vectors(plan_of(), request.public_inputs)) == task.vectors());
  BOOST_TEST(request.layout.total_length() == kLength + 2);
}

BOOST_AUTO_TEST_CASE(no_sum_of_honest_shops_overflows_the_ring_it_asks_for) {
  auto plan = plan_of();
  for (const std::uint64_t scale : {1, 64, 4096}) {
    plan.gradient.scale = scale;
    const auto layout = DeltaTask::layout(plan);
    must(layout.validate());
    const auto& delta = layout.segments[0];
    BOOST_TEST(delta.bound == scale * plan.gradient.clip_norm_l2);
    for (const std::uint32_t count : {2U, 32U, 256U}) {
      const auto bits = layout.ring_bits_min(count);
      BOOST_TEST_REQUIRE(bits <= 64U);
      const auto largest = delta.bound * count;
      BOOST_TEST((largest < (std::uint64_t{1} << (bits - 1))));
      // All at their bound still pass the check of the sum; one unit more does not.
      auto sum = sum_of(static_cast<std::int64_t>(largest), 1);
      must(check_sum(layout, sum, count));
      ++sum[3];
      BOOST_TEST(refused(check_sum(layout, sum, count), ModelsErrc::out_of_range, "delta"));
    }
  }
}

BOOST_AUTO_TEST_CASE(sums_that_no_honest_shops_give_change_nothing) {
  auto task = task_after(1);
  const auto before = task.checkpoint();
  const auto refuse = [&](std::vector<std::int64_t> sum, ModelsErrc code) {
    return refused(task.apply(sum, {.survivors = 2}), code) && task.checkpoint() == before;
  };
  BOOST_TEST(refuse(sum_of(1, 0), ModelsErrc::out_of_range));
  BOOST_TEST(refuse(sum_of(1, -5), ModelsErrc::out_of_range));
  BOOST_TEST(refuse(sum_of(1, 2001), ModelsErrc::out_of_range));
  BOOST_TEST(refuse(sum_of(std::int64_t{1} << 60, 5), ModelsErrc::out_of_range));
  BOOST_TEST(refuse(std::vector<std::int64_t>(kLength), ModelsErrc::wrong_shape));
}

BOOST_AUTO_TEST_CASE(every_optimiser_runs_to_its_end_and_reaches_the_same_bytes_again) {
  for (const auto kind : {TaskKind::bpr, TaskKind::softmax}) {
    for (const auto optimiser : kOptimisers) {
      auto task = task_after(4, plan_of(kind, optimiser));
      BOOST_TEST(task.finished());
      BOOST_TEST((task.checkpoint() == task_after(4, plan_of(kind, optimiser)).checkpoint()));
      BOOST_TEST(refused(task.next_request(), ModelsErrc::wrong_step));
      BOOST_TEST(refused(task.apply(sum_of(1, 1), {.survivors = 2}), ModelsErrc::wrong_step));
      BOOST_TEST(refused(task.apply_lost(), ModelsErrc::wrong_step));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_lost_sum_still_moves_the_model_and_counts_as_a_round) {
  for (const auto optimiser : kOptimisers) {
    auto task = task_after(2, plan_of(TaskKind::bpr, optimiser));
    const auto before = task.vectors();
    must(task.apply_lost());
    BOOST_TEST(task.vectors() != before);
    BOOST_TEST(task.progress().sums_done == 3U);
  }
  DeltaTask fresh{plan_of()};
  BOOST_TEST(refused(fresh.apply_lost(), ModelsErrc::nothing_opened, "bpr"));
}

BOOST_AUTO_TEST_CASE(every_state_comes_back_and_goes_on_alike) {
  for (const auto optimiser : kOptimisers) {
    const auto plan = plan_of(TaskKind::softmax, optimiser);
    for (int sums = 0; sums <= 4; ++sums) {
      auto task = task_after(sums, plan);
      auto restored = must(DeltaTask::restore(plan, task.checkpoint()));
      BOOST_TEST((restored.checkpoint() == task.checkpoint()));
      BOOST_TEST(restored.finished() == task.finished());
      if (task.finished()) continue;
      SeededRandom random{9};
      SeededRandom same{9};
      must(apply_sum_of(task, shops(), random));
      must(apply_sum_of(restored, shops(), same));
      BOOST_TEST((restored.checkpoint() == task.checkpoint()));
    }
  }
}

BOOST_AUTO_TEST_CASE(cut_extended_and_foreign_checkpoints_are_refused) {
  const auto restore = [](ByteView bytes) { return DeltaTask::restore(plan_of(), bytes); };
  for (const int sums : {0, 2}) {
    auto bytes = task_after(sums).checkpoint();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      BOOST_TEST_REQUIRE(refused(restore(ByteView{bytes}.first(length)), ModelsErrc::malformed));
    }
    for (const std::size_t at : {std::size_t{0}, std::size_t{4}, kKindAt, kItemsAt, kFactorsAt}) {
      BOOST_TEST(refused(restore(changed(bytes, at, 77)), ModelsErrc::malformed));
    }
    bytes.push_back(std::byte{});
    BOOST_TEST(refused(restore(bytes), ModelsErrc::malformed));
  }
  const auto bytes = task_after(2).checkpoint();
  const auto of = [&](TaskKind kind, ServerOptimiser optimiser) {
    return DeltaTask::restore(plan_of(kind, optimiser), bytes);
  };
  BOOST_TEST(refused(of(TaskKind::softmax, ServerOptimiser::adam), ModelsErrc::malformed));
  BOOST_TEST(refused(of(TaskKind::bpr, ServerOptimiser::sgd), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(checkpoints_that_contradict_themselves_are_refused) {
  const auto bad = [](const Bytes& bytes, ModelsErrc code) {
    return refused(DeltaTask::restore(plan_of(), bytes), code);
  };
  const auto started = task_after(1).checkpoint();
  BOOST_TEST(bad(changed(started, kRoundAt, 5), ModelsErrc::malformed));  // Past the end.
  BOOST_TEST(bad(changed(started, kRoundAt, 0), ModelsErrc::malformed));  // Moments too early.
  BOOST_TEST(bad(changed(task_after(0).checkpoint(), kRoundAt, 1), ModelsErrc::malformed));
  for (const std::size_t array : {0U, 1U, 2U}) {
    auto bytes = started;
    const std::size_t at = kArraysAt + array * kLength * 4 + 8;
    store_le(std::uint32_t{0x7f800000}, std::span{bytes}.subspan(at).first<4>());
    BOOST_TEST(bad(bytes, ModelsErrc::not_finite), "array " << array);
  }
  auto negative = started;
  negative[kArraysAt + 2 * kLength * 4 + 3] |= std::byte{0x80};
  BOOST_TEST(bad(negative, ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(public_inputs_of_another_shape_are_refused) {
  const auto parse = [](ByteView bytes) { return parse_vectors(plan_of(), bytes); };
  const auto bytes = encode_vectors(std::vector<float>(kLength, 1.0F));
  must(parse(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(refused(parse(ByteView{bytes}.first(length)), ModelsErrc::malformed));
  }
  BOOST_TEST(refused(parse(changed(bytes, 0, 7)), ModelsErrc::malformed));
  BOOST_TEST(
      refused(parse(encode_vectors(std::vector<float>(kLength + 1))), ModelsErrc::malformed));
  BOOST_TEST(refused(parse(encode_vectors(std::vector<float>(kLength, std::nanf("")))),
                     ModelsErrc::not_finite));
}

BOOST_AUTO_TEST_SUITE_END()
