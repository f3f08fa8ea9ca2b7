#pragma once

#include "simulations/faults/fault_run.hpp"
#include "simulations/faults/ranks.hpp"

namespace guildsum::simulations {

/// Runs one seed of a scenario without masks, keys, signatures, messages and clocks: what remains
/// is the production codec, exact sums and the steps of the model, with shops that leave and
/// attackers drawn from the seed.
///
/// Each rank makes the inputs of its share of the shops; all ranks return the same. Memory is
/// O(parameters + shops), time O(shops x parameters / ranks).
/// @return what the codec or the model refuses.
[[nodiscard]] Result<RunOutcome> run_arithmetic(const Scenario& scenario, std::uint64_t seed,
                                                Ranks& ranks);

}  // namespace guildsum::simulations
