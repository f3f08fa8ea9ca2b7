#include <ostream>

#include "base/cli/format.hpp"
#include "base/file.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/cli/location.hpp"
#include "coordinator/keys.hpp"
#include "protocol/audit_report.hpp"

namespace guildsum::coordinator {

namespace {

Result<cli::ExitCode> export_file(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  const std::string& file = invocation.arguments.text("output");
  GS_TRY(const std::uint64_t bytes, client.download("/v1/audit", file));
  invocation.err << "wrote " << cli::format_bytes(bytes) << " to " << file << '\n';
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> verify(const cli::Invocation& invocation) {
  GS_TRY(const auto loaded, load_config_for(invocation, false));
  GS_TRY(const Keys keys, load_keys(DataDirectory{loaded.config.directory}));
  const protocol::AuditKeys trusted{keys.federation(), keys.coordinator.verify_key(),
                                    keys.registrar.verify_key()};
  return protocol::audit_file(invocation.arguments.text("FILE"), trusted, invocation);
}

}  // namespace

std::vector<cli::Command> audit_commands() {
  return {
      {.words = "audit export",
       .summary = "Write roster and transcripts of all rounds to a file for auditors.",
       .options = {directory_option(),
                   {.name = "output", .value_name = "FILE", .help = "where to", .required = true}},
       .examples = {"audit export --output federation.audit"},
       .run = export_file},
      {.words = "audit verify",
       .summary = "Replay such a file offline: links, signatures, thresholds, seeds.",
       .options = {directory_option()},
       .positionals = {{.name = "FILE", .help = "from `audit export`"}},
       .examples = {"audit verify federation.audit"},
       .run = verify},
  };
}

}  // namespace guildsum::coordinator
