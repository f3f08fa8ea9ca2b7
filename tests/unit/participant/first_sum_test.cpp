#include "participant/training/first_sum.hpp"

#include <functional>

#include "base/errors.hpp"
#include "models/errors.hpp"
#include "tests/support/training_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::sample;
using testing::TrainingSetup;

namespace {

/// An evaluation whose first sum this shop has verified: 200 customers with held-out purchases at
/// four of six shops.
struct Setup : TrainingSetup {
  Setup() {
    plan = {};
    plan.kind = models::TaskKind::evaluation;
    plan.items = 3;
    plan.customers_max = 1'000;
    plan.evaluation.shops_min = 3;
    plan.evaluation.band_ends = {2};
    plan.evaluation.candidates = {{{1, {}}, 0, {}, 0}};
    task = models::make_task(plan).value();
    first_root = root();
    GS_REQUIRE_DONE(task->apply(std::vector<std::int64_t>{120, 80, 400, 4}, {.survivors = 6}));
    state.lineage = lineage();
    state.step_number = 1;
    state.root = root();
    state.plan = plan.canonical_bytes();
    state.survivors = {sample<protocol::ParticipantId>(1), sample<protocol::ParticipantId>(2)};
    keep();
  }
  void keep() {
    GS_REQUIRE_DONE(models_kept->keep_checkpoint(root(), task->checkpoint()));
    GS_REQUIRE_DONE(models_kept->keep_task_state(state));
  }
  [[nodiscard]] Result<FirstSum> look() { return first_sum_of(description(), *models_kept); }

  TaskStateRecord state;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(first_sum_test)

BOOST_AUTO_TEST_CASE(what_this_shop_verified_of_the_sum_before_is_told) {
  Setup setup;
  BOOST_TEST(setup.description().descriptor.state.step_kind == "evaluation.quality");
  const auto first = setup.look().value();
  BOOST_TEST((first.survivors == setup.state.survivors));
  BOOST_TEST(first.measurable == 4U);
  BOOST_TEST(first.shops_min == 3U);
}

BOOST_AUTO_TEST_CASE(anything_else_that_it_verified_says_nothing) {
  const std::vector<std::function<void(Setup&)>> changes{
      [](Setup& setup) { setup.state.lineage = sample<protocol::Digest>(9); },
      [](Setup& setup) { setup.state.step_number = 2; },
      [](Setup& setup) { setup.state.step_number = 0; },
      [](Setup& setup) { setup.state.plan.push_back(std::byte{1}); },
      [](Setup& setup) { setup.state.survivors.clear(); },
  };
  for (const auto& change : changes) {
    Setup setup;
    change(setup);
    setup.keep();
    GS_CHECK_FAILS(BaseErrc::not_found, setup.look());
  }
  Setup setup;
  auto other = setup.description();
  other.descriptor.state.model_root = sample<protocol::BlobId>(9);
  GS_CHECK_FAILS(BaseErrc::not_found, first_sum_of(other, *setup.models_kept));
}

BOOST_AUTO_TEST_CASE(a_shop_that_saw_no_sum_knows_none) {
  TrainingSetup setup;
  GS_CHECK_FAILS(BaseErrc::not_found, first_sum_of(setup.description(), *setup.models_kept));
}

BOOST_AUTO_TEST_SUITE_END()
