#include "participant/agent_paths.hpp"
#include "participant/commands/commands.hpp"
#include "participant/config.hpp"
#include "participant/membership.hpp"
#include "protocol/audit_report.hpp"

namespace guildsum::participant {
namespace {

/// Trusts the keys that were pinned when the shop joined, nothing that the file says of itself.
Result<cli::ExitCode> verify(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  GS_TRY(const auto membership, Membership::load(AgentPaths{config.dir}));
  const protocol::AuditKeys trusted{membership.federation, membership.coordinator,
                                    membership.registrar};
  return protocol::audit_file(invocation.arguments.text("FILE"), trusted, invocation);
}

}  // namespace

cli::Command audit_command() {
  cli::Command command;
  command.words = "audit verify";
  command.summary = "Replay the coordinator's transcripts offline: links, signatures, thresholds";
  command.positionals = {{.name = "FILE", .help = "from `guildsum-coordinator audit export`"}};
  command.examples = {"audit verify federation.audit"};
  command.run = verify;
  return command;
}

}  // namespace guildsum::participant
