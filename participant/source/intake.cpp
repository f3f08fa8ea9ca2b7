#include "participant/source/intake.hpp"

#include <boost/json.hpp>

#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

using Decision = Result<std::optional<RejectReason>>;

constexpr std::optional<RejectReason> kAccepted{};

bool is_listed(const models::Vocabulary* vocabulary, const PurchaseEvent& event) {
  return vocabulary == nullptr || vocabulary->find(event.item).has_value();
}

Result<> read_holdout(const Config& config, const models::Vocabulary* vocabulary,
                      PurchaseStore& store, IntakeReport& report) {
  const auto source = holdout_source(config);
  if (!source) return store.clear_holdout();
  GS_CHECK(store.clear_holdout());
  PurchaseStore::Import import{store, true};
  const auto keep = [&](const PurchaseEvent& event, const RowPlace& place) -> Decision {
    if (!is_listed(vocabulary, event)) return std::optional{RejectReason::not_in_catalogue};
    GS_CHECK(import.add(event, place.file));
    return kAccepted;
  };
  GS_TRY(report.holdout, read_source(*source, keep, report.holdout_rejects));
  return import.finish();
}

std::string described(char delimiter) {
  if (delimiter == '\t') return "tab";
  return delimiter == 0 ? "" : std::string{delimiter};
}

}  // namespace

std::optional<SourceConfig> holdout_source(const Config& config) {
  if (!config.holdout) return std::nullopt;
  SourceConfig source;
  if (!config.sources.empty()) source = config.sources.front();
  source.name = "holdout";
  source.path = *config.holdout;
  source.command.reset();
  return source;
}

Result<IntakeReport> take_in(const Config& config, const models::Vocabulary* vocabulary,
                             PurchaseStore& store) {
  IntakeReport report;
  for (const SourceConfig& source : config.sources) {
    PurchaseStore::Import import{store, false};
    RejectReport& rejects = report.rejects;
    const auto keep = [&](const PurchaseEvent& event, const RowPlace& place) -> Decision {
      if (!is_listed(vocabulary, event)) return std::optional{RejectReason::not_in_catalogue};
      GS_CHECK(import.add(event, place.file));
      return kAccepted;
    };
    GS_TRY(auto summary, read_source(source, keep, rejects));
    GS_CHECK(import.finish());
    report.added += import.added();
    GS_CHECK(store.keep_source(source.name, boost::json::serialize(to_json(summary))));
    report.sources.push_back(std::move(summary));
  }
  GS_CHECK(read_holdout(config, vocabulary, store, report));
  return report;
}

Result<CheckReport> check_sources(const Config& config, const models::Vocabulary* vocabulary,
                                  std::size_t preview) {
  CheckReport report;
  if (config.sources.empty()) {
    return Error{ParticipantErrc::source_unreadable, "participant.toml names no [source.NAME]"};
  }
  const auto look = [&](std::size_t wanted) {
    return [&report, vocabulary, wanted](const PurchaseEvent& event,
                                         const RowPlace& place) -> Decision {
      if (!is_listed(vocabulary, event)) {
        return std::optional{RejectReason::not_in_catalogue};
      }
      if (report.first.size() < wanted) report.first.push_back({event, place});
      return kAccepted;
    };
  };
  for (const SourceConfig& source : config.sources) {
    const OnEvent on_event = look(report.first.size() + preview);
    GS_TRY(auto summary, read_source(source, on_event, report.intake.rejects));
    report.intake.sources.push_back(std::move(summary));
  }
  if (const auto source = holdout_source(config)) {
    const OnEvent on_event = look(0);
    GS_TRY(report.intake.holdout, read_source(*source, on_event, report.intake.holdout_rejects));
  }
  return report;
}

boost::json::object to_json(const SourceSummary& summary) {
  boost::json::array files;
  for (const auto& file : summary.files) files.emplace_back(file.string());
  boost::json::object columns;
  for (const auto& [role, column] : summary.columns) columns[role] = column;
  boost::json::object times;
  for (std::size_t i = 0; i < kTimeFormats; ++i) {
    if (summary.times[i] > 0) times[to_string(static_cast<TimeFormat>(i))] = summary.times[i];
  }
  return {{"name", summary.name},
          {"files", std::move(files)},
          {"command", summary.command},
          {"compressed_files", summary.compressed_files},
          {"rows", summary.rows},
          {"accepted", summary.accepted},
          {"rejected", summary.rows - summary.accepted},
          {"format", to_string(summary.format)},
          {"delimiter", described(summary.delimiter)},
          {"columns", std::move(columns)},
          {"time_formats", std::move(times)}};
}

boost::json::object to_json(const RejectReport& rejects) {
  boost::json::object out;
  for (std::size_t i = 0; i < kRejectReasons; ++i) {
    const auto reason = static_cast<RejectReason>(i);
    const auto& count = rejects.of(reason);
    if (count.rows == 0) continue;
    boost::json::array examples;
    for (const RejectedRow& row : count.examples) {
      examples.emplace_back(row.file + ":" + std::to_string(row.line));
    }
    out[code_of(reason)] = boost::json::object{
        {"rows", count.rows}, {"meaning", to_string(reason)}, {"examples", std::move(examples)}};
  }
  return out;
}

}  // namespace guildsum::participant
