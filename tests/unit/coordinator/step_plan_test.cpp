#include "coordinator/step_plan.hpp"

#include "coordinator/task_settings.hpp"
#include "models/errors.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/intake.hpp"
#include "protocol/limits.hpp"
#include "tests/support/outcome.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using models::Segment;
using models::VectorLayout;
using protocol::ProtocolErrc;
using protocol::test::sample;

namespace {

struct Setup {
  models::TaskPlan task = make_task_plan("ials", 50, 1000, {{"factors", "4"}}).value();
  models::SumRequest request = models::make_task(task).value()->next_request().value();
  FederationTerms terms{
      sample<protocol::FederationId>(1), "Recommendations.", sample<Digest>(2), {}};
  StepState state;

  Setup() {
    state.key = {protocol::RoundId{12}, protocol::Attempt{2}};
    state.epoch = protocol::Epoch{3};
    state.previous_transcript = sample<Digest>(3);
    state.base_model = protocol::ModelVersion{4};
    state.lineage = sample<Digest>(5);
    state.model_root = sample<BlobId>(6);
    state.public_inputs = sample<BlobId>(7);
    state.roster_head = sample<Digest>(8);
    state.eligible = 9;
  }
  [[nodiscard]] Result<RoundPlan> plan() const { return plan_round(terms, state, task, request); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(step_plan_test)

BOOST_AUTO_TEST_CASE(the_ring_holds_the_largest_honest_sum_and_is_not_larger_than_needed) {
  for (const std::uint64_t bound :
       {1ULL, 2ULL, 1000ULL, (1ULL << 20) - 1, 1ULL << 20, 1ULL << 40}) {
    for (const std::uint32_t shops : {3U, 5U, 64U, 1000U}) {
      const VectorLayout layout{{Segment::exact("counts", 10, bound)}};
      const auto codec = plan_codec(layout, shops).value();
      BOOST_TEST_CONTEXT("bound " << bound << ", shops " << shops) {
        // One shop's value fits into value_bits, the sum of all into ring_bits.
        BOOST_TEST(bound <= (std::uint64_t{1} << (codec.value_bits - 1)) - 1);
        BOOST_TEST(codec.ring_bits >= layout.ring_bits_min(shops));
        const std::uint64_t largest = ((std::uint64_t{1} << (codec.value_bits - 1)) - 1) * shops;
        BOOST_TEST(largest < (std::uint64_t{1} << (codec.ring_bits - 1)));
        const bool smaller_would_do = largest < (std::uint64_t{1} << (codec.ring_bits - 9));
        BOOST_TEST((!smaller_would_do || codec.ring_bits <= 16));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(chunks_are_whole_multiples_of_64_values_and_close_to_one_mebibyte) {
  for (const std::uint64_t bound : {1ULL, 1ULL << 10, 1ULL << 30, 1ULL << 50}) {
    protocol::RoundDescriptor descriptor;
    descriptor.codec =
        plan_codec(VectorLayout{{Segment::exact("counts", 50'000'000, bound)}}, 10).value();
    BOOST_TEST(descriptor.codec.chunk_values % 64 == 0U);
    const std::size_t bytes = protocol::chunk_bytes(descriptor, 0);
    BOOST_TEST(bytes <= std::size_t{1} << 20);
    BOOST_TEST(bytes > (std::size_t{1} << 20) - 4096);
  }
}

BOOST_AUTO_TEST_CASE(the_codec_states_length_layout_and_the_largest_clip_norm) {
  const VectorLayout layout{{Segment::clipped("small", 10, 1024, 3),
                             Segment::clipped("large", 20, 1024, 7),
                             Segment::exact("counts", 30, 1'000'000)}};
  const auto codec = plan_codec(layout, 5).value();
  BOOST_TEST(codec.vector_length == 60U);
  BOOST_TEST(codec.clip_norm_milli == 7000U);
  BOOST_TEST((codec.layout == protocol::content_digest(layout.canonical_bytes())));
  BOOST_TEST(
      plan_codec(VectorLayout{{Segment::exact("counts", 1, 5)}}, 5).value().clip_norm_milli == 0U);
}

BOOST_AUTO_TEST_CASE(a_layout_that_no_ring_carries_is_refused) {
  const VectorLayout wide{{Segment::exact("counts", 10, (std::uint64_t{1} << 61) - 1)}};
  GS_CHECK_FAILS(ProtocolErrc::overflow_not_excluded, plan_codec(wide, 10));
  GS_CHECK_FAILS(models::ModelsErrc::wrong_shape, plan_codec(VectorLayout{}, 10));
  GS_CHECK_FAILS(models::ModelsErrc::wrong_shape,
                 plan_codec(VectorLayout{{Segment::exact("counts", 0, 5)}}, 10));
}

BOOST_AUTO_TEST_CASE(the_descriptor_continues_what_was_before) {
  Setup setup;
  const RoundPlan plan = setup.plan().value();
  const protocol::RoundDescriptor& d = plan.descriptor;
  BOOST_TEST((d.federation == setup.terms.federation));
  BOOST_TEST((d.round == setup.state.key.round && d.attempt == setup.state.key.attempt));
  BOOST_TEST((d.epoch == setup.state.epoch && d.base_model == setup.state.base_model));
  BOOST_TEST((d.previous_transcript == setup.state.previous_transcript));
  BOOST_TEST((d.state.lineage == setup.state.lineage));
  BOOST_TEST((d.state.model_root == setup.state.model_root));
  BOOST_TEST((d.state.public_inputs == setup.state.public_inputs));
  BOOST_TEST(d.state.step_kind == setup.request.step_kind);
  BOOST_TEST(d.state.step_number == setup.request.step_number);
  BOOST_TEST((d.roster_head == setup.state.roster_head));
  BOOST_TEST((d.vocabulary == setup.terms.vocabulary));
  BOOST_TEST(d.task_kind == "ials");
}

BOOST_AUTO_TEST_CASE(digests_are_those_of_what_shops_receive) {
  Setup setup;
  const RoundPlan plan = setup.plan().value();
  const protocol::RoundDescriptor& d = plan.descriptor;
  BOOST_TEST((d.purpose == protocol::content_digest(as_bytes(plan.purpose))));
  BOOST_TEST((d.training_plan == protocol::content_digest(plan.training_plan)));
  BOOST_TEST((d.codec.layout == protocol::content_digest(plan.layout)));
  BOOST_TEST((models::TaskPlan::parse(plan.training_plan).value() == setup.task));
  BOOST_TEST((VectorLayout::parse(plan.layout).value() == setup.request.layout));
}

BOOST_AUTO_TEST_CASE(cohorts_follow_the_settings_and_the_shops_that_are_there) {
  Setup setup;
  setup.terms.rounds.cohort_min = 6;
  setup.terms.rounds.corrupt = 2;
  setup.terms.rounds.deadlines.share = std::chrono::seconds{17};
  const RoundPlan plan = setup.plan().value();
  BOOST_TEST(plan.cohort_min == 6U);
  BOOST_TEST(plan.cohort_max == 9U);
  BOOST_TEST(plan.cohort_goal == 9U);
  BOOST_TEST(plan.corrupt == 2U);
  BOOST_TEST((plan.descriptor.deadlines == setup.terms.rounds.deadlines));
  setup.state.eligible = protocol::kCohortMax + 50;
  BOOST_TEST(setup.plan().value().cohort_max == protocol::kCohortMax);
}

BOOST_AUTO_TEST_CASE(too_few_shops_are_refused_with_both_numbers) {
  Setup setup;
  setup.state.eligible = 4;
  const auto refused = setup.plan();
  GS_CHECK_FAILS(ProtocolErrc::too_few, refused);
  BOOST_TEST(refused.error().detail() ==
             "a round needs 5 shops, 4 are enrolled (rounds.cohort_min)");
}

BOOST_AUTO_TEST_SUITE_END()
