#include "base/cli/signal.hpp"
#include "base/file.hpp"
#include "base/secret_memory.hpp"
#include "participant/agent.hpp"
#include "participant/commands/commands.hpp"

namespace guildsum::participant {
namespace {

Result<cli::ExitCode> serve(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  const SystemClock clock;
  SystemRandom random;
  LogOptions log_options;
  log_options.level = config.log_level;
  log_options.format = invocation.global.log_format;
  GS_TRY(const auto log, open_log(log_options, clock));
  cli::ignore_broken_pipes();
  GS_TRY(auto stop, cli::StopSignal::install());
  const AgentPaths paths{config.dir};
  // Said before the lock is taken, whose directory would be missing.
  if (const auto member = Membership::load(paths); !member) return member.error();
  GS_TRY(const auto lock, FileLock::acquire(paths.lock()));
  GS_TRY(const auto opened, AgentFiles::open(config, clock, random));
  log->info("agent.start", {{"version", GUILDSUM_VERSION},
                            {"shop", opened->membership.name},
                            {"coordinator", opened->membership.url.text()}});
  warn_about_secret_memory(*log);
  Agent agent{config, *opened, clock, random, *log};
  agent.on_failure = [&stop] { stop.request_stop(); };
  GS_CHECK(agent.start());
  stop.wait_for_stop();
  log->info("agent.stop");
  agent.stop();
  if (const auto failure = agent.failure()) return *failure;
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command serve_command() {
  cli::Command command;
  command.summary = "Take part in rounds and answer recommendations, until stopped";
  command.words = "serve";
  command.examples = {"serve --config participant.toml"};
  command.run = serve;
  return command;
}

}  // namespace guildsum::participant
