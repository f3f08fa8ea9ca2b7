#include "models/task_plan.hpp"
#include "participant/agent_files.hpp"
#include "participant/approvals.hpp"
#include "participant/commands/commands.hpp"

namespace guildsum::participant {
namespace {

Result<cli::ExitCode> approve(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  const std::string kind = invocation.arguments.text("task");
  const AgentPaths paths{config.dir};
  GS_CHECK(Membership::load(paths));
  GS_CHECK(leave_approval(paths, kind));
  invocation.out << "one more training of " << kind
                 << " may use data that this shop contributed before; its first round takes the "
                    "approval\n"
                    "note: who knows the sums of two trainings, with and without a shop, can "
                    "compare them\n";
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command approve_command() {
  cli::Command command;
  command.words = "approve";
  command.summary = "Allow one more training over data that was contributed before";
  command.positionals = {{.name = "task", .help = models::task_kind_choice()}};
  command.examples = {"approve ease"};
  command.run = approve;
  return command;
}

}  // namespace guildsum::participant
