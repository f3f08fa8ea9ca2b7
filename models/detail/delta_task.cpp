#include "models/detail/delta_task.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "models/codec.hpp"
#include "models/detail/canonical.hpp"
#include "models/detail/seeded_factors.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {

constexpr std::string_view kCheckpointMagic = "GSDC";
constexpr std::string_view kInputsMagic = "GSDI";
constexpr std::uint16_t kVersion = 1;

bool all_finite(std::span<const float> values) {
  for (const float value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

bool any_negative(std::span<const float> values) {
  for (const float value : values) {
    if (std::signbit(value)) return true;
  }
  return false;
}

}  // namespace

std::vector<float> starting_vectors(const TaskPlan& plan) {
  const std::size_t d = plan.gradient.factors;
  return seeded_factors(plan.gradient.seed, plan.gradient.init_scale, plan.items, d, d + 1);
}

Bytes encode_vectors(std::span<const float> vectors) {
  CanonicalWriter out;
  out.header(kInputsMagic, kVersion);
  out.integer(static_cast<std::uint64_t>(vectors.size()));
  out.array(vectors);
  return std::move(out).take();
}

Result<std::vector<float>> parse_vectors(const TaskPlan& plan, ByteView bytes) {
  CanonicalReader in{bytes};
  in.header(kInputsMagic, kVersion);
  if (in.integer<std::uint64_t>() != vectors_length(plan)) {
    return Error{ModelsErrc::malformed, "item vectors of another shape"};
  }
  auto vectors = in.array<float>(vectors_length(plan));
  GS_CHECK(in.finish("item vectors"));
  if (!all_finite(vectors)) return Error{ModelsErrc::not_finite, "item vectors"};
  return vectors;
}

DeltaTask::DeltaTask(const TaskPlan& plan) : plan_{plan} {
  state_.vectors = starting_vectors(plan);
}

VectorLayout DeltaTask::layout(const TaskPlan& plan) {
  const auto& p = plan.gradient;
  return {{Segment::clipped("delta", vectors_length(plan), p.scale, p.clip_norm_l2),
           Segment::exact("customers", 1, plan.customers_max),
           Segment::exact("segments_clipped", 1, 1)}};
}

Result<SumRequest> DeltaTask::next_request() const {
  if (finished()) return Error{ModelsErrc::wrong_step, "the task is finished"};
  return SumRequest{std::string{kDeltaStep}, round_ + std::uint64_t{1}, layout(plan_),
                    encode_vectors(state_.vectors)};
}

Result<> DeltaTask::apply(std::span<const std::int64_t> sum, const SumContext& context) {
  if (finished()) return Error{ModelsErrc::wrong_step, "the task is finished"};
  GS_CHECK(check_sum(layout(plan_), sum, context.survivors));
  const std::size_t length = state_.vectors.size();
  const auto customers = sum[length];
  if (customers < 1) return Error{ModelsErrc::out_of_range, "a sum over no customers"};
  const double unit = static_cast<double>(plan_.gradient.scale) * static_cast<double>(customers);
  std::vector<double> average(length);
  for (std::size_t k = 0; k < length; ++k) average[k] = static_cast<double>(sum[k]) / unit;
  GS_CHECK(take_step(plan_.gradient, average, state_));
  ++round_;
  return {};
}

Result<> DeltaTask::apply_lost() {
  if (finished()) return Error{ModelsErrc::wrong_step, "the task is finished"};
  if (!moved()) return Error{ModelsErrc::nothing_opened, std::string{to_string(plan_.kind)}};
  GS_CHECK(take_damped_step(plan_.gradient, state_));
  ++round_;
  return {};
}

Bytes DeltaTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kCheckpointMagic, kVersion);
  out.integer(static_cast<std::uint8_t>(plan_.kind));
  out.integer(plan_.items);
  out.integer(plan_.gradient.factors);
  out.integer(round_);
  out.array(std::span{state_.vectors});
  out.array(std::span{state_.first});
  out.array(std::span{state_.second});
  return std::move(out).take();
}

Result<DeltaTask> DeltaTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kCheckpointMagic, kVersion);
  const auto kind = in.integer<std::uint8_t>();
  const auto items = in.integer<std::uint32_t>();
  const auto factors = in.integer<std::uint32_t>();
  if (kind != static_cast<std::uint8_t>(plan.kind) || items != plan.items ||
      factors != plan.gradient.factors) {
    return Error{ModelsErrc::malformed, "checkpoint of another plan"};
  }
  DeltaTask task;
  task.plan_ = plan;
  task.round_ = in.integer<std::uint32_t>();
  const std::uint64_t length = vectors_length(plan);
  const bool has_second = task.moved() && is_adaptive(plan.gradient.optimiser);
  task.state_.vectors = in.array<float>(length);
  task.state_.first = in.array<float>(task.moved() ? length : 0);
  task.state_.second = in.array<float>(has_second ? length : 0);
  GS_CHECK(in.finish("checkpoint of item vectors"));
  if (task.round_ > plan.gradient.rounds || any_negative(task.state_.second)) {
    return Error{ModelsErrc::malformed, "checkpoint of item vectors contradicts itself"};
  }
  if (!all_finite(task.state_.vectors) || !all_finite(task.state_.first) ||
      !all_finite(task.state_.second)) {
    return Error{ModelsErrc::not_finite, "checkpoint of item vectors"};
  }
  return task;
}

}  // namespace guildsum::models::detail
