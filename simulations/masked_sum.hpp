#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/thread_pool.hpp"
#include "simulations/federation.hpp"
#include "simulations/in_process_round.hpp"

namespace guildsum::simulations {

/// The real thing without a network: every sum is one round of the production machines with codec,
/// masks, shares, certificates and votes. A round that does not complete is an error.
class MaskedSum final : public SecureSum {
 public:
  /// Everything follows from the seed.
  MaskedSum(std::uint32_t shops, std::uint64_t seed, ThreadPool* pool = nullptr)
      : federation_{shops, seed}, pool_{pool} {}
  /// Who falls silent in the n-th sum, from 1; nobody without it. A round that too few survive is
  /// aborted.
  std::function<Dropouts(std::uint64_t sum)> dropouts{};
  [[nodiscard]] Result<std::vector<std::int64_t>> sum(
      const models::TaskPlan& plan, const models::SumRequest& request,
      std::span<const std::vector<std::int64_t>> contributions) override;
  [[nodiscard]] std::vector<bool> counted() const override { return counted_; }
  /// What the shops have sent so far, all together.
  [[nodiscard]] std::uint64_t bytes_up() const noexcept { return bytes_up_; }
  /// What all rounds so far took, by phase.
  [[nodiscard]] const CostsByPhase& phases() const noexcept { return phases_; }

 private:
  Federation federation_;
  ThreadPool* pool_;
  std::uint64_t sums_ = 0;
  std::vector<bool> counted_;
  std::uint64_t bytes_up_ = 0;
  CostsByPhase phases_{};
};

}  // namespace guildsum::simulations
