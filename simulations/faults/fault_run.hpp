#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulations/faults/defects.hpp"
#include "simulations/faults/fault_plan.hpp"
#include "simulations/faults/invariants.hpp"
#include "simulations/faults/run_counts.hpp"

namespace guildsum::simulations {

/// What one seed came to. Depends on nothing but scenario, seed, script and defects.
struct RunOutcome : RunCounts {
  std::uint64_t seed = 0;
  std::uint32_t shops = 0;
  std::vector<Fault> faults;  ///< that happened, in order
  std::vector<Violation> violations;
  bool completed = false;  ///< the task reached its end; else it was abandoned
  std::string reason;      ///< why it was abandoned
  std::string digest;  ///< SHA-256 over everything that was sent, in order; of sums and models else
  /// Of a run without masks, for each sum: how far its mean is from that over all honest inputs,
  /// relative to the latter (L2).
  std::vector<double> update_errors;

  [[nodiscard]] bool passed() const noexcept { return violations.empty(); }
};

struct RunOptions {
  std::optional<std::vector<Fault>> script{};  ///< instead of what the seed would draw
  Defects defects{};
};

/// Runs one seed. Every thread may run one at a time; files live in a directory of its own that is
/// gone afterwards.
/// @return BaseErrc::io_failed or no_space when the machine's disk fails.
[[nodiscard]] Result<RunOutcome> run_seed(const Scenario& scenario, std::uint64_t seed,
                                          const RunOptions& options = {});

}  // namespace guildsum::simulations
