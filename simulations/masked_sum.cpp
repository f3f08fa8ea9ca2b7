#include "simulations/masked_sum.hpp"

#include <bit>
#include <utility>
#include <variant>

#include "base/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"

namespace guildsum::simulations {
namespace {

constexpr int kValueBitsMax = 62;

/// b such that every magnitude up to `bound` fits: bound <= 2^(b-1) - 1.
Result<std::uint8_t> value_bits(std::uint64_t bound) {
  const auto bits = static_cast<int>(std::bit_width(bound)) + 1;
  if (bits > kValueBitsMax) {
    return Error{protocol::ProtocolErrc::overflow_not_excluded, "values of more than 62 bits"};
  }
  return static_cast<std::uint8_t>(bits < 2 ? 2 : bits);
}

/// The descriptor says which step of which task this is.
void describe(const models::TaskPlan& plan, const models::SumRequest& request,
              coordinator::RoundPlan& round) {
  protocol::RoundDescriptor& descriptor = round.descriptor;
  descriptor.task_kind = models::to_string(plan.kind);
  descriptor.state.step_kind = request.step_kind;
  descriptor.state.step_number = request.step_number;
  if (!request.public_inputs.empty()) {
    descriptor.state.public_inputs = protocol::blob_id(request.public_inputs);
  }
  round.layout = request.layout.canonical_bytes();
  round.training_plan = plan.canonical_bytes();
  descriptor.codec.layout = protocol::content_digest(round.layout);
  descriptor.training_plan = protocol::content_digest(round.training_plan);
}

}  // namespace

Result<std::vector<std::int64_t>> MaskedSum::sum(
    const models::TaskPlan& plan, const models::SumRequest& request,
    std::span<const std::vector<std::int64_t>> contributions) {
  GS_TRY(const auto bits, value_bits(request.layout.bound_max()));
  GS_TRY(auto round, federation_.plan(request.layout.total_length(), bits));
  describe(plan, request, round);
  ++sums_;
  const Dropouts silent = dropouts ? dropouts(sums_) : Dropouts{};
  GS_TRY(auto outcome, run_round(federation_, round, contributions, silent, pool_));
  for (const auto bytes : outcome.bytes_up) bytes_up_ += bytes;
  for (std::size_t k = 0; k < phases_.size(); ++k) phases_[k] += outcome.phases[k];
  if (!std::holds_alternative<coordinator::Completed>(outcome.phase) || !outcome.sum) {
    return Error{protocol::ProtocolErrc::round_over, "the round was aborted"};
  }
  counted_ = outcome.counted;
  return std::move(outcome.sum->values);
}

}  // namespace guildsum::simulations
