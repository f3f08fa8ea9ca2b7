#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "models/contribute.hpp"
#include "models/history_recommender.hpp"
#include "models/transition_plan.hpp"

namespace guildsum::models {

/// Counts the transitions of one data set. A customer adds at most one unit of each distance per
/// pair of baskets; an item to itself counts. Memory 4 n^2 bytes. ModelsErrc::out_of_range
/// (distance_max not 1 to 5, more than 50,000 items, a count above 2^32 - 1).
[[nodiscard]] Result<TransitionModel> transitions_of(const Histories& histories,
                                                     std::uint32_t distance_max = 3);

/// What one shop adds to "transitions.counts": the transitions of its own customers.
/// @return ModelsErrc::wrong_step, wrong_shape (the layout or the item count is not the plan's),
///   out_of_range (more customers than the plan allows, or an item that followed another more often
///   than `TransitionPlan::pairs_max`).
[[nodiscard]] Result<Contribution> contribute_transitions(const TaskPlan& plan,
                                                          const SumRequest& request,
                                                          const Histories& histories);

/// First-order Markov scores with recency decay: score_j = sum over the latest baskets b (0 is the
/// last) and their items i of decay^b x T_ij / (sum_j T_ij + shrink). ModelsErrc::wrong_shape,
/// bad_plan.
[[nodiscard]] Result<std::unique_ptr<HistoryRecommender>> make_transitions(
    TransitionModel model, const TransitionOptions& options = {});

}  // namespace guildsum::models
