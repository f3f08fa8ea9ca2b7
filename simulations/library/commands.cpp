#include "simulations/library/commands.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include <boost/json.hpp>

#include "base/cli/signal.hpp"
#include "base/cli/table.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "simulations/faults/ranks.hpp"
#include "simulations/faults/run_command.hpp"
#include "simulations/faults/scenario.hpp"
#include "simulations/library/grid.hpp"
#include "simulations/library/model_report.hpp"
#include "simulations/prepare.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kScenarioBytesMax = std::size_t{1} << 20;
const std::filesystem::path kLibrary{GUILDSUM_SIMULATIONS_SCENARIOS_DIR};

void print(const cli::Invocation& invocation, const boost::json::object& object,
           const std::string& text) {
  switch (invocation.global.format) {
    case cli::OutputFormat::text:
      invocation.out << text;
      return;
    case cli::OutputFormat::json:
      invocation.out << json::pretty(object) << '\n';
      return;
    case cli::OutputFormat::jsonl:
      invocation.out << json::compact(object) << '\n';
      return;
  }
}

/// The command that makes a report again, without directories.
std::string command_of(std::string_view words, const std::filesystem::path& scenario,
                       const config::Settings& settings) {
  std::string command =
      "guildsum-simulate " + std::string{words} + " " + scenario.filename().string();
  for (const auto& [key, value] : settings) command += " --set " + key + "=" + value;
  return command;
}

/// `--seed N` is `--set seed=N` of a scenario on data.
Result<config::Settings> settings_of(const cli::Invocation& invocation) {
  auto settings = invocation.global.settings;
  if (invocation.arguments.has("seed")) {
    GS_TRY(const auto seed, invocation.arguments.integer("seed", 0));
    settings.emplace_back("seed", std::to_string(seed));
  }
  return settings;
}

Result<cli::ExitCode> run_grid_and_write(const cli::Invocation& invocation, const Grid& grid,
                                         const std::string& command, std::size_t steps) {
  GS_TRY(const auto threads, invocation.arguments.integer("threads", 0, 256));
  GS_TRY(const auto signal, cli::StopSignal::install());
  const SystemClock clock;
  cli::Progress progress{{.label = grid.scenario.stem().string(),
                          .total = steps,
                          .unit = "steps",
                          .mode = invocation.global.progress},
                         clock,
                         cli::ProgressTarget::standard_error()};
  ThreadPool pool{static_cast<std::size_t>(threads)};
  GridOptions options;
  options.pool = &pool;
  options.threads = static_cast<std::uint32_t>(threads);
  options.stop = [&signal] { return signal.stop_requested(); };
  options.progress = [&](std::size_t done, const std::string& what) {
    progress.update(done);
    progress.note(what);
  };
  GS_TRY(const auto report, run_grid(grid, command, options));
  progress.update(steps);
  progress.finish();
  if (invocation.arguments.has("report")) {
    GS_CHECK(write_report(report, grid_page(report), invocation.arguments.text("report")));
  }
  print(invocation, report, grid_text(report));
  return report.at("passed").as_bool() ? cli::ExitCode::ok : cli::ExitCode::failed;
}

Result<cli::ExitCode> run_on_data(const cli::Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const std::filesystem::path file{arguments.text("scenario")};
  for (const char* name : {"seeds", "count"}) {
    if (arguments.has(name)) {
      return Error{BaseErrc::invalid_argument,
                   "--" + std::string{name} + " is for scenarios of faults; here: --seed N"};
    }
  }
  GS_TRY(const auto settings, settings_of(invocation));
  ModelReport report;
  GS_TRY(report.scenario, load_model_scenario(file, settings));
  report.command = command_of("run", file, settings);
  const auto& sweep = report.scenario.sweep;
  const auto steps = steps_of(report.scenario);
  if (!sweep.key.empty() && !arguments.has("no-sweep")) {
    const Grid grid{file, {{sweep.key, sweep.values}}, settings};
    return run_grid_and_write(invocation, grid, report.command, steps * sweep.values.size());
  }
  GS_TRY(const auto threads, arguments.integer("threads", 0, 256));
  GS_TRY(const auto signal, cli::StopSignal::install());
  const SystemClock clock;
  cli::Progress progress{{.label = report.scenario.name,
                          .total = steps,
                          .unit = "steps",
                          .mode = invocation.global.progress},
                         clock,
                         cli::ProgressTarget::standard_error()};
  GS_TRY(const auto source,
         read_retail_source(report.scenario.transactions.empty() ? bundled_transactions()
                                                                 : report.scenario.transactions));
  ThreadPool pool{static_cast<std::size_t>(threads)};
  ModelRunOptions options;
  std::uint64_t done = 0;
  options.pool = &pool;
  options.stop = [&signal] { return signal.stop_requested(); };
  options.before_step = [&](std::string_view what) {
    progress.update(done++);
    progress.note(std::string{what});
  };
  GS_TRY(report.run, run_model_scenario(report.scenario, source, options));
  progress.update(steps);
  progress.finish();
  const auto object = to_json(report);
  if (arguments.has("report")) {
    GS_CHECK(write_report(object, model_report_page(object), arguments.text("report")));
  }
  print(invocation, object, to_text(report));
  return object.at("passed").as_bool() ? cli::ExitCode::ok : cli::ExitCode::failed;
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (true) {
    const auto comma = text.find(',', from);
    parts.push_back(text.substr(from, comma - from));
    if (comma == std::string::npos) return parts;
    from = comma + 1;
  }
}

