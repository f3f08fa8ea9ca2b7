#pragma once

#include <cstdint>
#include <map>

#include "simulations/faults/fault_run.hpp"

namespace guildsum::simulations {

/// Outcomes by the index of their seed, as ranks of one build hand them to each other; an error
/// keeps its code's value, category and text.
using Outcomes = std::map<std::uint64_t, Result<RunOutcome>>;

[[nodiscard]] Bytes encode_outcomes(const Outcomes& outcomes);
/// @return ProtocolErrc of the canonical archives for bytes that are not of `encode_outcomes`.
[[nodiscard]] Result<Outcomes> decode_outcomes(ByteView bytes);

}  // namespace guildsum::simulations
