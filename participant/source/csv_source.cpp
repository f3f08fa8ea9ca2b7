#include "participant/source/csv_source.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <optional>

#include "participant/errors.hpp"
#include "participant/source/input_file.hpp"

namespace guildsum::participant {
namespace {

/// One file's records turned into events.
class FileReading {
 public:
  FileReading(const SourceConfig& source, std::string file, const OnEvent& on_event,
              RejectReport& rejects, SourceSummary& summary)
      : source_{source},
        file_{std::move(file)},
        on_event_{on_event},
        rejects_{rejects},
        summary_{summary} {}

  Result<> on_record(const CsvRecord& record, CsvReader& reader) {
    if (!map_) {
      GS_TRY(map_, ColumnMap::resolve(source_.mapping, record.fields));
      return {};
    }
    if (record.several_lines && map_->spans_lines(record.fields)) {
      // Ids, times and numbers hold no line end: a stray quote swallowed these lines.
      reader.read_lines_apart();
      return {};
    }
    ++summary_.rows;
    const auto row = map_->read(record.fields, source_.allow_email);
    if (const auto* reason = std::get_if<RejectReason>(&row)) {
      rejects_.add(file_, record.line, *reason);
      return {};
    }
    const auto& accepted = std::get<ColumnMap::Accepted>(row);
    GS_TRY(const auto refused, on_event_(accepted.event, RowPlace{file_, record.line}));
    if (refused) {
      rejects_.add(file_, record.line, *refused);
      return {};
    }
    ++summary_.accepted;
    if (accepted.time_format) ++summary_.times[static_cast<std::size_t>(*accepted.time_format)];
    return {};
  }

  void on_fault(std::uint64_t line, CsvFault fault) {
    ++summary_.rows;
    rejects_.add(file_, line, reason_of(fault));
  }

  [[nodiscard]] const std::optional<ColumnMap>& map() const noexcept { return map_; }

 private:
  const SourceConfig& source_;
  std::string file_;
  const OnEvent& on_event_;
  RejectReport& rejects_;
  SourceSummary& summary_;
  std::optional<ColumnMap> map_;
};

Result<> read_one(const SourceConfig& source, const InputFile& file, const OnEvent& on_event,
                  RejectReport& rejects, SourceSummary& summary) {
  FileReading reading{source, file.name(), on_event, rejects, summary};
  CsvReader reader{source.csv,
                   [&](const CsvRecord& record) { return reading.on_record(record, reader); },
                   [&](std::uint64_t line, CsvFault fault) { reading.on_fault(line, fault); }};
  GS_CHECK(file.read([&](std::string_view piece) { return reader.feed(piece); }));
  GS_CHECK(reader.finish());
  if (!reading.map()) {
    return Error{ParticipantErrc::source_unreadable, "there is no header line"};
  }
  summary.delimiter = reader.delimiter();
  summary.columns = reading.map()->used();
  return {};
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

bool is_pattern(const std::string& name) { return name.find_first_of("*?[") != std::string::npos; }

}  // namespace

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
