#include "participant/serving/status.hpp"

#include <chrono>
#include <thread>

#include <boost/json.hpp>

#include "base/json.hpp"
#include "participant/agent_files.hpp"
#include "participant/commands/commands.hpp"
#include "participant/commands/local_client.hpp"

namespace guildsum::participant {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kWaitSecondsDefault = 60;
constexpr milliseconds kAskAgainAfter{250};

/// From the running agent, or from its directory when none runs.
Result<boost::json::object> read_status(const Config& config) {
  GS_TRY(auto live, ask_agent(AgentPaths{config.dir}, "/v1/status"));
  if (live) return std::move(*live);
  const SystemClock clock;
  SystemRandom random;
  GS_TRY(const auto files, AgentFiles::open(config, clock, random));
  GS_TRY(const auto own, load_own(*files, config));
  return status_json(*files, config, *own.data, std::nullopt);
}

bool is_evaluating(const boost::json::object& status) {
  const auto* value = status.if_contains("evaluating");
  return value != nullptr && value->is_bool() && value->get_bool();
}

Result<cli::ExitCode> status(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  GS_TRY(const auto wait_s, invocation.arguments.integer("wait", 0, 3600));
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{wait_s};
  GS_TRY(auto answer, read_status(config));
  bool told = false;
  while (is_evaluating(answer) && std::chrono::steady_clock::now() < give_up) {
    if (!told) {
      invocation.err << "waiting: the newest model is being scored on the hold-out; gives up in "
                     << wait_s << " s\n";
      told = true;
    }
    std::this_thread::sleep_for(kAskAgainAfter);
    GS_TRY(answer, read_status(config));
  }
  if (invocation.global.format == cli::OutputFormat::text) {
    invocation.out << status_text(answer);
  } else if (invocation.global.format == cli::OutputFormat::json) {
    invocation.out << json::pretty(answer) << "\n";
  } else {
    invocation.out << json::compact(answer) << "\n";
  }
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command status_command() {
  cli::Command command;
  command.words = "status";
  command.summary = "Show the shop's rounds, bytes, models and their quality";
  command.options = {{.name = "wait",
                      .value_name = "SECONDS",
                      .help = "Wait so long for models that are being scored",
                      .default_value = std::to_string(kWaitSecondsDefault)}};
  command.examples = {"status", "status --format json"};
  command.run = status;
  return command;
}

}  // namespace guildsum::participant
