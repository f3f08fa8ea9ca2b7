#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "models/recommender.hpp"
#include "models/released.hpp"

namespace guildsum::models {

struct KnnOptions {
  std::uint32_t neighbours = 100;  ///< k: similar items kept per item
  double shrink = 50.0;  ///< Added to the cosine's denominator; damps pairs with little support
  std::vector<ItemIndex> stock{};  ///< Items the shop sells, ascending; empty means all
};

/// Item-based nearest neighbours by shrunk cosine from a Gram matrix:
/// s_ij = G_ij / (sqrt(G_ii G_jj) + shrink), each item keeping its `neighbours` most similar ones
/// (ties by index); score_i = sum of s_ij over the history items among them.
/// ModelsErrc::wrong_shape.
[[nodiscard]] Result<std::unique_ptr<Recommender>> make_knn(const GramModel& gram,
                                                            const KnnOptions& options = {});

}  // namespace guildsum::models
