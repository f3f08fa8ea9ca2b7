#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "simulations/masked_sum.hpp"

namespace guildsum::simulations {

/// How the secure sums of a run compare with plain additions of the same contributions.
struct SumExactness {
  std::uint64_t sums = 0;
  std::uint64_t values = 0;      ///< compared
  std::uint64_t different = 0;   ///< of them
  std::uint32_t ring_bits_max = 0;
  std::uint64_t length_max = 0;  ///< values of the longest sum
  SumExactness& operator+=(const SumExactness& other) noexcept;
};

/// Real rounds (`MaskedSum`), each compared value by value with the sum in the open.
class CheckedSum final : public SecureSum {
 public:
  /// `masked` must outlive it. `stop` (may be empty) is asked before each sum.
  explicit CheckedSum(MaskedSum& masked, std::function<bool()> stop = {})
      : masked_{masked}, stop_{std::move(stop)} {}
  /// BaseErrc::interrupted when it was stopped.
  [[nodiscard]] Result<std::vector<std::int64_t>> sum(
      const models::TaskPlan& plan, const models::SumRequest& request,
      std::span<const std::vector<std::int64_t>> contributions) override;
  [[nodiscard]] std::vector<bool> counted() const override { return masked_.counted(); }
  /// Of each sum so far: who is in it, by shop.
  [[nodiscard]] const std::vector<std::vector<bool>>& participation() const noexcept {
    return participation_;
  }
  [[nodiscard]] const SumExactness& exactness() const noexcept { return exactness_; }

 private:
  MaskedSum& masked_;
  std::function<bool()> stop_;
  SumExactness exactness_;
  std::vector<std::vector<bool>> participation_;
};

}  // namespace guildsum::simulations
