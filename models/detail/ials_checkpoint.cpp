#include <cmath>

#include "models/detail/canonical.hpp"
#include "models/detail/ials_task.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {

constexpr std::string_view kMagic = "GSIC";
constexpr std::uint16_t kVersion = 1;

template <class Value>
bool all_finite(const std::vector<Value>& values) {
  for (const Value value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace

Bytes IalsTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(plan_.items);
  out.integer(plan_.ials.factors);
  out.integer(state_.epoch);
  out.integer(state_.product);
  out.integer(state_.sums_done);
  out.integer(static_cast<std::uint8_t>(state_.moved ? 1 : 0));
  out.integer(static_cast<std::uint8_t>(state_.direction.empty() ? 0 : 1));
  out.integer(state_.customers);
  out.array(std::span{state_.factors});
  out.array(std::span{state_.direction});
  out.array(std::span{state_.reached});
  out.array(std::span{state_.residual});
  out.array(std::span{state_.user_gram});
  out.array(std::span{state_.item_customers});
  return std::move(out).take();
}

Result<IalsTask> IalsTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kMagic, kVersion);
  const auto items = in.integer<std::uint32_t>();
  const std::uint64_t d = in.integer<std::uint32_t>();
  if (items != plan.items || d != plan.ials.factors) {
    return Error{ModelsErrc::malformed, "iALS checkpoint of another plan"};
  }
  IalsTask task;
  task.plan_ = plan;
  State& state = task.state_;
  state.epoch = in.integer<std::uint32_t>();
  state.product = in.integer<std::uint32_t>();
  state.sums_done = in.integer<std::uint64_t>();
  const auto moved = in.integer<std::uint8_t>();
  const auto has_direction = in.integer<std::uint8_t>();
  state.moved = moved == 1;
  state.customers = in.integer<std::uint64_t>();
  const std::uint64_t length = items * d;
  const bool within_epoch = state.product > 0;
  state.factors = in.array<float>(length);
  state.direction = in.array<float>(has_direction == 1 ? length : 0);
  state.reached = in.array<float>(within_epoch ? length : 0);
  state.residual = in.array<float>(within_epoch ? length : 0);
  state.user_gram = in.array<double>(within_epoch ? d * (d + 1) / 2 : 0);
  state.item_customers = in.array<std::uint64_t>(within_epoch ? items : 0);
  GS_CHECK(in.finish("iALS checkpoint"));
  const bool consistent = moved <= 1 && has_direction <= 1 && state.epoch <= plan.ials.epochs &&
                          state.product <= plan.ials.products &&
                          (!within_epoch || (has_direction == 1 && state.customers > 0 &&
                                             state.epoch < plan.ials.epochs));
  if (!consistent) return Error{ModelsErrc::malformed, "iALS checkpoint contradicts itself"};
  if (!all_finite(state.factors) || !all_finite(state.direction) || !all_finite(state.reached) ||
      !all_finite(state.residual) || !all_finite(state.user_gram)) {
    return Error{ModelsErrc::not_finite, "iALS checkpoint"};
  }
  return task;
}

}  // namespace guildsum::models::detail
