#include <ostream>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/cli/location.hpp"
#include "coordinator/cli/print.hpp"

namespace guildsum::coordinator {

namespace {

Result<std::string> model_path(const cli::Invocation& invocation) {
  GS_TRY(const std::int64_t version, invocation.arguments.integer("VERSION", 1));
  return "/v1/models/" + std::to_string(version);
}

Result<cli::ExitCode> list(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const auto answer, client.get("/v1/models"));
  if (print_as_json(invocation, answer, "models")) return cli::ExitCode::ok;
  using Align = cli::Table::Align;
  cli::Table table{{{"version", Align::right},
                    {"kind"},
                    {"task", Align::right},
                    {"shops", Align::right},
                    {"released"},
                    {"blob"}}};
  for (const auto& row : array_of(answer, "models")) {
    const auto& model = row.as_object();
    table.add_row({text_of(model, "version"), text_of(model, "kind"), text_of(model, "task"),
                   text_of(model, "survivor_count"), minute_of(model, "created_at"),
                   text_of(model, "blob").substr(0, 16)});
  }
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> show(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const std::string path, model_path(invocation));
  GS_TRY(const auto model, client.get(path));
  if (print_as_json(invocation, model)) return cli::ExitCode::ok;
  cli::Table table{{{"field"}, {"value"}}};
  table.add_row({"version", text_of(model, "version")});
  table.add_row({"kind", text_of(model, "kind")});
  table.add_row({"released", minute_of(model, "created_at")});
  table.add_row({"from", "task " + text_of(model, "task") + ", round " + text_of(model, "round") +
                             ", " + text_of(model, "survivor_count") + " shops"});
  table.add_row({"size", cli::format_bytes(number_of(model, "bytes"))});
  table.add_row({"blob", text_of(model, "blob")});
  table.add_row({"lineage", text_of(model, "lineage")});
  table.add_row({"training plan", text_of(model, "training_plan")});
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> export_model(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const std::string path, model_path(invocation));
  const std::string& file = invocation.arguments.text("output");
  GS_TRY(const std::uint64_t bytes, client.download(path + "/blob", file));
  invocation.err << "wrote " << cli::format_bytes(bytes) << " to " << file << '\n';
  return cli::ExitCode::ok;
}

}  // namespace

std::vector<cli::Command> model_commands() {
  const cli::Positional version{.name = "VERSION", .help = "from `model list`"};
  return {
      {.words = "model list",
       .summary = "List the released models.",
       .options = {directory_option()},
       .run = list},
      {.words = "model show",
       .summary = "Show one model and where it comes from.",
       .options = {directory_option()},
       .positionals = {version},
       .run = show},
      {.words = "model export",
       .summary = "Write a model's checkpoint to a file.",
       .options = {directory_option(),
                   {.name = "output", .value_name = "FILE", .help = "where to", .required = true}},
       .positionals = {version},
       .examples = {"model export 2 --output ease.model"},
       .run = export_model},
  };
}

}  // namespace guildsum::coordinator
