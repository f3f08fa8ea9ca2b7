#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "base/thread_pool.hpp"
#include "models/interactions.hpp"
#include "models/recommender.hpp"
#include "models/released.hpp"

namespace guildsum::models {

/// Exact least-squares factors of every customer for fixed item factors H [items x factors]:
/// (H_u^T H_u + a H^T H + l (|I_u| + a n)^nu I) w = sum of the rows of H that u bought. Customers
/// without a purchase get 0. @return W [customers x factors], row-major, the same bits for any
/// number of `threads` (null: the caller alone). ModelsErrc::not_positive_definite, wrong_shape.
[[nodiscard]] Result<std::vector<float>> solve_customers(const IalsPlan& plan,
                                                         std::span<const float> item_factors,
                                                         const Interactions& interactions,
                                                         ThreadPool* threads = nullptr);

/// sum over customers and items of the training loss that iALS minimises (Rendle et al. 2021):
/// observed (1 - w.h)^2, a (w.h)^2 over all pairs, frequency-scaled L2. For tests and learning
/// curves.
[[nodiscard]] double ials_loss(const IalsPlan& plan, std::span<const float> user_factors,
                               std::span<const float> item_factors,
                               const Interactions& interactions);

/// How a centralised iALS is trained.
struct IalsTraining {
  /// Conjugate gradient steps per row and half step, from where the row stands (Takacs, Pilaszy,
  /// Tikk 2011): faster, and close to exact from 3 steps on. 0 solves exactly.
  std::uint32_t gradient_steps = 0;
  ThreadPool* threads = nullptr;  ///< The same bits for any number; null: the caller alone.
};

/// Centralised iALS: alternates solves of all customers and all items. Exact, it is the reference
/// for the federated form; `after_epoch` (may be empty) sees the epoch number from 1.
/// ModelsErrc::bad_plan, not_positive_definite.
[[nodiscard]] Result<FactorModel> train_ials(
    const IalsPlan& plan, const Interactions& interactions,
    const std::function<void(std::uint32_t)>& after_epoch = {}, const IalsTraining& training = {});

/// Scores by folding the history into a customer vector; score_i = sum_j h_i^T M h_j over the
/// history with M the inverse of the customer's system. `stock`: items that may be ranked,
/// ascending; empty means all. ModelsErrc::wrong_shape.
[[nodiscard]] Result<std::unique_ptr<Recommender>> make_ials(
    const FactorModel& model, const std::vector<ItemIndex>& stock = {});

}  // namespace guildsum::models
