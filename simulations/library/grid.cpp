#include "simulations/library/grid.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "simulations/faults/report.hpp"
#include "simulations/library/model_report.hpp"
#include "simulations/prepare.hpp"

namespace guildsum::simulations {
namespace {

namespace json = boost::json;

constexpr std::size_t kPointsMax = 1'000;

/// The settings of point `number`.
config::Settings settings_of(const Grid& grid, std::size_t number) {
  config::Settings settings;
  for (auto axis = grid.axes.rbegin(); axis != grid.axes.rend(); ++axis) {
    settings.insert(settings.begin(), {axis->key, axis->values[number % axis->values.size()]});
    number /= axis->values.size();
  }
  return settings;
}

json::object total_bytes(const json::array& phases) {
  std::uint64_t up = 0;
  std::uint64_t down = 0;
  for (const auto& value : phases) {
    up += value.as_object().at("bytes_up").to_number<std::uint64_t>();
    down += value.as_object().at("bytes_down").to_number<std::uint64_t>();
  }
  return {{"bytes_up", up}, {"bytes_down", down}};
}

/// What a table over many points shows of one.
json::object figures_of(const json::object& report) {
  json::object figures;
  if (report.at("report").as_string() == "model") {
    for (const auto& value : report.at("models").as_array()) {
      const auto& model = value.as_object();
      figures[model.at("training").as_string()] = model.at("ndcg_at_20");
    }
    for (const auto& member : total_bytes(report.at("phases").as_array())) figures.insert(member);
    figures["ring_bits"] = report.at("secure_sums").as_object().at("ring_bits");
    return figures;
  }
  const auto& points = report.at("points").as_array();
  const auto& totals = points.front().as_object().at("totals").as_object();
  const auto seeds = std::max(1.0, totals.at("seeds").to_number<double>());
  figures["completed"] = totals.at("tasks_completed").to_number<double>() / seeds;
  for (const char* key :
       {"seeds", "attempts", "sums_opened", "shops_counted", "faults", "lies_told",
        "refused_by_shops", "messages"}) {
    figures[key] = totals.at(key);
  }
  return figures;
}

/// The scenario's runs, one after the other; data is read once.
class Points {
 public:
  Points(const Grid& grid, bool on_data, const GridOptions& options)
      : grid_{grid}, on_data_{on_data}, options_{options} {}

  /// Refuses what a run would refuse about its settings.
  Result<std::size_t> steps(const config::Settings& settings) const {
    if (!on_data_) {
      GS_TRY(const auto scenario, load_scenario(grid_.scenario, settings));
      return std::size_t{scenario.seeds};
    }
    GS_TRY(const auto scenario, load_model_scenario(grid_.scenario, settings));
    return steps_of(scenario);
  }

  /// `progress` hears how many steps are done.
  Result<json::object> run(const config::Settings& settings, const std::string& command,
                           const std::function<void(std::size_t, const std::string&)>& progress) {
    return on_data_ ? run_model(settings, command, progress)
                    : run_faults(settings, command, progress);
  }

 private:
  Result<json::object> run_model(
      const config::Settings& settings, const std::string& command,
      const std::function<void(std::size_t, const std::string&)>& progress) {
    ModelReport report;
    GS_TRY(report.scenario, load_model_scenario(grid_.scenario, settings));
    const auto file = report.scenario.transactions.empty() ? bundled_transactions()
                                                           : report.scenario.transactions;
    if (!source_ || file != source_file_) {
      GS_TRY(source_, read_retail_source(file));
      source_file_ = file;
    }
    report.command = command;
    std::size_t done = 0;
    ModelRunOptions options;
    options.pool = options_.pool;
    options.stop = options_.stop;
    options.before_step = [&](std::string_view what) { progress(done++, std::string{what}); };
    GS_TRY(report.run, run_model_scenario(report.scenario, *source_, options));
    return to_json(report);
  }

  Result<json::object> run_faults(
      const config::Settings& settings, const std::string& command,
      const std::function<void(std::size_t, const std::string&)>& progress) const {
    FaultReport report;
    GS_TRY(report.scenario, load_scenario(grid_.scenario, settings));
    report.scenario.sweep = {};
    report.command = command;
    report.seeds = report.scenario.seeds;
    CampaignOptions options;
    options.count = report.seeds;
    options.threads = options_.threads;
    options.stop = options_.stop;
    options.progress = [&](std::uint64_t done) { progress(done, "seeds"); };
    const auto started = std::chrono::steady_clock::now();
    GS_TRY(auto campaign, run_campaign(report.scenario, options));
    report.points.push_back({0, std::move(campaign)});
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return to_json(report);
  }

