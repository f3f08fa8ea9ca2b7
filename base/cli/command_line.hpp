#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cli/exit_code.hpp"
#include "base/cli/progress.hpp"
#include "base/log.hpp"
#include "base/result.hpp"

/// Programs made of sub-commands, with the same global options, help and errors everywhere.
namespace guildsum::cli {

enum class OutputFormat {
  text,   ///< For people: aligned tables and sentences.
  json,   ///< One JSON document.
  jsonl,  ///< One JSON object per line.
};

/// An option of one command, written `--name VALUE` or, without `value_name`, `--name`.
struct Option {
  std::string name;
  std::string value_name{};
  std::string help{};
  std::string default_value{};
  bool required = false;
  bool repeated = false;
};

/// An argument told by its position. Only the last may be repeated or optional.
struct Positional {
  std::string name;
  std::string help{};
  bool required = true;
  bool repeated = false;
};

/// What every command accepts.
struct GlobalOptions {
  std::optional<std::filesystem::path> config;                ///< --config FILE
  OutputFormat format = OutputFormat::text;                   ///< --format text|json|jsonl
  ProgressMode progress = ProgressMode::automatic;            ///< --progress auto|plain|none
  LogFormat log_format = LogFormat::text;                     ///< --log-format text|json
  std::vector<std::pair<std::string, std::string>> settings;  ///< --set KEY=VALUE, repeated
};

/// The parsed values of one command line. Asking for a name that the command does not declare is a
/// bug and ends the process.
class Arguments {
 public:
  /// Whether the option or positional was given.
  [[nodiscard]] bool has(std::string_view name) const;
  /// The value given, or the option's default, or empty.
  [[nodiscard]] const std::string& text(std::string_view name) const;
  /// All values of a repeated option or positional.
  [[nodiscard]] const std::vector<std::string>& list(std::string_view name) const;
  /// BaseErrc::invalid_argument unless it is an integer in [min, max].
  [[nodiscard]] Result<std::int64_t> integer(
      std::string_view name, std::int64_t min = std::numeric_limits<std::int64_t>::min(),
      std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  /// BaseErrc::invalid_argument unless it is a finite number in [min, max].
  [[nodiscard]] Result<double> number(std::string_view name, double min, double max) const;

 private:
  friend class CommandLineParser;
  struct Entry {
    std::vector<std::string> values;
    std::string default_value;
    bool given = false;
  };
  [[nodiscard]] const Entry& entry(std::string_view name) const;
  std::map<std::string, Entry, std::less<>> entries_;
};

/// What a command runs with. The streams are the program's standard output and error.
struct Invocation {
  const GlobalOptions& global;
  const Arguments& arguments;
  std::ostream& out;
  std::ostream& err;
};

/// One command. `words` is its full name, such as "shop invite".
struct Command {
  std::string words;
  std::string summary;
  std::vector<Option> options{};
  std::vector<Positional> positionals{};
  /// Whole lines to try, without the program's name.
  std::vector<std::string> examples{};
  /// An error is printed as `program: message` and becomes its exit code.
  std::function<Result<ExitCode>(const Invocation&)> run;
};

struct Program {
  std::string name;
  std::string summary;
  std::string version;
  std::vector<Command> commands;
};

/// Parses, answers --help (of the program, of a group such as `shop`, of a command) and --version,
/// and runs the command. A wrong command line is explained on `err` with the nearest valid word and
/// gives ExitCode::usage.
[[nodiscard]] ExitCode run(const Program& program, int argc, const char* const* argv,
                           std::ostream& out, std::ostream& err);

}  // namespace guildsum::cli
