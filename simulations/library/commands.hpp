#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cli/command_line.hpp"

namespace guildsum::simulations {

/// A file of the scenario library.
struct LibraryEntry {
  std::string name;   ///< without .toml
  std::string about;  ///< the comment that the file begins with
  bool on_data = false;  ///< trains on real purchases; else runs under faults
};

/// The scenarios of a directory by name. Each is read, so that one that cannot run is not listed.
/// @return BaseErrc::not_found; invalid_config with file, line and what was expected.
[[nodiscard]] Result<std::vector<LibraryEntry>> list_scenarios(
    const std::filesystem::path& directory);

/// `run`: scenarios under faults and on real data.
[[nodiscard]] cli::Command scenario_run_command();
/// `sweep`
[[nodiscard]] cli::Command sweep_command();
/// `scenarios list`
[[nodiscard]] cli::Command scenarios_command();

}  // namespace guildsum::simulations
