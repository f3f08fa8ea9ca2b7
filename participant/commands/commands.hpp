#pragma once

#include "base/cli/command_line.hpp"

namespace guildsum::participant {

/// The sub-commands of guildsum-participant.
[[nodiscard]] cli::Program participant_program();

[[nodiscard]] cli::Command join_command();
[[nodiscard]] cli::Command renew_command();
[[nodiscard]] cli::Command serve_command();
[[nodiscard]] cli::Command status_command();
[[nodiscard]] cli::Command check_data_command();
[[nodiscard]] cli::Command preview_command();
[[nodiscard]] cli::Command check_config_command();
[[nodiscard]] cli::Command approve_command();
[[nodiscard]] cli::Command consent_import_command();
[[nodiscard]] cli::Command consent_show_command();
[[nodiscard]] cli::Command consent_counts_command();
[[nodiscard]] cli::Command evidence_verify_command();
[[nodiscard]] cli::Command audit_command();
[[nodiscard]] cli::Command outbox_list_command();
[[nodiscard]] cli::Command outbox_show_command();

}  // namespace guildsum::participant
