#include <ostream>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/cli/location.hpp"
#include "coordinator/cli/print.hpp"
#include "coordinator/cli/watch.hpp"
#include "models/task_plan.hpp"

namespace guildsum::coordinator {

namespace {

Result<cli::ExitCode> start(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  boost::json::object settings;
  for (const auto& [key, value] : invocation.global.settings) settings[key] = value;
  for (const char* key : {"versions", "ridge", "blend"}) {
    if (invocation.arguments.has(key)) settings[key] = invocation.arguments.text(key);
  }
  const boost::json::object body{{"kind", invocation.arguments.text("task")},
                                 {"settings", std::move(settings)},
                                 {"anew", invocation.arguments.has("anew")}};
  GS_TRY(const auto answer, client.post("/v1/tasks", body));
  GS_TRY(const auto* task, json::object_at(answer, "task"));
  const std::uint64_t number = number_of(*task, "task");
  invocation.err << "task " << number << " (" << text_of(*task, "kind")
                 << ") started: " << text_of(*task, "sums_total") << " secure sums";
  if (number_of(*task, "continues_task") > 0) {
    invocation.err << " of what changed since the model of the lineage of task "
                   << number_of(*task, "continues_task");
  }
  invocation.err << '\n';
  if (invocation.arguments.has("wait")) return watch_task(invocation, client, number);
  if (!print_as_json(invocation, *task)) invocation.out << number << '\n';
  return cli::ExitCode::ok;
}

std::string outcome_of(const boost::json::object& round) {
  const auto* reason = round.if_contains("reason");
  if (reason != nullptr && reason->is_object()) return text_of(reason->as_object(), "text");
  if (text_of(round, "status") == "running") return text_of(round, "phase");
  std::string text = text_of(round, "survivor_count") + " shops in the sum";
  const std::string recovered = text_of(round, "recovered");
  if (recovered != "-") text += ", masks of " + recovered + " recovered";
  return text;
}

Result<cli::ExitCode> list(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const auto answer, client.get("/v1/rounds"));
  if (print_as_json(invocation, answer, "rounds")) return cli::ExitCode::ok;
  using Align = cli::Table::Align;
  cli::Table table{{{"round", Align::right},
                    {"attempt", Align::right},
                    {"task", Align::right},
                    {"step"},
                    {"values", Align::right},
                    {"status"},
                    {"outcome"}}};
  for (const auto& row : array_of(answer, "rounds")) {
    const auto& round = row.as_object();
    table.add_row({text_of(round, "round"), std::to_string(number_of(round, "attempt") + 1),
                   text_of(round, "task"), text_of(round, "step"),
                   cli::format_count(number_of(round, "values")), text_of(round, "status"),
                   outcome_of(round)});
  }
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

std::string step_of(const boost::json::object& round) {
  std::string text = text_of(round, "step") + " " + text_of(round, "step_number") + " of task " +
                     text_of(round, "task");
  const auto* delta = round.if_contains("delta");
  if (delta == nullptr || *delta != true) return text;
  return text + ", the change since step " + std::to_string(number_of(round, "step_number") - 1);
}

void print_round(const cli::Invocation& invocation, const boost::json::object& round) {
  cli::Table facts{{{"field"}, {"value"}}};
  facts.add_row({"round", text_of(round, "round") + ", attempt " +
                              std::to_string(number_of(round, "attempt") + 1)});
  facts.add_row({"step", step_of(round)});
  facts.add_row({"status", text_of(round, "status") + ", " + outcome_of(round)});
  facts.add_row({"waiting for", text_of(round, "waiting_for")});
  facts.add_row({"vector", cli::format_count(number_of(round, "values")) + " values of " +
                               text_of(round, "ring_bits") + " bits"});
  facts.add_row({"sum", text_of(round, "sum")});
  facts.add_row({"model root", text_of(round, "model_root")});
  facts.add_row({"transcript", text_of(round, "transcript")});
  facts.add_row({"started", minute_of(round, "started_at")});
  facts.add_row({"ended", minute_of(round, "ended_at")});
  invocation.out << facts.text() << '\n';
  cli::Table shops{{{"shop"}, {"progress"}}};
  for (const auto& row : array_of(round, "shops")) {
    const auto& shop = row.as_object();
    shops.add_row({text_of(shop, "name"), text_of(shop, "progress")});
  }
  invocation.out << shops.text();
  if (array_of(round, "refusals").empty()) return;
  cli::Table refusals{{{"refused by"}, {"attempt"}, {"code"}, {"at"}}};
  for (const auto& row : array_of(round, "refusals")) {
    const auto& refusal = row.as_object();
    refusals.add_row({text_of(refusal, "name"), std::to_string(number_of(refusal, "attempt") + 1),
                      text_of(refusal, "code"), minute_of(refusal, "at")});
  }
  invocation.out << '\n' << refusals.text();
}

Result<cli::ExitCode> show(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const std::int64_t number, invocation.arguments.integer("ROUND", 1));
  const std::string path = "/v1/rounds/" + std::to_string(number);
  GS_TRY(const auto round, client.get(path));
  if (invocation.arguments.has("sum")) {
    const std::string& file = invocation.arguments.text("sum");
    GS_TRY(const std::uint64_t bytes, client.download(path + "/sum", file));
    invocation.err << "wrote " << cli::format_bytes(bytes) << " to " << file << '\n';
  }
  if (!print_as_json(invocation, round)) print_round(invocation, round);
  return cli::ExitCode::ok;
}

Result<cli::ExitCode> watch(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  if (invocation.arguments.has("task")) {
    GS_TRY(const std::int64_t number, invocation.arguments.integer("task", 1));
    return watch_task(invocation, client, static_cast<std::uint64_t>(number));
  }
  GS_TRY(const auto answer, client.get("/v1/tasks"));
  const auto& tasks = array_of(answer, "tasks");
  if (tasks.empty()) return Error{BaseErrc::not_found, "no task was started yet"};
  return watch_task(invocation, client, number_of(tasks.back().as_object(), "task"));
}

}  // namespace

