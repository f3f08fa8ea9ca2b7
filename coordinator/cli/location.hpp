#pragma once

#include <filesystem>

#include "base/cli/command_line.hpp"
#include "coordinator/config.hpp"

namespace guildsum::coordinator {

/// `--dir DIR`, which most commands take instead of `--config FILE`.
[[nodiscard]] cli::Option directory_option();

/// Where the configuration is: `--config`, else `--dir`'s coordinator.toml, else the one in the
/// working directory.
[[nodiscard]] std::filesystem::path config_path(const cli::Invocation& invocation);

/// Loads it with the environment and, where `with_settings`, with `--set`.
/// @return BaseErrc::invalid_config; for a missing file it says how to make one.
[[nodiscard]] Result<LoadedConfig> load_config_for(const cli::Invocation& invocation,
                                                   bool with_settings);

}  // namespace guildsum::coordinator
