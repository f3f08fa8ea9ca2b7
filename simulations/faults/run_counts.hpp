#pragma once

#include <array>
#include <cstdint>

#include "simulations/faults/attackers.hpp"
#include "simulations/faults/fault_plan.hpp"

namespace guildsum::simulations {

/// What is counted of one seed, and added up over many.
struct RunCounts {
  std::uint64_t attempts = 0;
  std::uint64_t sums = 0;      ///< opened
  std::uint64_t counted = 0;   ///< shops, over all opened sums
  std::uint64_t lies = 0;      ///< of the coordinator to shops
  std::uint64_t refusals = 0;  ///< by shops, of what the coordinator sent
  std::array<AttackTally, kAttackKinds> attacks{};
  std::array<std::uint64_t, kFaultKinds> faults_by_kind{};
  std::uint64_t shop_crashes = 0;
  std::uint64_t coordinator_crashes = 0;
  std::uint64_t transactions = 0;  ///< of the coordinator's ledger
  std::uint64_t messages = 0;
  std::uint64_t checks = 0;
  std::uint64_t signature_checks = 0;           ///< of shops and coordinator
  std::uint64_t signature_checks_memoised = 0;  ///< of them, answered from memory
  std::uint64_t events = 0;
  std::int64_t virtual_ms = 0;

  RunCounts& operator+=(const RunCounts& other) noexcept;
};

}  // namespace guildsum::simulations
