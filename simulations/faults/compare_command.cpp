#include "simulations/faults/compare_command.hpp"

#include <map>
#include <ostream>
#include <utility>

#include <boost/json.hpp>

#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kReportBytesMax = std::size_t{256} << 20;
constexpr std::size_t kDepthMax = 32;

/// Keys in order, and the value of each.
struct Leaves {
  std::vector<std::string> keys;
  std::map<std::string, std::string> values;
};

void collect(const boost::json::value& value, const std::string& key, Leaves& leaves) {
  if (key.find("seconds") != std::string::npos) return;
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      const std::string name{member.key()};
      collect(member.value(), key.empty() ? name : key + "." + name, leaves);
    }
    return;
  }
  if (const auto* array = value.if_array()) {
    for (std::size_t k = 0; k < array->size(); ++k) {
      collect((*array)[k], key + "[" + std::to_string(k) + "]", leaves);
    }
    return;
  }
  leaves.keys.push_back(key);
  leaves.values[key] = value.is_string() ? std::string{value.as_string()} : json::compact(value);
}

Leaves leaves_of(const boost::json::object& report) {
  Leaves leaves;
  collect(report, {}, leaves);
  return leaves;
}

Result<boost::json::object> read_report(const std::string& path) {
  GS_TRY(const std::string text, read_text_file(path, kReportBytesMax));
  auto report = json::parse_object(text, {kReportBytesMax, kDepthMax});
  if (!report) return report.error().with_context(path);
  if (!json::has(*report, "report")) {
    return Error{BaseErrc::malformed, path + " is no report of `guildsum-simulate run`"};
  }
  return report;
}

Result<cli::ExitCode> compare(const cli::Invocation& invocation) {
  GS_TRY(const auto first, read_report(invocation.arguments.text("first")));
  GS_TRY(const auto second, read_report(invocation.arguments.text("second")));
  const auto differences = compare_reports(first, second);
  if (invocation.global.format != cli::OutputFormat::text) {
    boost::json::array list;
    for (const ReportDifference& one : differences) {
      list.push_back({{"key", one.key}, {"first", one.first}, {"second", one.second}});
    }
    const boost::json::object answer{{"same", differences.empty()}, {"differences", list}};
    invocation.out << json::compact(answer) << '\n';
    return cli::ExitCode::ok;
  }
  if (differences.empty()) {
    invocation.out << "the reports are the same\n";
    return cli::ExitCode::ok;
  }
  cli::Table table{{{"value"}, {"first"}, {"second"}}};
  for (const ReportDifference& one : differences) table.add_row({one.key, one.first, one.second});
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

}  // namespace

std::vector<ReportDifference> compare_reports(const boost::json::object& first,
                                              const boost::json::object& second) {
  const Leaves a = leaves_of(first);
  const Leaves b = leaves_of(second);
  const auto value_in = [](const Leaves& leaves, const std::string& key) {
    const auto found = leaves.values.find(key);
    return found == leaves.values.end() ? std::string{} : found->second;
  };
  std::vector<ReportDifference> differences;
  for (const std::string& key : a.keys) {
    const std::string other = value_in(b, key);
    if (other != a.values.at(key)) differences.push_back({key, a.values.at(key), other});
  }
  for (const std::string& key : b.keys) {
    if (!a.values.contains(key)) differences.push_back({key, {}, b.values.at(key)});
  }
  return differences;
}

cli::Command compare_command() {
  return {.words = "compare",
          .summary = "Two reports of `run`, value by value",
          .positionals = {{.name = "first", .help = "A report.json"},
                          {.name = "second", .help = "Another one"}},
          .examples = {"compare before/report.json after/report.json"},
          .run = compare};
}

}  // namespace guildsum::simulations
