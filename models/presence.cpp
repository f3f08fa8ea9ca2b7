#include "models/presence.hpp"

#include <string>

#include "models/detail/tasks.hpp"
#include "models/errors.hpp"

namespace guildsum::models {

Result<Contribution> contribute_presence(const TaskPlan& plan, const SumRequest& request,
                                         std::span<const HeldItem> held) {
  GS_CHECK(plan.validate());
  if (plan.kind != TaskKind::vocabulary || request.step_kind != detail::kPresenceStep) {
    return Error{ModelsErrc::wrong_step, "'" + request.step_kind + "' counts no presence"};
  }
  if (request.layout != detail::VocabularyTask::layout(plan)) {
    return Error{ModelsErrc::wrong_shape, "layout of " + request.step_kind + " is not the plan's"};
  }
  Contribution result;
  result.values.assign(2 * std::size_t{plan.items}, 0);
  const std::span present = std::span{result.values}.first(plan.items);
  const std::span tags = std::span{result.values}.subspan(plan.items);
  std::vector<bool> ambiguous(plan.items, false);
  for (const HeldItem& item : held) {
    if (item.slot >= plan.items) {
      return Error{ModelsErrc::out_of_range, "slot " + std::to_string(item.slot)};
    }
    if (present[item.slot] == 1 && tags[item.slot] != item.tag) ambiguous[item.slot] = true;
    present[item.slot] = 1;
    tags[item.slot] = item.tag;
  }
  for (std::size_t slot = 0; slot < plan.items; ++slot) {
    if (!ambiguous[slot]) continue;
    present[slot] = 0;
    tags[slot] = 0;
  }
  return result;
}

}  // namespace guildsum::models
