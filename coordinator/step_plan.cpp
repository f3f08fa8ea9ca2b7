#include "coordinator/step_plan.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/overflow.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::ProtocolErrc;

constexpr std::uint64_t kChunkBits = std::uint64_t{8} << 20;  // 1 MiB packed

std::uint32_t chunk_values(std::uint8_t ring_bits) {
  return static_cast<std::uint32_t>(kChunkBits / ring_bits / 64 * 64);
}

/// The largest clip norm of a clipped segment, in thousandths; each segment is clipped to its own.
std::uint64_t clip_norm_milli(const models::VectorLayout& layout) {
  double norm = 0;
  for (const models::Segment& segment : layout.segments) {
    if (segment.codec == models::Codec::clipped) norm = std::max(norm, segment.clip_norm_l2());
  }
  return static_cast<std::uint64_t>(std::llround(norm * 1000));
}

Result<> check_cohort(const RoundSettings& rounds, const StepState& state) {
  if (state.eligible >= rounds.cohort_min) return {};
  const std::string which =
      state.invited.empty() ? " are enrolled" : " are left after complaints about key shares";
  return Error{ProtocolErrc::too_few, "a round needs " + std::to_string(rounds.cohort_min) +
                                          " shops, " + std::to_string(state.eligible) + which +
                                          " (rounds.cohort_min)"};
}

}  // namespace

Result<protocol::CodecParameters> plan_codec(const models::VectorLayout& layout,
                                             std::uint32_t n_max) {
  GS_CHECK(layout.validate());
  protocol::CodecParameters codec;
  codec.value_bits = static_cast<std::uint8_t>(std::bit_width(layout.bound_max()) + 1);
  codec.weight_cap = 1;
  GS_TRY(const auto ring,
         protocol::smallest_ring(
             {.n_max = n_max, .weight_cap = codec.weight_cap, .value_bits = codec.value_bits}));
  codec.ring_bits = ring.ring_bits;
  codec.clip_norm_milli = clip_norm_milli(layout);
  codec.chunk_values = chunk_values(ring.ring_bits);
  codec.vector_length = layout.total_length();
  codec.layout = protocol::content_digest(layout.canonical_bytes());
  return codec;
}

Result<RoundPlan> plan_round(const FederationTerms& terms, const StepState& state,
                             const models::TaskPlan& task, const models::SumRequest& request) {
  GS_CHECK(check_cohort(terms.rounds, state));
  RoundPlan plan;
  plan.layout = request.layout.canonical_bytes();
  plan.training_plan = task.canonical_bytes();
  plan.purpose = terms.purpose;
  plan.cohort_min = terms.rounds.cohort_min;
  plan.cohort_max = std::min(state.eligible, protocol::kCohortMax);
  plan.cohort_goal = plan.cohort_max;
  plan.invited = state.invited;
  plan.corrupt = terms.rounds.corrupt;
  plan.allow_tiny_cohorts = terms.rounds.allow_tiny_cohorts;

  protocol::RoundDescriptor& descriptor = plan.descriptor;
  descriptor.federation = terms.federation;
  descriptor.epoch = state.epoch;
  descriptor.round = state.key.round;
  descriptor.attempt = state.key.attempt;
  descriptor.previous_transcript = state.previous_transcript;
  descriptor.task_kind = models::to_string(task.kind);
  descriptor.purpose = protocol::content_digest(as_bytes(terms.purpose));
  descriptor.base_model = state.base_model;
  descriptor.state.lineage = state.lineage;
  descriptor.state.model_root = state.model_root;
  descriptor.state.step_kind = request.step_kind;
  descriptor.state.step_number = request.step_number;
  descriptor.state.public_inputs = state.public_inputs;
  descriptor.training_plan = protocol::content_digest(plan.training_plan);
  GS_TRY(descriptor.codec, plan_codec(request.layout, plan.cohort_max));
  descriptor.vocabulary_key = state.vocabulary_key;
  descriptor.vocabulary =
      state.vocabulary_key.is_zero() ? terms.vocabulary : Digest{state.vocabulary.view()};
  descriptor.roster_head = state.roster_head;
  descriptor.deadlines = terms.rounds.deadlines;
  return plan;
}

}  // namespace guildsum::coordinator
