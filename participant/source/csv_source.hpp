#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "participant/source/command.hpp"
#include "participant/source/csv_reader.hpp"
#include "participant/source/mapping.hpp"

namespace guildsum::participant {

enum class SourceFormat : std::uint8_t { csv, jsonl };
/// "csv", "jsonl"
[[nodiscard]] std::string_view to_string(SourceFormat format) noexcept;

/// `[source.NAME]` of participant.toml.
struct SourceConfig {
  std::string name;
  std::filesystem::path path;  ///< A file, or a pattern with `*` and `?` in its last part.
  std::optional<CommandSpec> command;  ///< Its output is read, and no file.
  Mapping mapping;
  SourceFormat format = SourceFormat::csv;
  CsvOptions csv;
  JsonlOptions jsonl;
  bool allow_email = false;
};

/// What one reading of a source found.
struct SourceSummary {
  std::string name;
  std::vector<std::filesystem::path> files;
  std::string command;  ///< The program of a command source, for people.
  std::uint64_t compressed_files = 0;  ///< How many of them are gzip.
  std::uint64_t rows = 0;  ///< Without headers and empty lines.
  std::uint64_t accepted = 0;
  SourceFormat format = SourceFormat::csv;
  char delimiter = 0;  ///< 0 for JSON Lines.
  std::vector<std::pair<std::string, std::string>> columns;  ///< Role and field, of the last file.
  std::array<std::uint64_t, kTimeFormats> times{};  ///< Accepted rows per format of the time.
};

/// Where a row stands.
struct RowPlace {
  std::string file;
  std::uint64_t line = 0;
};

/// Takes an accepted event; a reason refuses it after all (`not_in_catalogue`).
using OnEvent =
    std::function<Result<std::optional<RejectReason>>(const PurchaseEvent&, const RowPlace&)>;

/// The files of a source, by name. ParticipantErrc::source_unreadable if there is none.
[[nodiscard]] Result<std::vector<std::filesystem::path>> files_of(const SourceConfig& source);

/// Reads the output of the source's command, or all its files, plain or gzip, in pieces. Rows that
/// are not used go to `rejects`. No row is used if a compressed file is damaged, cut off or grows
/// beyond all measure. A command that fails, or does not end in its time, leaves nothing
/// half-applied either.
/// @return ParticipantErrc::source_unreadable, missing_column, an error of `output_of`, or
/// the error of `on_event`.
[[nodiscard]] Result<SourceSummary> read_source(const SourceConfig& source, const OnEvent& on_event,
                                                RejectReport& rejects);

}  // namespace guildsum::participant
