#include "base/cli/help.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/cli/format.hpp"

namespace guildsum::cli::detail {
namespace {

constexpr std::size_t kLineColumns = 100;
/// Longer left sides get a line of their own.
constexpr std::size_t kLeftColumnsMax = 34;

using Entry = std::pair<std::string, std::string>;

/// Breaks at spaces so that each line has at most `columns` columns; a longer word stays whole.
std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines{{}};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string& line = lines.back();
    if (!line.empty() && display_width(line) + 1 + display_width(word) > columns) {
      lines.emplace_back(word);
      continue;
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  return lines;
}

std::string section(const std::string& title, const std::vector<Entry>& entries) {
  if (entries.empty()) return {};
  std::size_t left = 0;
  for (const Entry& entry : entries) left = std::max(left, display_width(entry.first));
  left = std::min(left, kLeftColumnsMax) + 4;
  std::string out = "\n" + title + ":\n";
  for (const auto& [name, explanation] : entries) {
    std::string line = "  " + name;
    const auto lines = wrap(explanation, kLineColumns - left);
    std::size_t first = 0;
    if (display_width(line) + 2 <= left) {
      line.append(left - display_width(line), ' ');
      line += lines[first++];
    }
    out += line + '\n';
    for (; first < lines.size(); ++first) out += std::string(left, ' ') + lines[first] + '\n';
  }
  return out;
}

std::string usage_of(const Positional& positional) {
  const std::string name = positional.repeated ? positional.name + "..." : positional.name;
  return positional.required ? name : "[" + name + "]";
}

std::string usage_of(const Command& command) {
  std::string usage = command.words;
  for (const Positional& positional : command.positionals) usage += " " + usage_of(positional);
  return usage;
}

Entry describe(const Option& option) {
  std::string left = "--" + option.name;
  if (!option.value_name.empty()) left += " " + option.value_name;
  std::string right = option.help;
  if (option.required) right += " (required)";
  if (!option.default_value.empty()) right += " (default: " + option.default_value + ")";
  if (option.repeated) right += " (may be repeated)";
  return {std::move(left), std::move(right)};
}

std::vector<Entry> describe_all(std::span<const Option> options) {
  std::vector<Entry> entries;
  for (const Option& option : options) entries.push_back(describe(option));
  return entries;
}

}  // namespace

std::span<const Option> global_options() {
  static const std::array options{
      Option{.name = "config", .value_name = "FILE", .help = "configuration file (TOML)"},
      Option{.name = "set",
             .value_name = "KEY=VALUE",
             .help = "overrides one configuration value, such as server.listen=127.0.0.1:9443",
             .repeated = true},
      Option{.name = "format",
             .value_name = "FORMAT",
             .help = "form of the results on standard output: text, json or jsonl",
             .default_value = "text"},
      Option{.name = "progress",
             .value_name = "MODE",
             .help = "progress on standard error: auto, plain or none",
             .default_value = "auto"},
      Option{.name = "log-format",
             .value_name = "FORMAT",
             .help = "form of the log: text or json",
             .default_value = "text"},
      Option{.name = "help", .help = "explains the program or a command"},
      Option{.name = "version", .help = "prints the version"}};
  return options;
}

std::string program_help(const Program& program, const std::string& group) {
  std::string out = program.name + " " + program.version + ": " + program.summary +
                    "\n\nUsage: " + program.name + " " + (group.empty() ? "" : group + " ") +
                    "COMMAND [arguments] [options]\n";
  std::vector<Entry> commands;
  for (const Command& command : program.commands) {
    if (!group.empty() && !command.words.starts_with(group + " ")) continue;
    commands.emplace_back(usage_of(command), command.summary);
  }
  out += section("Commands", commands);
  out += section("Options of every command", describe_all(global_options()));
  out +=
      "\n`" + program.name + " COMMAND --help` explains one command and shows examples.\n" +
      "Exit codes: 0 ok, 1 failed, 2 usage, 3 unreachable, 4 not authorised, 5 bad configuration,\n"
      "6 bad data, 7 refused for privacy, 8 timed out, 9 version mismatch, 130 interrupted.\n";
  return out;
}

std::string command_help(const Program& program, const Command& command) {
  std::string out =
      command.summary + "\n\nUsage: " + program.name + " " + usage_of(command) + " [options]\n";
  std::vector<Entry> positionals;
  for (const Positional& positional : command.positionals) {
    positionals.emplace_back(positional.name, positional.help);
  }
  out += section("Arguments", positionals);
  out += section("Options", describe_all(command.options));
  out += section("Options of every command", describe_all(global_options()));
  if (!command.examples.empty()) out += "\nExamples:\n";
  for (const std::string& example : command.examples) {
    out += "  " + program.name + " " + example + "\n";
  }
  return out;
}

}  // namespace guildsum::cli::detail
