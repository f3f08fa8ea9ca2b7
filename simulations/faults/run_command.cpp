#include "simulations/faults/run_command.hpp"

#include <optional>
#include <ostream>

#include <boost/json.hpp>

#include "base/cli/signal.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/json.hpp"
#include "simulations/faults/report.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::int64_t kSeedMax = std::int64_t{1} << 53;  // every JSON reader holds it exactly
constexpr std::int64_t kSeedsMax = 10'000'000;

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 1;
};

Error bad_seeds(const std::string& text) {
  return {BaseErrc::invalid_argument,
          "--seeds '" + text + "': expected FROM..TO with FROM at most TO, such as 1..10000"};
}

Result<std::uint64_t> parse_seed(std::string_view part, const std::string& whole) {
  if (part.empty() || part.size() > 15 ||
      part.find_first_not_of("0123456789") != std::string_view::npos) {
    return bad_seeds(whole);
  }
  return std::stoull(std::string{part});
}

Result<Seeds> seeds_of(const cli::Arguments& arguments, const Scenario& scenario) {
  const int given =
      static_cast<int>(arguments.has("seed")) + static_cast<int>(arguments.has("seeds"));
  if (given > 1) return Error{BaseErrc::invalid_argument, "--seed and --seeds exclude each other"};
  if (arguments.has("seeds") && arguments.has("count")) {
    return Error{BaseErrc::invalid_argument, "--seeds and --count exclude each other"};
  }
  Seeds seeds{1, scenario.seeds};
  if (arguments.has("seed")) {
    GS_TRY(const auto seed, arguments.integer("seed", 0, kSeedMax));
    seeds = {static_cast<std::uint64_t>(seed), 1};
  }
  if (arguments.has("count")) {
    GS_TRY(const auto count, arguments.integer("count", 1, kSeedsMax));
    seeds.count = static_cast<std::uint64_t>(count);
  }
  if (arguments.has("seeds")) {
    const std::string& text = arguments.text("seeds");
    const auto dots = text.find("..");
    if (dots == std::string::npos) return bad_seeds(text);
    GS_TRY(seeds.first, parse_seed(std::string_view{text}.substr(0, dots), text));
    GS_TRY(const auto last, parse_seed(std::string_view{text}.substr(dots + 2), text));
    if (last < seeds.first || last - seeds.first >= static_cast<std::uint64_t>(kSeedsMax)) {
      return bad_seeds(text);
    }
    seeds.count = last - seeds.first + 1;
  }
  return seeds;
}

std::string command_of(const FaultReport& report, const cli::Invocation& invocation) {
  std::string command = "guildsum-simulate run " + report.scenario.name + ".toml --seeds " +
                        std::to_string(report.first_seed) + ".." +
                        std::to_string(report.first_seed + report.seeds - 1);
  for (const auto& [key, value] : invocation.global.settings) {
    command += " --set " + key + "=" + value;
  }
  if (report.scenario.mode == RunMode::arithmetic_only) command += " --arithmetic-only";
  return command + (invocation.arguments.has("no-sweep") ? " --no-sweep" : "");
}

Result<cli::ExitCode> run(const cli::Invocation& invocation) {
  const cli::Arguments& arguments = invocation.arguments;
  FaultReport report;
  const RunMode mode =
      arguments.has("arithmetic-only") ? RunMode::arithmetic_only : RunMode::masked;
  GS_TRY(report.scenario,
         load_scenario(arguments.text("scenario"), invocation.global.settings, mode));
  if (arguments.has("no-sweep")) report.scenario.sweep = {};
  GS_TRY(const Seeds seeds, seeds_of(arguments, report.scenario));
  GS_TRY(const auto threads, arguments.integer("threads", 0, 256));
  report.first_seed = seeds.first;
  report.seeds = seeds.count;
  report.command = command_of(report, invocation);

  GS_TRY(const auto ranks, join_ranks());
  // What is said and written is the same on every rank: one says it.
  const bool speaks = ranks->rank() == 0;
  GS_TRY(const auto signal, cli::StopSignal::install());
  const SystemClock clock;
  const auto started = clock.steady_now();
  std::vector<double> values = report.scenario.sweep.values;
  if (values.empty()) values.push_back(0);
  cli::Progress progress{{.label = report.scenario.name,
                          .total = seeds.count * values.size(),
                          .unit = "seeds",
                          .mode = speaks ? invocation.global.progress : cli::ProgressMode::none},
                         clock,
                         cli::ProgressTarget::standard_error()};
  for (std::size_t k = 0; k < values.size(); ++k) {
    Scenario scenario = report.scenario;
    if (!scenario.sweep.key.empty()) {
      GS_TRY(scenario, with_fault_rate(scenario, scenario.sweep.key, values[k]));
    }
    CampaignOptions options;
    options.first = seeds.first;
    options.count = seeds.count;
    options.threads = static_cast<std::uint32_t>(threads);
    options.ranks = ranks.get();
    options.stop = [&signal] { return signal.stop_requested(); };
    options.progress = [&](std::uint64_t done) { progress.update(k * seeds.count + done); };
    GS_TRY(auto campaign, run_campaign(scenario, options));
    const bool failed = campaign.failure.has_value();
    report.points.push_back({values[k], std::move(campaign)});
    if (failed) break;
  }
  progress.finish();
  report.seconds = std::chrono::duration<double>(clock.steady_now() - started).count();

  const auto code = failure_of(report) == nullptr ? cli::ExitCode::ok : cli::ExitCode::failed;
  if (!speaks) return code;
  if (arguments.has("report")) GS_CHECK(write_fault_report(report, arguments.text("report")));
  if (invocation.global.format == cli::OutputFormat::text) {
    invocation.out << to_text(report);
  } else {
    const auto object = to_json(report);
    invocation.out << (invocation.global.format == cli::OutputFormat::json ? json::pretty(object)
                                                                           : json::compact(object))
                   << '\n';
  }
  return code;
}

}  // namespace

cli::Command run_command() {
  return {
      .words = "run",
      .summary = "Run the production code under faults and check what must hold",
      .options = {{.name = "seed", .value_name = "N", .help = "One seed, the first with --count"},
                  {.name = "count", .value_name = "N", .help = "How many seeds from --seed on"},
                  {.name = "seeds", .value_name = "FROM..TO", .help = "A range of seeds"},
                  {.name = "report",
                   .value_name = "DIR",
                   .help = "Write report.json and report.html here"},
                  {.name = "threads",
                   .value_name = "N",
                   .help = "Seeds side by side; 0 = one per processor",
                   .default_value = "0"},
                  {.name = "arithmetic-only",
                   .help = "No masks, signatures and messages: codec, sums and model steps"},
                  {.name = "no-sweep", .help = "The scenario's rates as they are"}},
      .positionals = {{.name = "scenario", .help = "A file of simulations/scenarios"}},
      .examples = {"run simulations/scenarios/faults.toml --seed 7 --report out",
                   "run simulations/scenarios/faults.toml --seeds 1..10000",
                   "run simulations/scenarios/dropout-sweep.toml --report out",
                   "run simulations/scenarios/many-shops.toml --report out",
                   "mpirun -n 2 guildsum-simulate run simulations/scenarios/faults.toml"},
      .run = run};
}

}  // namespace guildsum::simulations
