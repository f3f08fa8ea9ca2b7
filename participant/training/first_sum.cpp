#include "participant/training/first_sum.hpp"

#include "base/errors.hpp"
#include "models/evaluation.hpp"

namespace guildsum::participant {

Result<FirstSum> first_sum_of(const protocol::RoundDescription& round, ModelStore& store) {
  const protocol::StateRoot& state = round.descriptor.state;
  GS_TRY(const auto known, store.task_state());
  const bool verified = known && known->lineage == state.lineage &&
                        known->step_number + 1 == state.step_number &&
                        known->root == state.model_root && known->plan == round.training_plan &&
                        !known->survivors.empty();
  if (!verified) {
    return Error{BaseErrc::not_found, "this shop did not verify the evaluation's first sum"};
  }
  GS_TRY(const auto plan, models::TaskPlan::parse(known->plan));
  GS_TRY(const Bytes checkpoint, store.checkpoint(known->root));
  GS_TRY(const std::int64_t measurable, models::measurable_shops(plan, checkpoint));
  return FirstSum{known->survivors, static_cast<std::uint32_t>(measurable),
                  plan.evaluation.shops_min};
}

}  // namespace guildsum::participant
