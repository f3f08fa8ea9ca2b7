#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "models/detail/aligned.hpp"
#include "models/interactions.hpp"
#include "models/task_plan.hpp"

namespace guildsum::models::detail {

/// A shop's side of a delta sum: the item vectors [items x (factors + 1)] after the plan's local
/// epochs over its own customers, starting from the public `vectors` of the same shape.
///
/// Customers' vectors are private and never kept: they are reconstructed from the public item
/// vectors at the start (as Singhal et al. 2021 do, here in closed form) and stay fixed while the
/// items move: w_u = sum of the vectors of her items / sqrt(|I_u|), as in SVD++ (Koren 2008). The
/// recommender folds in a history the same way, so what is trained is what is served.
///
/// BPR (Rendle et al. 2009): every epoch takes each purchase once per negative, in random order,
/// against an item drawn uniformly from those the customer did not buy. Softmax: minibatches of
/// customers and the cross entropy of their purchases, over all items up to `candidates` of them;
/// above, over as many drawn uniformly, whose logits are corrected by the logarithm of the drawn
/// share (logQ; Bengio and Senecal 2008), and only drawn and bought items are regularised. L2 and
/// the proximal term count per touched item and step (BPR) or per customer (softmax).
///
/// `random` gives one seed; order and negatives follow from it. ModelsErrc::not_finite when the
/// steps diverge, wrong_shape.
[[nodiscard]] Result<std::vector<float>> train_locally(const TaskPlan& plan,
                                                       std::span<const float> vectors,
                                                       const Interactions& interactions,
                                                       Random& random);

/// Smallest multiple of the kernels' row group that holds d factors and a bias.
[[nodiscard]] std::size_t padded_stride(std::size_t factors) noexcept;

/// Customers' vectors [customers x stride] for item vectors [items x (factors + 1)]; value
/// `factors` of each row is 1, which multiplies an item's bias. Customers without a purchase get 0.
[[nodiscard]] AlignedFloats fold_in_customers(std::span<const float> vectors, std::size_t factors,
                                              const Interactions& interactions);

}  // namespace guildsum::models::detail
