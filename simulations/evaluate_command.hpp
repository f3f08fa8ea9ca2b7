#pragma once

#include "base/cli/command_line.hpp"

namespace guildsum::simulations {

/// `evaluate`.
[[nodiscard]] cli::Command evaluate_command();

}  // namespace guildsum::simulations
