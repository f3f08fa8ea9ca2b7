#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "models/interactions.hpp"
#include "models/recommender.hpp"
#include "models/released.hpp"

namespace guildsum::models {

/// BPR-MF (Rendle et al. 2009) with all purchases in one place: the reference for its federated
/// form, and the same as a federation of one shop whose contributions are not rounded. `plan`:
/// `GradientPlan::centralised_bpr` has the measured settings. `after_round` (may be empty) sees the
/// round number from 1. ModelsErrc::bad_plan, not_finite when the steps diverge.
[[nodiscard]] Result<VectorModel> train_bpr(
    const GradientPlan& plan, const Interactions& interactions, Random& random,
    const std::function<void(std::uint32_t)>& after_round = {});

/// The same for the softmax loss: the cross entropy of a customer's purchases over all items.
[[nodiscard]] Result<VectorModel> train_softmax(
    const GradientPlan& plan, const Interactions& interactions, Random& random,
    const std::function<void(std::uint32_t)>& after_round = {});

/// Scores by folding the history into a customer vector: score_i = b_i + h_i.w with w = sum of the
/// history's vectors / sqrt(its length), which splits exactly over the history; b_i is the constant
/// part. `stock`: items that may be ranked, ascending; empty means all. ModelsErrc::wrong_shape.
[[nodiscard]] Result<std::unique_ptr<Recommender>> make_factorisation(
    const VectorModel& model, const std::vector<ItemIndex>& stock = {});

}  // namespace guildsum::models
