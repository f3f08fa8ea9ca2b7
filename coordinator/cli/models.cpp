#include <ostream>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "coordinator/cli/admin_client.hpp"
#include "coordinator/cli/commands.hpp"
#include "coordinator/cli/location.hpp"
#include "coordinator/cli/print.hpp"
#include "models/model_card.hpp"

namespace guildsum::coordinator {

namespace {

Result<std::string> model_path(const cli::Invocation& invocation) {
  GS_TRY(const std::int64_t version, invocation.arguments.integer("VERSION", 1));
  return "/v1/models/" + std::to_string(version);
}

/// "0.0862 +- 0.0031", "-" without figures.
std::string figure(const boost::json::object& figures, std::string_view name,
                   std::string_view error) {
  const auto* value = figures.if_contains(name);
  const auto* spread = figures.if_contains(error);
  if (value == nullptr || spread == nullptr || !value->is_number()) return "-";
  return cli::format_fixed(value->to_number<double>(), 4) + " +- " +
         cli::format_fixed(spread->to_number<double>(), 4);
}

std::string ndcg_of(const boost::json::object& figures) {
  return figure(figures, "ndcg_at_20", "ndcg_error");
}

std::string recall_of(const boost::json::object& figures) {
  return figure(figures, "recall_at_20", "recall_error");
}

/// A member that is an object; null where it is not.
const boost::json::object* part_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
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
                    {"NDCG@20"},
                    {"released"},
                    {"blob"}}};
  for (const auto& row : array_of(answer, "models")) {
    const auto& model = row.as_object();
    const auto* quality = part_of(model, "quality");
    table.add_row({text_of(model, "version"), text_of(model, "kind"), text_of(model, "task"),
                   text_of(model, "survivor_count"), quality ? ndcg_of(*quality) : "-",
                   minute_of(model, "created_at"), text_of(model, "blob").substr(0, 16)});
  }
  invocation.out << table.text();
  return cli::ExitCode::ok;
}

/// What an evaluation found, one row per candidate.
std::string evaluation_text(const boost::json::object& evaluation) {
  if (number_of(evaluation, "measured") == 0) {
    return "Nothing was measured: " + text_of(evaluation, "held_out") + " customers of " +
           text_of(evaluation, "shops") + " shops have held-out purchases; it takes " +
           text_of(evaluation, "customers_min") + " customers of " +
           text_of(evaluation, "shops_min") + " shops.\n";
  }
  using Align = cli::Table::Align;
  cli::Table table{
      {{"candidate"}, {"NDCG@20"}, {"recall@20"}, {"better alone", Align::right}, {""}}};
  for (const auto& row : array_of(evaluation, "candidates")) {
    const auto& candidate = row.as_object();
    const auto* best = candidate.if_contains("best");
    table.add_row({text_of(candidate, "name"), ndcg_of(candidate), recall_of(candidate),
                   text_of(candidate, "shops_worse") + " of " + text_of(candidate, "shops"),
                   best != nullptr && *best == true ? "best" : ""});
  }
  if (const auto* alone = part_of(evaluation, "alone")) {
    table.add_row({"each shop alone", ndcg_of(*alone), recall_of(*alone), "", ""});
  }
  return "Measured on held-out purchases of " + text_of(evaluation, "measured") + " customers of " +
         text_of(evaluation, "shops") + " shops:\n" + table.text();
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
  if (const auto* quality = part_of(model, "quality")) {
    table.add_row({"quality", "NDCG@20 " + ndcg_of(*quality) + ", recall@20 " +
                                  recall_of(*quality) + ", " + text_of(*quality, "customers") +
                                  " customers, evaluation " + text_of(*quality, "evaluation")});
  }
  table.add_row({"size", cli::format_bytes(number_of(model, "bytes"))});
  table.add_row({"blob", text_of(model, "blob")});
  table.add_row({"lineage", text_of(model, "lineage")});
  table.add_row({"training plan", text_of(model, "training_plan")});
  invocation.out << table.text();
  if (const auto* evaluation = part_of(model, "evaluation")) {
    invocation.out << '\n' << evaluation_text(*evaluation);
  }
  return cli::ExitCode::ok;
}

/// The newest evaluation that measured something.
Result<boost::json::object> newest_evaluation(AdminClient& client) {
  GS_TRY(const auto answer, client.get("/v1/models"));
  const auto& models = array_of(answer, "models");
  for (auto model = models.rbegin(); model != models.rend(); ++model) {
    const auto* evaluation = part_of(model->as_object(), "evaluation");
    if (evaluation == nullptr || number_of(*evaluation, "measured") == 0) continue;
    boost::json::object out = *evaluation;
    out["evaluation"] = model->as_object().at("version");
    return out;
  }
  return Error{BaseErrc::not_found,
               "nothing was evaluated yet; run: round start --task evaluation"};
}

Result<cli::ExitCode> best(const cli::Invocation& invocation) {
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const auto evaluation, newest_evaluation(client));
  for (const auto& row : array_of(evaluation, "candidates")) {
    boost::json::object candidate = row.as_object();
    if (candidate.at("best") != true) continue;
    candidate["evaluation"] = evaluation.at("evaluation");
    candidate["customers"] = evaluation.at("measured");
    if (print_as_json(invocation, candidate)) return cli::ExitCode::ok;
    invocation.out << text_of(candidate, "name") << ": NDCG@20 " << ndcg_of(candidate) << " over "
                   << text_of(candidate, "customers") << " customers, evaluation "
                   << text_of(candidate, "evaluation") << '\n';
    return cli::ExitCode::ok;
  }
  return Error{BaseErrc::corrupt, "an evaluation without a best candidate"};
}

Result<cli::ExitCode> card(const cli::Invocation& invocation) {
  const bool page = invocation.arguments.has("html");
  if (page && invocation.arguments.has("json")) {
    return Error{BaseErrc::invalid_argument, "--html or --json, not both"};
  }
  GS_TRY(auto client, AdminClient::open(invocation));
  GS_TRY(const std::string path, model_path(invocation));
  GS_TRY(const auto document, client.get(path + "/card"));
  GS_CHECK(models::check_model_card(document));
  const std::string text = page ? models::model_card_page(document) : json::pretty(document) + "\n";
  if (!invocation.arguments.has("out")) {
    invocation.out << text;
    return cli::ExitCode::ok;
  }
  const std::string& file = invocation.arguments.text("out");
  GS_CHECK(write_file_atomically(file, as_bytes(text)));
  invocation.err << "wrote " << cli::format_bytes(text.size()) << " to " << file << '\n';
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
       .summary = "List the released models with their quality.",
       .options = {directory_option()},
       .run = list},
      {.words = "model show",
       .summary = "Show one model, where it comes from and how good it is.",
       .options = {directory_option()},
       .positionals = {version},
       .run = show},
      {.words = "model best",
       .summary = "Name the best candidate of the newest evaluation.",
       .options = {directory_option()},
       .run = best},
      {.words = "model card",
       .summary = "Print the model card of an evaluated version.",
       .options = {directory_option(),
                   {.name = "html", .help = "a page for people"},
                   {.name = "json", .help = "the same as JSON (the default)"},
                   {.name = "out", .value_name = "FILE", .help = "write it there"}},
       .positionals = {version},
       .examples = {"model card 2 --html --out ease.html"},
       .run = card},
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
