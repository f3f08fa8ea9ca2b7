#pragma once

#include "base/cli/command_line.hpp"

namespace guildsum::simulations {

/// guildsum-simulate with all its commands.
[[nodiscard]] cli::Program simulate_program();

}  // namespace guildsum::simulations
