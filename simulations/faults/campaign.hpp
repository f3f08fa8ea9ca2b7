#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "simulations/faults/fault_run.hpp"
#include "simulations/faults/ranks.hpp"

namespace guildsum::simulations {

/// What many seeds of one scenario came to, added up.
struct CampaignTotals : RunCounts {
  std::uint64_t seeds = 0;
  std::uint64_t completed = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t faults = 0;
  /// Over the sums of all seeds, which were made without masks: `RunOutcome::update_errors`.
  double update_error_mean = 0;
  double update_error_max = 0;

  void add(const RunOutcome& outcome);
};

/// A failing seed and the fewest of its faults that were found to break the same invariant.
struct Failure {
  RunOutcome outcome;
  std::vector<Fault> shrunk;
  std::vector<Violation> shrunk_violations;
  std::uint32_t tries = 0;  ///< runs that shrinking took
};

struct Campaign {
  CampaignTotals totals;
  std::string digest;  ///< over the digests of all seeds in order
  std::optional<Failure> failure;
  std::optional<RunOutcome> only;  ///< of a campaign of one seed
};

struct CampaignOptions {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
  std::uint32_t threads = 0;  ///< 0 = one per processor
  Defects defects{};
  Ranks* ranks = nullptr;  ///< that share the work; null = this process
  std::function<void(std::uint64_t done)> progress{};  ///< called from one thread at a time
  std::function<bool()> stop{};                        ///< asked before each seed, by any thread
};

/// Runs the seeds side by side and stops at the lowest one that fails, which it then shrinks. The
/// result does not depend on the number of threads or ranks; every rank has it. Without masks ranks
/// share the shops of each seed, else the seeds.
/// @return BaseErrc::interrupted when it was stopped; BaseErrc::io_failed, no_space.
[[nodiscard]] Result<Campaign> run_campaign(const Scenario& scenario,
                                            const CampaignOptions& options);

/// Delta debugging (Zeller and Hildebrandt 2002, ddmin) over the faults that happened, with at most
/// `tries_max` runs.
[[nodiscard]] Result<Failure> shrink(const Scenario& scenario, RunOutcome outcome,
                                     const Defects& defects, std::uint32_t tries_max = 300);

}  // namespace guildsum::simulations
