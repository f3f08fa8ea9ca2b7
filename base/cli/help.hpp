#pragma once

#include <span>
#include <string>

#include "base/cli/command_line.hpp"

namespace guildsum::cli::detail {

/// What every command accepts, with their help texts.
[[nodiscard]] std::span<const Option> global_options();
/// All commands with one line each, for `program --help`; only those that start with `group` unless
/// it is empty.
[[nodiscard]] std::string program_help(const Program& program, const std::string& group);
/// Usage, arguments, options and examples of one command.
[[nodiscard]] std::string command_help(const Program& program, const Command& command);

}  // namespace guildsum::cli::detail