std::vector<cli::Command> round_commands() {
  return {
      {.words = "round start",
       .summary = "Start a training task; prints its number. --set KEY=VALUE changes its plan.",
       .options = {directory_option(),
                   {.name = "task",
                    .value_name = "KIND",
                    .help = models::task_kind_choice(),
                    .required = true},
                   {.name = "anew",
                    .help = "a new lineage, which the shops' owners approve; without it an EASE "
                            "model is updated by what changed"},
                   {.name = "versions",
                    .value_name = "LIST",
                    .help = "evaluation: what is measured, as 3,4; default: the newest of each "
                            "kind"},
                   {.name = "ridge",
                    .value_name = "LIST",
                    .help = "evaluation: further ridges of EASE, as 300,500"},
                   {.name = "blend",
                    .value_name = "LIST",
                    .help = "evaluation: weights of iALS beside EASE, as 0.3,0.5"},
                   {.name = "wait", .help = "follow it to its end, as `round watch`"}},
       .examples = {"round start --task ease --wait",
                    "round start --task ials --set factors=128 --set epochs=6",
                    "round start --task evaluation --ridge 300,700 --blend 0.3,0.5"},
       .run = start},
      {.words = "round list",
       .summary = "List the rounds with their outcome.",
       .options = {directory_option()},
       .run = list},
      {.words = "round show",
       .summary = "Show one round: who is how far, what came out.",
       .options = {directory_option(),
                   {.name = "sum", .value_name = "FILE", .help = "also write the packed sum"}},
       .positionals = {{.name = "ROUND", .help = "from `round list`"}},
       .run = show},
      {.words = "round watch",
       .summary = "Follow a task to its end; fails if the task does.",
       .options = {directory_option(),
                   {.name = "task", .value_name = "NUMBER", .help = "default: the newest"}},
       .run = watch},
  };
}

}  // namespace guildsum::coordinator
