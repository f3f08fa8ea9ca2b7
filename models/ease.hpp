#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "models/recommender.hpp"
#include "models/released.hpp"

namespace guildsum::models {

struct EaseOptions {
  double ridge = 500.0;                 ///< l
  std::vector<ItemIndex> stock{};       ///< Items the shop sells, ascending; empty means all
  const GramModel* own_gram = nullptr;  ///< The shop's own Gram; must live during the call
  double own_weight = 0.0;              ///< gamma: P = (G + gamma G_own + l I)^-1
  /// Pairs with fewer customers count as 0. The matrix may then be indefinite: its negative
  /// eigenvalues become 0, for 32 n^2 bytes. Of more items than `spectral_items_max` that takes too
  /// long, and l is raised by a quarter until Cholesky passes instead (`ridge_used` tells), which
  /// costs quality. 0 or 1 keeps every pair.
  std::uint32_t pair_customers_min = 0;
  std::size_t spectral_items_max = 4'000;
};

/// An EASE recommender and the ridge it was made with.
struct EaseRecommender {
  std::unique_ptr<Recommender> recommender;
  double ridge_used = 0;
};

/// EASE (Steck 2019): P = (G + l I)^-1 over the shop's own stock, B_ij = -P_ij / P_jj with a zero
/// diagonal, score_j = sum over the history of B_ij. Memory 4 n^2 bytes kept, 16 n^2 while it is
/// made; n counts items that somebody bought, the others score 0. ModelsErrc::wrong_shape,
/// not_positive_definite.
[[nodiscard]] Result<EaseRecommender> make_ease(const GramModel& gram,
                                                const EaseOptions& options = {});

}  // namespace guildsum::models