  const Grid& grid_;
  bool on_data_;
  const GridOptions& options_;
  std::optional<RetailSource> source_;
  std::filesystem::path source_file_;
};

json::array axes_of(const Grid& grid) {
  json::array axes;
  for (const auto& axis : grid.axes) {
    axes.push_back({{"key", axis.key}, {"values", json::array(axis.values.begin(),
                                                              axis.values.end())}});
  }
  return axes;
}

std::string replay(const Grid& grid, const config::Settings& settings) {
  std::string command = "guildsum-simulate run " + grid.scenario.filename().string();
  for (const auto& [key, value] : settings) command += " --set " + key + "=" + value;
  return command + " --no-sweep";
}

}  // namespace

Result<std::size_t> points_of(const Grid& grid) {
  if (grid.axes.empty()) {
    return Error{BaseErrc::invalid_argument,
                 "nothing to sweep: expected --set KEY=A,B,C with more than one value"};
  }
  std::size_t points = 1;
  std::vector<std::string> keys;
  for (const auto& axis : grid.axes) {
    if (std::ranges::find(keys, axis.key) != keys.end()) {
      return Error{BaseErrc::invalid_argument, "--set " + axis.key + " stands twice"};
    }
    keys.push_back(axis.key);
    for (const auto& value : axis.values) {
      if (value.empty() || std::ranges::count(axis.values, value) > 1) {
        return Error{BaseErrc::invalid_argument,
                     "--set " + axis.key + ": '" + value + "' is empty or stands twice"};
      }
    }
    points *= axis.values.size();
    if (points == 0 || points > kPointsMax) {
      return Error{BaseErrc::invalid_argument, "a sweep has from 1 to " +
                                                   cli::format_count(kPointsMax) + " points"};
    }
  }
  return points;
}

Result<json::object> run_grid(const Grid& grid, const std::string& command,
                              const GridOptions& options) {
  const auto started = std::chrono::steady_clock::now();
  GS_TRY(const auto count, points_of(grid));
  GS_TRY(const bool on_data, is_model_scenario(grid.scenario));
  Points points{grid, on_data, options};
  std::vector<config::Settings> all;
  std::vector<std::size_t> steps_before;
  std::size_t steps = 0;
  for (std::size_t k = 0; k < count; ++k) {
    auto settings = grid.fixed;
    for (auto& setting : settings_of(grid, k)) settings.push_back(std::move(setting));
    steps_before.push_back(steps);
    GS_TRY(const auto more, points.steps(settings));
    steps += more;
    all.push_back(std::move(settings));
  }
  json::array entries;
  bool passed = true;
  for (std::size_t k = 0; k < count; ++k) {
    const auto progress = [&](std::size_t done, const std::string& what) {
      if (options.progress) options.progress(steps_before[k] + done, what);
    };
    GS_TRY(auto report, points.run(all[k], replay(grid, all[k]), progress));
    passed = passed && report.at("passed").as_bool();
    json::object settings;
    for (const auto& [key, value] : settings_of(grid, k)) settings[key] = value;
    auto figures = figures_of(report);
    entries.push_back({{"settings", std::move(settings)},
                       {"figures", std::move(figures)},
                       {"report", std::move(report)}});
  }
  return json::object{
      {"report", "sweep"},
      {"scenario", grid.scenario.stem().string()},
      {"command", command},
      {"passed", passed},
      {"axes", axes_of(grid)},
      {"points", std::move(entries)},
      {"seconds",
       std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count()}};
}

std::string grid_text(const json::object& report) {
  const auto& points = report.at("points").as_array();
  std::vector<cli::Table::Column> columns;
  const auto& first = points.front().as_object();
  for (const auto& member : first.at("settings").as_object()) {
    columns.push_back({std::string{member.key()}, cli::Table::Align::right});
  }
  for (const auto& member : first.at("figures").as_object()) {
    columns.push_back({std::string{member.key()}, cli::Table::Align::right});
  }
  cli::Table table{std::move(columns)};
  for (const auto& value : points) {
    std::vector<std::string> cells;
    for (const auto& member : value.as_object().at("settings").as_object()) {
      cells.emplace_back(member.value().as_string());
    }
    for (const auto& member : value.as_object().at("figures").as_object()) {
      cells.push_back(member.value().is_double()
                          ? cli::format_fixed(member.value().get_double(), 5)
                          : cli::format_count(member.value().to_number<std::uint64_t>()));
    }
    table.add_row(std::move(cells));
  }
  return table.text();
}

}  // namespace guildsum::simulations