/// What has no way to share its work must not be done by each rank.
Result<> refuse_ranks() {
  GS_TRY(const auto ranks, join_ranks());
  if (ranks->size() == 1) return {};
  return Error{BaseErrc::invalid_argument,
               "only runs of fault scenarios share their work: start this one without mpirun"};
}

Result<cli::ExitCode> run_sweep(const cli::Invocation& invocation) {
  GS_CHECK(refuse_ranks());
  Grid grid;
  grid.scenario = invocation.arguments.text("scenario");
  for (const auto& [key, value] : invocation.global.settings) {
    if (value.find(',') == std::string::npos) {
      grid.fixed.emplace_back(key, value);
    } else {
      grid.axes.push_back({key, parts_of(value)});
    }
  }
  GS_TRY(const auto points, points_of(grid));
  GS_TRY(const bool on_data, is_model_scenario(grid.scenario));
  std::size_t each = 0;
  if (on_data) {
    GS_TRY(const auto scenario, load_model_scenario(grid.scenario, grid.fixed));
    each = steps_of(scenario);
  } else {
    GS_TRY(const auto scenario, load_scenario(grid.scenario, grid.fixed));
    each = scenario.seeds;
  }
  return run_grid_and_write(invocation, grid,
                            command_of("sweep", grid.scenario, invocation.global.settings),
                            points * each);
}

/// The comment at the head of a file, as one line.
std::string head_comment(std::string_view text) {
  std::string comment;
  while (text.starts_with('#')) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(1, end - 1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    comment += (comment.empty() ? "" : " ") + std::string{line};
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return comment;
}

Result<cli::ExitCode> run_list(const cli::Invocation& invocation) {
  const auto directory = invocation.arguments.has("directory")
                             ? std::filesystem::path{invocation.arguments.text("directory")}
                             : kLibrary;
  GS_TRY(const auto entries, list_scenarios(directory));
  cli::Table table{{{"scenario"}, {"kind"}, {"what"}}};
  boost::json::array list;
  for (const auto& entry : entries) {
    const std::string kind = entry.on_data ? "data" : "faults";
    table.add_row({entry.name, kind, entry.about});
    list.push_back({{"scenario", entry.name}, {"kind", kind}, {"about", entry.about}});
  }
  print(invocation, {{"scenarios", std::move(list)}}, table.text());
  return cli::ExitCode::ok;
}

}  // namespace

Result<std::vector<LibraryEntry>> list_scenarios(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{directory, error}) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  if (error) return os_error(error.value(), "listing", directory);
  std::ranges::sort(files);
  std::vector<LibraryEntry> entries;
  for (const auto& file : files) {
    GS_TRY(const bool on_data, is_model_scenario(file));
    if (on_data) {
      GS_CHECK(load_model_scenario(file));
    } else {
      GS_CHECK(load_scenario(file));
    }
    GS_TRY(const auto text, read_text_file(file, kScenarioBytesMax));
    entries.push_back({file.stem().string(), head_comment(text), on_data});
  }
  return entries;
}

cli::Command scenario_run_command() {
  auto command = run_command();
  command.summary = "Run a scenario: the production code under faults, or a model on real data";
  command.examples.push_back("run simulations/scenarios/retail-country.toml --report out");
  command.run = [faults = command.run](const cli::Invocation& invocation) -> Result<cli::ExitCode> {
    GS_TRY(const bool on_data, is_model_scenario(invocation.arguments.text("scenario")));
    if (!on_data) return faults(invocation);
    if (invocation.arguments.has("arithmetic-only")) {
      return Error{BaseErrc::invalid_argument,
                   "--arithmetic-only is for scenarios of faults; this one says itself which of "
                   "its sums are masked"};
    }
    GS_CHECK(refuse_ranks());
    return run_on_data(invocation);
  };
  return command;
}

cli::Command sweep_command() {
  return {.words = "sweep",
          .summary = "Run a scenario for every combination of some of its values",
          .options = {{.name = "report",
                       .value_name = "DIR",
                       .help = "Write report.json and report.html here, when all is done",
                       .required = true},
                      {.name = "threads",
                       .value_name = "N",
                       .help = "0 = one per processor",
                       .default_value = "0"}},
          .positionals = {{.name = "scenario",
                           .help = "A file of simulations/scenarios; --set KEY=A,B,C names the "
                                   "values, --set KEY=A fixes one"}},
          .examples = {"sweep simulations/scenarios/retail-country.toml "
                       "--set model.ridge=100,300,500,1000 --report out",
                       "sweep simulations/scenarios/faults.toml --set faults.departure=0,0.2,0.4 "
                       "--set faults.lose_request=0,0.2 --set seeds=20 --report out"},
          .run = run_sweep};
}

cli::Command scenarios_command() {
  return {.words = "scenarios list",
          .summary = "Name and purpose of each scenario of the library",
          .options = {{.name = "directory",
                       .value_name = "DIR",
                       .help = "another directory of scenario files"}},
          .examples = {"scenarios list"},
          .run = run_list};
}

}  // namespace guildsum::simulations
