#pragma once

#include <span>

#include "models/contribute.hpp"

namespace guildsum::models {

/// An item that the shop holds: the slot in which it is counted and the tag that tells it from
/// other items there. Where both come from is the caller's affair.
struct HeldItem {
  std::uint32_t slot = 0;
  std::uint32_t tag = 0;
};

/// What one shop adds to "vocabulary.presence": 1 and the tag in the slot of each of its items,
/// however often an item is listed. Two different items of the shop in one slot cancel out: the
/// shop adds nothing there, because it could not say which one the slot means.
/// @return ModelsErrc::wrong_step, wrong_shape (the layout is not the plan's), out_of_range (a slot
///   beyond the plan's items).
[[nodiscard]] Result<Contribution> contribute_presence(const TaskPlan& plan,
                                                       const SumRequest& request,
                                                       std::span<const HeldItem> held);

}  // namespace guildsum::models
