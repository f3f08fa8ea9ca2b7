#pragma once

#include <cstdint>

#include "base/cli/command_line.hpp"
#include "coordinator/cli/admin_client.hpp"

namespace guildsum::coordinator {

/// Follows a task to its end: a progress bar over its sums on standard error, with the phase, who
/// is waited for and until when. Survives a restart of the coordinator.
/// @return ok with the result on standard output; with the reason on standard error what
///   `exit_code_of_failure` says.
[[nodiscard]] Result<cli::ExitCode> watch_task(const cli::Invocation& invocation,
                                               AdminClient& client, std::uint64_t task);

/// privacy_refused when shops refused the task, timed_out when too few answered, failed otherwise.
/// @param failure  the word in the task's document
[[nodiscard]] cli::ExitCode exit_code_of_failure(std::string_view failure) noexcept;

/// One line about a running round: "round 3 collecting masked inputs, 5 of 8 shops, need shop-b;
/// gives up in 40 s".
[[nodiscard]] std::string describe_wait(const boost::json::object& round);

}  // namespace guildsum::coordinator
