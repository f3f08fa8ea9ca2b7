#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/cli/table.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "participant/commands/commands.hpp"
#include "participant/errors.hpp"
#include "participant/membership.hpp"
#include "participant/source/intake.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kRowsShown = 5;

boost::json::array events_json(const std::vector<CheckedEvent>& events) {
  boost::json::array out;
  for (const CheckedEvent& row : events) {
    out.push_back(boost::json::object{{"at", row.place.file + ":" + std::to_string(row.place.line)},
                                      {"customer", row.event.customer},
                                      {"item", row.event.item},
                                      {"time", to_rfc3339(row.event.time)},
                                      {"quantity", row.event.quantity},
                                      {"order", row.event.order}});
  }
  return out;
}

boost::json::object report_json(const CheckReport& report, bool catalogue_known) {
  boost::json::array sources;
  for (const auto& source : report.intake.sources) sources.push_back(to_json(source));
  boost::json::object out{{"sources", std::move(sources)},
                          {"catalogue_checked", catalogue_known},
                          {"first_rows", events_json(report.first)},
                          {"rejected", report.intake.rejects.total()},
                          {"rejects", to_json(report.intake.rejects)}};
  if (report.intake.holdout) {
    boost::json::object holdout = to_json(*report.intake.holdout);
    holdout["rejects"] = to_json(report.intake.holdout_rejects);
    out["holdout"] = std::move(holdout);
  }
  return out;
}

std::string source_text(const SourceSummary& source) {
  const std::string origin = source.command.empty()
                                 ? " rows in " + std::to_string(source.files.size()) + " file(s), "
                                 : " rows of " + source.command + ", ";
  std::string out = source.name + ": " + cli::format_count(source.rows) + origin +
                    cli::format_count(source.accepted) + " used, " +
                    cli::format_count(source.rows - source.accepted) + " not used\n";
  if (source.compressed_files > 0) {
    out += "  gzip: " + cli::format_count(source.compressed_files) + " file(s)\n";
  }
  const bool has_columns = source.format == SourceFormat::csv;
  for (const auto& [role, field] : source.columns) {
    out += "  " + role + (has_columns ? " = column \"" : " = member \"") + field + "\"\n";
  }
  for (std::size_t i = 0; i < kTimeFormats; ++i) {
    if (source.times[i] == 0) continue;
    out += "  time format: " + std::string{to_string(static_cast<TimeFormat>(i))} + " (" +
           cli::format_count(source.times[i]) + " rows)\n";
  }
  return out;
}

std::string rejects_text(const RejectReport& rejects) {
  std::string out;
  for (std::size_t i = 0; i < kRejectReasons; ++i) {
    const auto reason = static_cast<RejectReason>(i);
    const auto& count = rejects.of(reason);
    if (count.rows == 0) continue;
    out += "  not used, " + std::string{to_string(reason)} + ": " + cli::format_count(count.rows) +
           " (first at " + count.examples.front().file + ":" +
           std::to_string(count.examples.front().line) + ")\n";
  }
  return out;
}

std::string events_text(const std::vector<CheckedEvent>& events) {
  cli::Table table{{{.title = "line"},
                    {.title = "customer"},
                    {.title = "item"},
                    {.title = "time"},
                    {.title = "quantity", .align = cli::Table::Align::right},
                    {.title = "order"}}};
  for (const CheckedEvent& row : events) {
    table.add_row({std::to_string(row.place.line), row.event.customer, row.event.item,
                   to_rfc3339(row.event.time), cli::format_fixed(row.event.quantity, 0),
                   row.event.order});
  }
  return table.text();
}

void print_text(const CheckReport& report, bool catalogue_known, std::ostream& out) {
  for (const auto& source : report.intake.sources) out << source_text(source);
  out << rejects_text(report.intake.rejects);
  if (report.intake.holdout) {
    out << source_text(*report.intake.holdout) << rejects_text(report.intake.holdout_rejects);
  }
  if (!catalogue_known) {
    out << "  items were not compared with a list of the federation: one that is published arrives "
           "with "
           "`join`\n";
  }
  out << "\n" << events_text(report.first);
}

Result<cli::ExitCode> check_data(const cli::Invocation& invocation) {
  GS_TRY(const Config config, load_config(invocation.global));
  const AgentPaths paths{config.dir};
  std::optional<models::Vocabulary> vocabulary;
  if (const auto membership = Membership::load(paths)) {
    if (!membership->has_private_vocabulary()) {
      GS_TRY(vocabulary, membership->vocabulary());
    }
  } else if (!(membership.error() == ParticipantErrc::not_enrolled)) {
    return membership.error();
  }
  // What a command writes waits there to be read.
  GS_CHECK(make_private_directory(paths.dir));
  GS_TRY(const auto report, check_sources(config, vocabulary ? &*vocabulary : nullptr, kRowsShown));
  GS_CHECK(report.intake.rejects.write_csv(paths.rejects()));
  if (invocation.global.format == cli::OutputFormat::text) {
    print_text(report, vocabulary.has_value(), invocation.out);
    if (report.intake.rejects.total() > 0) {
      invocation.err << "every row that is not used: " << paths.rejects().string() << "\n";
    }
  } else {
    const auto document = report_json(report, vocabulary.has_value());
    const bool pretty = invocation.global.format == cli::OutputFormat::json;
    invocation.out << (pretty ? json::pretty(document) : json::compact(document)) << "\n";
  }
  std::uint64_t accepted = 0;
  for (const auto& source : report.intake.sources) accepted += source.accepted;
  return accepted > 0 ? cli::ExitCode::ok : cli::ExitCode::bad_data;
}

}  // namespace

cli::Command check_data_command() {
  cli::Command command;
  command.words = "check-data";
  command.summary = "Read the sources without keeping anything and report what would be used";
  command.examples = {"check-data", "check-data --format json"};
  command.run = check_data;
  return command;
}

}  // namespace guildsum::participant
