#include "models/sum_task.hpp"

#include <boost/test/unit_test.hpp>

#include "models/gram.hpp"
#include "models/recommender.hpp"
#include "models/released.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::apply_sum_of;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;

namespace {

constexpr TaskKind kKinds[] = {TaskKind::popularity, TaskKind::ease, TaskKind::ials, TaskKind::bpr,
                               TaskKind::softmax};

TaskPlan plan_of(TaskKind kind) {
  TaskPlan plan;
  plan.kind = kind;
  plan.items = 6;
  plan.ials.factors = 2;
  plan.ials.epochs = 2;
  plan.gradient.factors = 2;
  plan.gradient.rounds = 3;
  return plan;
}

std::vector<Interactions> shops() {
  return {purchases(6, random_rows(30, 6, 1)), purchases(6, random_rows(20, 6, 2))};
}

void run_to_the_end(SumTask& task) {
  SeededRandom random{3};
  while (!task.finished()) must(apply_sum_of(task, shops(), random));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sum_task_test)

BOOST_AUTO_TEST_CASE(every_kind_asks_for_valid_sums_until_it_is_finished) {
  for (const auto kind : kKinds) {
    const auto task = must(make_task(plan_of(kind)));
    BOOST_TEST((task->plan() == plan_of(kind)));
    SeededRandom random{3};
    std::uint64_t sums = 0;
    while (!task->finished()) {
      const auto request = must(task->next_request());
      must(request.layout.validate());
      BOOST_TEST(request.step_number == ++sums);
      const bool by_gradient = kind == TaskKind::bpr || kind == TaskKind::softmax;
      BOOST_TEST(request.step_kind.starts_with(by_gradient ? "gradient" : to_string(kind)));
      must(apply_sum_of(*task, shops(), random));
    }
    BOOST_TEST(task->progress().sums_done == task->progress().sums_total);
    BOOST_TEST(refused(task->next_request(), ModelsErrc::wrong_step));
  }
}

BOOST_AUTO_TEST_CASE(asking_twice_gives_the_same_request) {
  for (const auto kind : kKinds) {
    const auto task = must(make_task(plan_of(kind)));
    const auto first = must(task->next_request());
    const auto second = must(task->next_request());
    BOOST_TEST((first.layout == second.layout));
    BOOST_TEST((first.public_inputs == second.public_inputs));
    BOOST_TEST(first.step_number == second.step_number);
  }
}

BOOST_AUTO_TEST_CASE(a_restored_task_is_the_same_task) {
  for (const auto kind : kKinds) {
    const auto task = must(make_task(plan_of(kind)));
    run_to_the_end(*task);
    const auto restored = must(restore_task(plan_of(kind), task->checkpoint()));
    BOOST_TEST((restored->checkpoint() == task->checkpoint()));
    BOOST_TEST(restored->finished());
  }
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_another_kind_is_refused) {
  for (const auto kind : kKinds) {
    const auto checkpoint = must(make_task(plan_of(kind)))->checkpoint();
    for (const auto other : kKinds) {
      if (other == kind) continue;
      BOOST_TEST(refused(restore_task(plan_of(other), checkpoint), ModelsErrc::malformed));
      BOOST_TEST(refused(release(plan_of(other), checkpoint), ModelsErrc::malformed));
    }
  }
}

BOOST_AUTO_TEST_CASE(finished_tasks_release_their_models) {
  auto all = random_rows(30, 6, 1);
  for (const auto& row : random_rows(20, 6, 2)) all.push_back(row);
  const auto everybody = purchases(6, all);
  for (const auto kind : kKinds) {
    const auto task = must(make_task(plan_of(kind)));
    run_to_the_end(*task);
    const auto released = must(release(plan_of(kind), task->checkpoint()));
    if (kind == TaskKind::popularity) {
      const auto counts = everybody.item_counts();
      BOOST_TEST((std::get<PopularityModel>(released).customers ==
                  std::vector<std::uint64_t>(counts.begin(), counts.end())));
    } else if (kind == TaskKind::ease) {
      BOOST_TEST((std::get<GramModel>(released).upper == gram_of(everybody).upper));
    } else if (kind == TaskKind::bpr || kind == TaskKind::softmax) {
      BOOST_TEST(std::get<VectorModel>(released).item_vectors.size() == 18U);
      BOOST_TEST((std::get<VectorModel>(released).kind == kind));
      BOOST_TEST(must(make_recommender(plan_of(kind), released))->name() == to_string(kind));
    } else {
      BOOST_TEST(std::get<FactorModel>(released).item_factors.size() == 12U);
      BOOST_TEST((std::get<FactorModel>(released).plan == plan_of(kind).ials));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_task_without_an_opened_sum_releases_nothing) {
  for (const auto kind : kKinds) {
    const auto task = must(make_task(plan_of(kind)));
    BOOST_TEST(refused(release(plan_of(kind), task->checkpoint()), ModelsErrc::wrong_step));
    BOOST_TEST(refused(task->apply_lost(), ModelsErrc::nothing_opened));
  }
}

BOOST_AUTO_TEST_CASE(ials_releases_its_factors_after_the_first_step) {
  const auto plan = plan_of(TaskKind::ials);
  const auto task = must(make_task(plan));
  SeededRandom random{3};
  must(apply_sum_of(*task, shops(), random));
  BOOST_TEST(refused(release(plan, task->checkpoint()), ModelsErrc::wrong_step));
  must(apply_sum_of(*task, shops(), random));
  BOOST_TEST(release(plan, task->checkpoint()).has_value());
}

BOOST_AUTO_TEST_CASE(gradient_tasks_release_their_vectors_after_the_first_step) {
  for (const auto kind : {TaskKind::bpr, TaskKind::softmax}) {
    const auto plan = plan_of(kind);
    const auto task = must(make_task(plan));
    SeededRandom random{3};
    must(apply_sum_of(*task, shops(), random));
    BOOST_TEST(release(plan, task->checkpoint()).has_value());
  }
}

BOOST_AUTO_TEST_CASE(plans_out_of_range_make_no_task) {
  auto plan = plan_of(TaskKind::ease);
  plan.ease.ridge_shared = 0;
  BOOST_TEST(refused(make_task(plan), ModelsErrc::bad_plan, "ridge_shared"));
  BOOST_TEST(refused(restore_task(plan, {}), ModelsErrc::bad_plan));
  BOOST_TEST(refused(release(plan, {}), ModelsErrc::bad_plan));
  plan = plan_of(static_cast<TaskKind>(9));
  BOOST_TEST(refused(make_task(plan), ModelsErrc::bad_plan, "kind"));
}

BOOST_AUTO_TEST_CASE(only_an_exact_matrix_is_gone_on_with) {
  for (const auto kind : kKinds) {
    const auto plan = plan_of(kind);
    const auto task = must(make_task(plan));
    const auto first = must(task->next_request()).step_kind;
    BOOST_TEST(is_cumulative(first) == (kind == TaskKind::ease));
    run_to_the_end(*task);
    const auto last = task->checkpoint();
    BOOST_TEST(task->reopen().has_value() == (kind == TaskKind::ease));
    BOOST_TEST(must(restore_task_at(plan, last, 1))->finished());
    BOOST_TEST(must(restore_task_at(plan, last, 2))->finished() == (kind != TaskKind::ease));
  }
  const auto plan = plan_of(TaskKind::ease);
  const auto start = must(make_task(plan))->checkpoint();
  BOOST_TEST(must(must(restore_task_at(plan, start, 2))->next_request()).step_number == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
