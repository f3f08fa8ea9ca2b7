#pragma once

#include <vector>

#include "base/cli/command_line.hpp"

/// The commands of guildsum-coordinator. All but `init`, `serve`, `check-config`, `audit verify`,
/// `registrar init`, `show` and `sign` talk to the running coordinator through its admin listener.
namespace guildsum::coordinator {

[[nodiscard]] cli::Command init_command();
[[nodiscard]] cli::Command serve_command();
[[nodiscard]] cli::Command check_config_command();
[[nodiscard]] std::vector<cli::Command> shop_commands();
[[nodiscard]] std::vector<cli::Command> registrar_commands();
[[nodiscard]] std::vector<cli::Command> round_commands();
[[nodiscard]] std::vector<cli::Command> model_commands();
[[nodiscard]] std::vector<cli::Command> audit_commands();

/// All of them.
[[nodiscard]] cli::Program coordinator_program();

}  // namespace guildsum::coordinator
