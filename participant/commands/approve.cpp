#include "models/task_plan.hpp"
#include "participant/agent_files.hpp"
#include "participant/approvals.hpp"
#include "participant/commands/commands.hpp"

namespace guildsum::participant {
namespace {

Result<cli::ExitCode> approve(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  const std::string what = invocation.arguments.text("what");
  const AgentPaths paths{config.dir};
  GS_CHECK(Membership::load(paths));
  GS_CHECK(leave_approval(paths, what));
  if (what == kPastApproval) {
    invocation.out << "the next round may continue another past than the one that this shop saw\n"
                      "note: an operator whose coordinator runs on an old copy asks for this, and "
                      "so does one that told shops different pasts\n";
    return cli::ExitCode::ok;
  }
  if (what.ends_with("-join")) {
    invocation.out << "this shop may join one training whose sums hold what changed since the last "
                      "one; its first round takes the approval\n"
                      "note: where the others have changed little, that sum is all that this shop "
                      "contributes; and a shop that was in the training under another key would "
                      "count twice: let the operator begin anew instead\n";
    return cli::ExitCode::ok;
  }
  invocation.out << "one more training of " << what
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
  command.summary =
      "Allow one more training over contributed data, to join one of changes, or another past";
  command.positionals = {
      {.name = "what",
       .help = models::task_kind_choice() + ", ease-join or " + std::string{kPastApproval}}};
  command.examples = {"approve ease", "approve ease-join", "approve past"};
  command.run = approve;
  return command;
}

}  // namespace guildsum::participant
