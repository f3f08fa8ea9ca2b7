#include "coordinator/cli/commands.hpp"

#include <iterator>

namespace guildsum::coordinator {

cli::Program coordinator_program() {
  cli::Program program;
  program.name = "guildsum-coordinator";
  program.summary = "Schedules rounds in which shops train one recommender through masked sums.";
  program.version = GUILDSUM_VERSION;
  program.commands = {init_command(), serve_command(), check_config_command()};
  for (auto group : {shop_commands(), registrar_commands(), round_commands(), model_commands(),
                     audit_commands()}) {
    program.commands.insert(program.commands.end(), std::make_move_iterator(group.begin()),
                            std::make_move_iterator(group.end()));
  }
  return program;
}

}  // namespace guildsum::coordinator
