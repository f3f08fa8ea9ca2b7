#pragma once

#include <filesystem>
#include <ostream>

#include "base/cli/command_line.hpp"
#include "protocol/transcript.hpp"

/// What `audit verify` of both programs does with a file.
namespace guildsum::protocol {

/// Reads and replays the file. @return the first failure, or that the file cannot be read.
[[nodiscard]] Result<AuditReport> verify_audit(const std::filesystem::path& file,
                                               const AuditKeys& keys);
/// Says what was verified, and what a transcript cannot show.
void print_report(const AuditReport& report, cli::OutputFormat format, std::ostream& out);

}  // namespace guildsum::protocol
