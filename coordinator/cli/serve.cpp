#include <ostream>

#include <boost/json.hpp>

#include "base/cli/signal.hpp"
#include "base/cli/table.hpp"
#include "base/json.hpp"
#include "base/secret_memory.hpp"
#include "coordinator/application.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/cli/location.hpp"

namespace guildsum::coordinator {

namespace {

constexpr std::chrono::seconds kMaintenance{60};

Result<cli::ExitCode> serve(const cli::Invocation& invocation) {
  GS_TRY(auto loaded, load_config_for(invocation, true));
  GS_TRY(auto stop, cli::StopSignal::install());
  const SystemClock clock;
  SystemRandom random;
  LogOptions options = loaded.config.log;
  if (invocation.global.log_format == LogFormat::json) options.format = LogFormat::json;
  GS_TRY(const auto log, open_log(options, clock));
  warn_about_secret_memory(*log);
  GS_TRY(auto application, Application::start(std::move(loaded.config), clock, random, *log));
  while (!stop.wait_for_stop(kMaintenance)) application->maintain();
  log->info("stopping");
  application.reset();
  log->info("stopped");
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> check_config(const cli::Invocation& invocation) {
  GS_TRY(const auto loaded, load_config_for(invocation, true));
  if (!invocation.arguments.has("effective")) {
    invocation.err << config_path(invocation).string() << " is valid\n";
    return cli::ExitCode::ok;
  }
  if (invocation.global.format != cli::OutputFormat::text) {
    boost::json::array values;
    for (const auto& [key, value, origin] : loaded.effective) {
      values.push_back(boost::json::object{{"key", key}, {"value", value}, {"origin", origin}});
    }
    invocation.out << json::pretty(boost::json::object{{"values", std::move(values)}}) << '\n';
    return cli::ExitCode::ok;
  }
  cli::Table table{{{"key"}, {"value"}, {"from"}}};
  for (const auto& [key, value, origin] : loaded.effective) table.add_row({key, value, origin});
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command serve_command() {
  return {.words = "serve",
          .summary = "Run the coordinator until SIGTERM; takes up what was running.",
          .options = {directory_option()},
          .examples = {"--config /var/lib/guildsum/coordinator.toml serve"},
          .run = serve};
}

cli::Command check_config_command() {
  return {.words = "check-config",
          .summary = "Check coordinator.toml and report every problem.",
          .options = {directory_option(),
                      {.name = "effective", .help = "print each value and where it came from"}},
          .run = check_config};
}

}  // namespace guildsum::coordinator
