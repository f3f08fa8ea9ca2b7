#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/kernels/kernels.hpp"

namespace guildsum::models::kernels {

/// Rows of vectors are padded with zeros to a multiple of this many values.
inline constexpr std::size_t kRowGroup = 16;

/// One sample of BPR: a customer, an item she bought and one she did not.
struct BprTriple {
  std::uint32_t user = 0;
  std::uint32_t bought = 0;
  std::uint32_t other = 0;
};

/// Stochastic gradient steps over items for fixed customers: with x = w.(h_i - h_j) each triple
/// moves h_i and h_j against the gradient of -ln sigmoid(x) + (regularisation / 2) |h|^2 +
/// (proximal / 2) |h - start|^2, `rate` times. `bought` and `other` differ within a triple.
struct BprSteps {
  const float* users;  ///< [. x stride]
  float* items;        ///< [. x stride], changed
  const float* start;  ///< [. x stride]: items before the first step
  std::size_t stride;  ///< A multiple of kRowGroup.
  const BprTriple* triples;
  std::size_t count;
  float rate;
  float regularisation;
  float proximal;
};

/// gradient_i = - sum over customers of total_u p_ui w_u, with p_u = softmax over items of
/// (logits_ui + w_u.h_i): what all items, bought or not, lose in a step of the softmax loss.
struct SoftmaxBatch {
  const float* users;  ///< [users_count x stride]
  std::size_t users_count;
  const float* items;  ///< [items_count x stride]
  std::size_t items_count;
  std::size_t stride;
  const float* totals;  ///< [users_count]: purchases of each customer.
  float* logits;        ///< [users_count x items_count]: in corrections, destroyed.
  float* gradient;      ///< [items_count x stride]: out.
};

/// The inner loops of local training, once per instruction set, under the rules of `DenseKernels`.
struct LocalKernels {
  std::string_view name;
  void (*bpr_steps)(const BprSteps& steps);
  void (*softmax_gradient)(const SoftmaxBatch& batch);
};

}  // namespace guildsum::models::kernels
