#include "participant/commands/commands.hpp"

namespace guildsum::participant {

cli::Program participant_program() {
  return {.name = "guildsum-participant",
          .summary =
              "A shop's agent: takes part in shared training without showing its data, and "
              "recommends",
          .version = GUILDSUM_VERSION,
          .commands = {join_command(), renew_command(), serve_command(), status_command(),
                       check_data_command(), preview_command(), consent_import_command(),
                       consent_show_command(), consent_counts_command(), outbox_list_command(),
                       outbox_show_command(), approve_command(), audit_command(),
                       check_config_command(), evidence_verify_command()}};
}

}  // namespace guildsum::participant
