#include "models/gradient.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/contribute.hpp"
#include "models/detail/delta_task.hpp"
#include "models/detail/local_training.hpp"
#include "models/metrics.hpp"
#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::detail::DeltaTask;
using models::test::must;
using models::test::purchases;
using models::test::refused;
using models::test::Rows;

namespace {

constexpr std::uint32_t kItems = 24;

GradientPlan small_plan(ServerOptimiser optimiser = ServerOptimiser::sgd) {
  GradientPlan plan;
  plan.factors = 4;
  plan.rounds = 5;
  plan.local_epochs = 1;
  plan.local_rate = 0.05;
  plan.regularisation = 0.001;
  plan.optimiser = optimiser;
  plan.server_rate = 0.5;
  plan.scale = std::uint64_t{1} << 30;  // Rounding then shows in the ninth digit only.
  plan.clip_norm_l2 = std::uint64_t{1} << 20;
  return plan;
}

/// Four tastes of six items each; a customer buys four of her taste.
Rows four_tastes(std::size_t customers) {
  models::test::Draw draw{3};
  Rows rows(customers);
  for (std::size_t u = 0; u < customers; ++u) {
    while (rows[u].size() < 4) {
      const auto item = static_cast<ItemIndex>(u % 4 * 6 + draw.below(6));
      if (std::ranges::find(rows[u], item) == rows[u].end()) rows[u].push_back(item);
    }
  }
  return rows;
}

Interactions everybody() { return purchases(kItems, four_tastes(80)); }

TaskPlan task_of(TaskKind kind, const GradientPlan& plan) {
  TaskPlan task;
  task.kind = kind;
  task.items = kItems;
  task.gradient = plan;
  return task;
}

Result<VectorModel> train(TaskKind kind, const GradientPlan& plan, const Interactions& data,
                          std::uint64_t seed = 1) {
  SeededRandom random{seed};
  return kind == TaskKind::bpr ? train_bpr(plan, data, random) : train_softmax(plan, data, random);
}

constexpr TaskKind kKinds[] = {TaskKind::bpr, TaskKind::softmax};

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_test)

BOOST_AUTO_TEST_CASE(a_federation_of_one_shop_takes_the_centralised_steps) {
  for (const auto kind : kKinds) {
    for (const auto optimiser : {ServerOptimiser::sgd, ServerOptimiser::momentum,
                                 ServerOptimiser::adam, ServerOptimiser::yogi}) {
      auto plan = small_plan(optimiser);
      plan.rounds = 1;
      plan.adaptivity = 0.1;
      DeltaTask task{task_of(kind, plan)};
      SeededRandom random{1};
      const auto request = must(task.next_request());
      const auto part = must(contribute(task.plan(), request, everybody(), random));
      must(task.apply(part.values, {.survivors = 1}));
      const auto model = must(train(kind, plan, everybody()));
      for (std::size_t k = 0; k < model.item_vectors.size(); ++k) {
        BOOST_TEST_REQUIRE(std::abs(model.item_vectors[k] - task.vectors()[k]) < 1e-6F,
                           to_string(kind) << " " << to_string(optimiser) << ", value " << k);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(shops_count_as_often_as_they_have_customers) {
  const auto rows = four_tastes(80);
  const std::vector<Interactions> shops{purchases(kItems, {rows.begin(), rows.begin() + 60}),
                                        purchases(kItems, {rows.begin() + 60, rows.end()})};
  auto plan = small_plan();
  plan.server_rate = 1;
  for (const auto kind : kKinds) {
    DeltaTask task{task_of(kind, plan)};
    const auto start = task.vectors();
    std::vector<double> expected(start.size(), 0.0);
    SeededRandom random{2};
    SeededRandom same{2};
    const auto request = must(task.next_request());
    std::vector<std::int64_t> sum(request.layout.total_length(), 0);
    for (const auto& shop : shops) {
      const auto part = must(contribute(task.plan(), request, shop, random));
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += part.values[k];
      SeededRandom fork = same;  // What contributing draws: one seed, then the rounding.
      const auto trained = must(models::detail::train_locally(task.plan(), start, shop, fork));
      const double weight = static_cast<double>(shop.customers()) / 80;
      for (std::size_t k = 0; k < start.size(); ++k) {
        expected[k] += weight * static_cast<double>(trained[k]);
      }
      same = random;
    }
    must(task.apply(sum, {.survivors = 2}));
    for (std::size_t k = 0; k < start.size(); ++k) {
      BOOST_TEST_REQUIRE(std::abs(static_cast<double>(task.vectors()[k]) - expected[k]) < 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(training_finds_what_a_taste_has_left_to_buy) {
  // The last item of every history is held out.
  auto rows = four_tastes(80);
  Rows later;
  for (auto& row : rows) {
    later.push_back({row.back()});
    row.pop_back();
  }
  const auto history = purchases(kItems, rows);
  const auto held_out = purchases(kItems, later);
  for (const auto kind : kKinds) {
    auto plan = small_plan();
    plan.rounds = 60;
    plan.server_rate = 1;
    const auto model = must(make_factorisation(must(train(kind, plan, history))));
    const auto quality =
        evaluate(*model, history, held_out, EvaluationProtocol::discover).quality();
    // Ten of 21 unknown items at random hit with a chance below one half; a taste has three left.
    BOOST_TEST(quality.hit_rate_at_10 > 0.95, to_string(kind));
    BOOST_TEST(quality.ndcg_at_20 > 0.6, to_string(kind));
  }
}

BOOST_AUTO_TEST_CASE(training_is_reproducible_and_reports_its_rounds) {
  for (const auto kind : kKinds) {
    const auto plan = small_plan();
    BOOST_TEST(must(train(kind, plan, everybody())).item_vectors ==
               must(train(kind, plan, everybody())).item_vectors);
    BOOST_TEST(must(train(kind, plan, everybody(), 2)).item_vectors !=
               must(train(kind, plan, everybody())).item_vectors);
  }
  std::vector<std::uint32_t> rounds;
  SeededRandom random{1};
  const auto note = [&](std::uint32_t round) { rounds.push_back(round); };
  const auto bpr = must(train_bpr(small_plan(), everybody(), random, note));
  BOOST_TEST(rounds == (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
  BOOST_TEST((bpr.kind == TaskKind::bpr));
  BOOST_TEST(bpr.item_vectors.size() == kItems * 5U);
  rounds.clear();
  const auto softmax = must(train_softmax(small_plan(), everybody(), random, note));
  BOOST_TEST(rounds.size() == 5U);
  BOOST_TEST((softmax.kind == TaskKind::softmax));
}

BOOST_AUTO_TEST_CASE(plans_out_of_range_and_diverging_steps_are_refused) {
  for (const auto kind : kKinds) {
    auto plan = small_plan();
    plan.factors = 0;
    BOOST_TEST(refused(train(kind, plan, everybody()), ModelsErrc::bad_plan, "factors"));
    plan = small_plan();
    plan.local_rate = 1000;
    plan.regularisation = 1000;
    plan.local_epochs = 20;
    BOOST_TEST(refused(train(kind, plan, everybody()), ModelsErrc::not_finite));
  }
}

BOOST_AUTO_TEST_SUITE_END()
