#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/detail/symmetric_eigen.hpp"
#include "models/task_plan.hpp"

namespace guildsum::models::detail {

/// The least-squares problems of all items of one epoch, with the customers' factors W held fixed:
/// A_i = sum_{u bought i} w_u w_u^T + a G_U + reg_i I. Its first part is known only through secure
/// sums.
class ItemSystems {
 public:
  /// `user_gram`: G_U = W^T W, packed upper triangle; `item_customers`: c [items]; `customers`: N.
  ItemSystems(const IalsPlan& plan, std::span<const double> user_gram,
              std::span<const std::uint64_t> item_customers, std::uint64_t customers);

  /// out = (a G_U + reg_i I) x: what A_i has beside the customers of item i.
  void apply_shared(std::size_t item, std::span<const double> x, std::span<double> out) const;
  /// out = C_i^-1 x with C_i = (a + c_i / N) G_U + reg_i I, through one eigendecomposition of G_U.
  void precondition(std::size_t item, std::span<const double> x, std::span<double> out) const;

 private:
  IalsPlan plan_;
  std::size_t d_;
  std::vector<double> user_gram_;  // [d x d]
  SymmetricEigen eigen_;
  std::vector<double> regularisation_;  // [items]
  std::vector<double> share_;           // c_i / N [items]
};

}  // namespace guildsum::models::detail
