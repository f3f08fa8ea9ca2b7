#pragma once

#include "base/cli/command_line.hpp"

namespace guildsum::simulations {

/// `run`: a scenario of faults over one seed or many.
[[nodiscard]] cli::Command run_command();

}  // namespace guildsum::simulations
