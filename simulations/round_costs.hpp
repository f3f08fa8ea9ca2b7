#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace guildsum::simulations {

/// Processor time of the calling thread, in seconds: machines, codec, masks and hashes. What a pool
/// does on other threads is not in it.
struct RoundCosts {
  double shops = 0;  ///< all of them together
  double coordinator = 0;
};

/// What one phase of a round took: what was sent while the coordinator was in it.
struct PhaseCosts {
  std::uint64_t bytes_up = 0;    ///< of all shops: frames and chunks
  std::uint64_t bytes_down = 0;  ///< phase messages to all shops
  double shops = 0;              ///< processor time as in RoundCosts
  double coordinator = 0;
  PhaseCosts& operator+=(const PhaseCosts& other) noexcept {
    bytes_up += other.bytes_up;
    bytes_down += other.bytes_down;
    shops += other.shops;
    coordinator += other.coordinator;
    return *this;
  }
};
/// Check-in, key shares, masked inputs, certifying, unmasking, vote.
inline constexpr std::array<std::string_view, 6> kPhaseNames{
    "check-in", "key shares", "masked inputs", "certifying", "unmasking", "vote"};
using CostsByPhase = std::array<PhaseCosts, kPhaseNames.size()>;

/// Processor time of this thread, in seconds.
[[nodiscard]] double thread_seconds() noexcept;

/// Adds what `work` takes to `seconds`.
template <class Work>
auto metered(double& seconds, const Work& work) {
  const double start = thread_seconds();
  auto result = work();
  seconds += thread_seconds() - start;
  return result;
}

}  // namespace guildsum::simulations
