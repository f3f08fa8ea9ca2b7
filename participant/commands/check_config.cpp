#include <boost/json.hpp>

#include "base/cli/table.hpp"
#include "base/json.hpp"
#include "participant/commands/commands.hpp"
#include "participant/config.hpp"

namespace guildsum::participant {
namespace {

Result<cli::ExitCode> check_config(const cli::Invocation& invocation) {
  GS_TRY(const ReadConfig read, read_config(config_sources(invocation.global)));
  if (invocation.global.format != cli::OutputFormat::text) {
    boost::json::object document;
    for (const auto& value : read.effective) {
      document[value.key] = boost::json::object{{"value", value.value}, {"origin", value.origin}};
    }
    invocation.out << json::pretty(document) << "\n";
    return cli::ExitCode::ok;
  }
  if (invocation.arguments.has("effective")) {
    cli::Table table{{{.title = "key"}, {.title = "value"}, {.title = "from"}}};
    for (const auto& value : read.effective) table.add_row({value.key, value.value, value.origin});
    invocation.out << table.text();
  }
  if (read.config.sources.empty()) {
    invocation.err << "warning: no [source.NAME]: the shop has nothing to contribute\n";
  }
  invocation.err << "the configuration is good\n";
  return cli::ExitCode::ok;
}

}  // namespace

cli::Command check_config_command() {
  cli::Command command;
  command.words = "check-config";
  command.summary =
      "Check the configuration and, with --effective, show where each value comes from";
  command.options = {{.name = "effective", .help = "Print every value with its origin"}};
  command.examples = {"check-config --effective"};
  command.run = check_config;
  return command;
}

}  // namespace guildsum::participant
