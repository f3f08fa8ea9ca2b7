#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "models/interactions.hpp"
#include "models/sum_task.hpp"

namespace guildsum::models {

/// What one shop adds to a secure sum: private to the shop until it is masked.
struct Contribution {
  std::vector<std::int64_t>
      values;  ///< [request.layout.total_length()], each within its segment's bound.
  std::uint32_t segments_clipped = 0;  ///< How many clipped segments were above their norm.
};

/// Computes the shop's values for `request` from its own customers.
///
/// Pure apart from `random`, which rounds clipped segments (integers of exact segments need none)
/// and seeds the order and the negatives of local training.
/// The layout must be the one the plan leads to; it is recomputed, not trusted.
/// ModelsErrc::wrong_shape (layout or item count differ from the plan), malformed (public inputs),
/// not_finite, out_of_range (more customers than the plan allows).
[[nodiscard]] Result<Contribution> contribute(const TaskPlan& plan, const SumRequest& request,
                                              const Interactions& interactions, Random& random);

}  // namespace guildsum::models
