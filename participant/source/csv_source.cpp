#include "participant/source/csv_source.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <optional>
#include <variant>

#include "base/cli/format.hpp"
#include "participant/errors.hpp"
#include "participant/source/input_file.hpp"
#include "participant/source/member_map.hpp"

namespace guildsum::participant {
namespace {

/// What becomes of one file's rows, whatever its form.
class RowIntake {
 public:
  RowIntake(std::string file, const OnEvent& on_event, RejectReport& rejects,
            SourceSummary& summary)
      : file_{std::move(file)}, on_event_{on_event}, rejects_{rejects}, summary_{summary} {}

  Result<> take(std::uint64_t line, const ReadRow& row) {
    if (const auto* reason = std::get_if<RejectReason>(&row)) {
      refuse(line, *reason);
      return {};
    }
    const auto& accepted = std::get<AcceptedRow>(row);
    GS_TRY(const auto refused, on_event_(accepted.event, RowPlace{file_, line}));
    if (refused) {
      refuse(line, *refused);
      return {};
    }
    ++summary_.rows;
    ++summary_.accepted;
    if (accepted.time_format) ++summary_.times[static_cast<std::size_t>(*accepted.time_format)];
    return {};
  }

  void refuse(std::uint64_t line, RejectReason reason) {
    ++summary_.rows;
    rejects_.add(file_, line, reason);
  }

 private:
  std::string file_;
  const OnEvent& on_event_;
  RejectReport& rejects_;
  SourceSummary& summary_;
};

Result<> read_csv(const SourceConfig& source, const InputFile& file, RowIntake& intake,
                  SourceSummary& summary) {
  std::optional<ColumnMap> map;
  CsvReader* lines = nullptr;
  const auto on_record = [&](const CsvRecord& record) -> Result<> {
    if (!map) {
      GS_TRY(map, ColumnMap::resolve(source.mapping, record.fields));
      return {};
    }
    if (record.several_lines && map->spans_lines(record.fields)) {
      // Ids, times and numbers hold no line end: a stray quote swallowed these lines.
      lines->read_lines_apart();
      return {};
    }
    return intake.take(record.line, map->read(record.fields, source.allow_email));
  };
  CsvReader reader{source.csv, on_record, [&](std::uint64_t line, CsvFault fault) {
                     intake.refuse(line, reason_of(fault));
                   }};
  lines = &reader;
  GS_CHECK(file.read([&](std::string_view piece) { return reader.feed(piece); }));
  GS_CHECK(reader.finish());
  if (!map) return Error{ParticipantErrc::source_unreadable, "there is no header line"};
  summary.delimiter = reader.delimiter();
  summary.columns = map->used();
  return {};
}

Result<> read_jsonl(const SourceConfig& source, const InputFile& file, RowIntake& intake,
                    SourceSummary& summary) {
  MemberMap map{source.mapping};
  const auto on_object = [&](std::uint64_t line, const boost::json::object& object) {
    return intake.take(line, map.read(object, source.allow_email));
  };
  JsonlReader reader{source.jsonl, on_object, [&](std::uint64_t line, JsonlFault fault) {
                       intake.refuse(line, reason_of(fault));
                     }};
  GS_CHECK(file.read([&](std::string_view piece) { return reader.feed(piece); }));
  GS_CHECK(reader.finish());
  GS_CHECK(map.finish());
  summary.columns = map.used();
  return {};
}

Result<> read_one(const SourceConfig& source, const InputFile& file, const OnEvent& on_event,
                  RejectReport& rejects, SourceSummary& summary) {
  RowIntake intake{file.name(), on_event, rejects, summary};
  if (source.format == SourceFormat::jsonl) return read_jsonl(source, file, intake, summary);
  return read_csv(source, file, intake, summary);
}

/// Damage in the last file is found before the first row of the first one is used.
Result<std::uint64_t> check_files(const std::vector<std::filesystem::path>& files) {
  std::uint64_t compressed = 0;
  for (const auto& path : files) {
    GS_TRY(const InputFile file, InputFile::open(path));
    const auto whole = file.check();
    if (!whole) return whole.error().with_context(path.string());
    if (file.is_compressed()) ++compressed;
  }
  return compressed;
}

Result<> read_command(const SourceConfig& source, const OnEvent& on_event, RejectReport& rejects,
                      SourceSummary& summary) {
  const std::string context = "source \"" + source.name + "\"";
  auto output = output_of(*source.command);
  if (!output) return output.error().with_context(context);
  GS_TRY(const InputFile text, InputFile::of(std::move(*output), source.name + " (command)"));
  summary.command = cli::printable(source.command->argv.front());
  auto done = text.check();
  if (done) done = read_one(source, text, on_event, rejects, summary);
  if (!done) return done.error().with_context(context);
  return {};
}

bool is_pattern(const std::string& name) { return name.find_first_of("*?[") != std::string::npos; }

}  // namespace

std::string_view to_string(SourceFormat format) noexcept {
  return format == SourceFormat::csv ? "csv" : "jsonl";
}

Result<std::vector<std::filesystem::path>> files_of(const SourceConfig& source) {
  std::error_code error;
  const std::string name = source.path.filename().string();
  std::vector<std::filesystem::path> files;
  if (!is_pattern(name)) {
    if (std::filesystem::is_regular_file(source.path, error)) files.push_back(source.path);
  } else {
    auto folder = source.path.parent_path();
    if (folder.empty()) folder = ".";
    std::filesystem::directory_iterator entries{folder, error};
    for (; !error && entries != std::filesystem::directory_iterator{}; entries.increment(error)) {
      const std::string entry = entries->path().filename().string();
      std::error_code ignored;
      if (fnmatch(name.c_str(), entry.c_str(), FNM_PERIOD) == 0 &&
          entries->is_regular_file(ignored)) {
        files.push_back(entries->path());
      }
    }
    std::ranges::sort(files);
  }
  if (!files.empty()) return files;
  return Error{ParticipantErrc::source_unreadable,
               "source \"" + source.name + "\": no file " + source.path.string()};
}

Result<SourceSummary> read_source(const SourceConfig& source, const OnEvent& on_event,
                                  RejectReport& rejects) {
  SourceSummary summary;
  summary.name = source.name;
  summary.format = source.format;
  if (source.command) {
    GS_CHECK(read_command(source, on_event, rejects, summary));
    return summary;
  }
  GS_TRY(summary.files, files_of(source));
  GS_TRY(summary.compressed_files, check_files(summary.files));
  for (const auto& path : summary.files) {
    GS_TRY(const InputFile file, InputFile::open(path));
    const auto done = read_one(source, file, on_event, rejects, summary);
    if (!done) return done.error().with_context(path.string());
  }
  return summary;
}

}  // namespace guildsum::participant
