#pragma once

#include <filesystem>

#include "base/cli/command_line.hpp"
#include "protocol/transcript.hpp"

/// What `audit verify` of both programs does with a file.
namespace guildsum::protocol {

/// Reads and replays the file, and says what was verified and what a transcript cannot show, or
/// that it does not verify and why.
/// @return ok, bad_data when it does not verify; an error when it cannot be read.
[[nodiscard]] Result<cli::ExitCode> audit_file(const std::filesystem::path& file,
                                               const AuditKeys& keys,
                                               const cli::Invocation& invocation);

}  // namespace guildsum::protocol
