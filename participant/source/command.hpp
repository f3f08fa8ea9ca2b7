#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace guildsum::participant {

/// A program whose standard output is a source.
struct CommandSpec {
  std::vector<std::string> argv;  ///< Program and arguments as they are: there is no shell.
  std::chrono::milliseconds timeout = std::chrono::minutes{10};
  std::uint64_t output_limit_bytes = std::uint64_t{1} << 30;
  std::vector<std::string> environment;  ///< Names of further variables that it gets.
  std::filesystem::path spool;  ///< Folder of the output while it is read; the agent's own.
};

/// Runs the program to its end and hands out what it wrote, in a file that has no name any more and
/// is gone when it is closed, however this process ends. Nothing is handed out unless the program
/// ended with exit code 0 within its time: a query that broke off gives no half source.
///
/// The program gets no input, no other descriptor of this process, a process group of its own, and
/// of the environment only PATH, HOME, USER, LOGNAME, LANG, LC_ALL, TZ and what `environment`
/// names. When its time is over, or the output exceeds its limit, the whole group is killed; what
/// it left running is killed in any case.
/// @return ParticipantErrc::source_unreadable with the last lines of standard error (control
/// characters become '?'), BaseErrc::timed_out, BaseErrc::too_large, or an error of the spool file.
[[nodiscard]] Result<PositionedFile> output_of(const CommandSpec& command);

}  // namespace guildsum::participant
