#include "simulations/program.hpp"

#include "simulations/evaluate_command.hpp"
#include "simulations/faults/compare_command.hpp"
#include "simulations/federation_report.hpp"
#include "simulations/library/commands.hpp"
#include "simulations/prepare.hpp"
#include "simulations/quality_report.hpp"

namespace guildsum::simulations {

cli::Program simulate_program() {
  return {.name = "guildsum-simulate",
          .summary = "Whole federations in one process: faults, data, models and reports",
          .version = GUILDSUM_VERSION,
          .commands = {scenario_run_command(), sweep_command(), scenarios_command(),
                       compare_command(), prepare_command(), evaluate_command(), quality_command(),
                       federation_report_command()}};
}

}  // namespace guildsum::simulations
