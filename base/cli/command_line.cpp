#include "base/cli/command_line.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ostream>
#include <set>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>

#include "base/assert.hpp"
#include "base/cli/format.hpp"
#include "base/cli/help.hpp"
#include "base/errors.hpp"
#include "base/suggest.hpp"

namespace guildsum::cli {
namespace {

namespace po = boost::program_options;

/// All arguments by position are gathered under one name that cannot be typed as an option.
constexpr const char* kPositionals = " ";

Error usage_error(std::string detail) { return {BaseErrc::invalid_argument, std::move(detail)}; }

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Whether `--help` or `-h` appears before a lone `--`.
bool asks_for_help(std::span<const std::string> tokens) {
  for (const std::string& token : tokens) {
    if (token == "--") return false;
    if (token == "--help" || token == "-h") return true;
  }
  return false;
}

const Option* find_option(std::span<const Option> options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &Option::name);
  return found == options.end() ? nullptr : &*found;
}

/// How many of the first tokens are global options and their values, before the command's words.
std::size_t count_leading_options(std::span<const std::string> tokens) {
  std::size_t count = 0;
  while (count < tokens.size() && tokens[count].starts_with("-") && tokens[count] != "--") {
    const std::string& token = tokens[count++];
    const bool has_value_inside = token.find('=') != std::string::npos;
    const Option* option =
        token.starts_with("--") ? find_option(detail::global_options(), token.substr(2)) : nullptr;
    if (option != nullptr && !option->value_name.empty() && !has_value_inside) ++count;
  }
  return std::min(count, tokens.size());
}

struct Match {
  const Command* command = nullptr;
  /// The words that were recognised, at least a group's.
  std::string words{};
  std::size_t word_count = 0;
};

/// The command whose words are the longest front of the tokens, or the group they lead to.
Match match_command(const Program& program, std::span<const std::string> tokens) {
  Match best;
  for (const Command& command : program.commands) {
    const auto words = split_words(command.words);
    const auto common =
        static_cast<std::size_t>(std::ranges::mismatch(words, tokens).in1 - words.begin());
    const bool whole = common == words.size();
    const bool better = whole ? (best.command == nullptr || common > best.word_count)
                              : (best.command == nullptr && common > best.word_count);
    if (!better) continue;
    best.command = whole ? &command : nullptr;
    best.word_count = common;
    best.words.clear();
    for (std::size_t i = 0; i < common; ++i) best.words += (i > 0 ? " " : "") + words[i];
  }
  return best;
}

/// The error for words that are no command, with the nearest next word.
Error unknown_command(const Program& program, const Match& match, const std::string& word) {
  std::vector<std::string> candidates;
  for (const Command& command : program.commands) {
    const auto words = split_words(command.words);
    if (words.size() <= match.word_count) continue;
    if (match.word_count > 0 && !command.words.starts_with(match.words + " ")) continue;
    candidates.push_back(words[match.word_count]);
  }
  const std::string full = match.words.empty() ? word : match.words + " " + word;
  return usage_error("unknown command \"" + full + "\"" + did_you_mean(word, candidates));
}

template <class Enum>
Result<Enum> pick(std::string_view option, const std::string& text,
                  std::initializer_list<std::pair<std::string_view, Enum>> choices) {
  std::string names;
  for (const auto& [name, value] : choices) {
    if (text == name) return value;
    names += names.empty() ? "" : ", ";
    names += name;
  }
  return usage_error("--" + std::string{option} + " must be one of " + names + ", not \"" + text +
                     "\"");
}

}  // namespace

/// Parses the tokens behind a command's words.
class CommandLineParser {
 public:
  explicit CommandLineParser(const Command& command) : command_{command} {
    for (const Option& option : detail::global_options()) options_.push_back(option);
    for (const Option& option : command.options) options_.push_back(option);
  }

  Result<void> parse(const std::vector<std::string>& tokens) {
    for (const Option& option : options_) {
      const bool fresh =
          arguments_.entries_.try_emplace(option.name, entry_for(option.default_value)).second;
      GS_ASSERT(fresh);
    }
    for (const Positional& positional : command_.positionals) {
      const bool fresh = arguments_.entries_.try_emplace(positional.name).second;
      GS_ASSERT(fresh);
    }
    std::vector<std::string> positionals;
    GS_CHECK(parse_options(tokens, positionals));
    GS_CHECK(assign_positionals(positionals));
    for (const Option& option : options_) {
      if (option.required && !arguments_.has(option.name)) {
        return usage_error("--" + option.name + " is missing");
      }
    }
    return read_globals();
  }

  [[nodiscard]] const Arguments& arguments() const noexcept { return arguments_; }
  [[nodiscard]] const GlobalOptions& globals() const noexcept { return globals_; }

 private:
  static Arguments::Entry entry_for(const std::string& default_value) {
    return {.values = {}, .default_value = default_value, .given = false};
  }

  Result<void> parse_options(const std::vector<std::string>& tokens,
                             std::vector<std::string>& positionals) {
    po::options_description description;
    for (const Option& option : options_) {
      if (option.value_name.empty()) {
        description.add_options()(option.name.c_str(), "");
      } else {
        description.add_options()(option.name.c_str(), po::value<std::vector<std::string>>(), "");
      }
    }
    description.add_options()(kPositionals, po::value<std::vector<std::string>>(), "");
    po::positional_options_description by_position;
    by_position.add(kPositionals, -1);
    namespace style = po::command_line_style;
    try {
      const auto parsed =
          po::command_line_parser{tokens}
              .options(description)
              .positional(by_position)
              .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
              .run();
      for (const auto& option : parsed.options) GS_CHECK(take(option, positionals));
    } catch (const po::unknown_option& unknown) {
      return unknown_option(unknown.get_option_name());
    } catch (const po::error& failure) {
      return usage_error(failure.what());
    }
    return {};
  }

  Result<void> take(const po::option& parsed, std::vector<std::string>& positionals) {
    if (parsed.string_key == kPositionals) {
      positionals.insert(positionals.end(), parsed.value.begin(), parsed.value.end());
      return {};
    }
    const Option* option = find_option(options_, parsed.string_key);
    GS_ASSERT(option != nullptr);
    auto& entry = arguments_.entries_.find(option->name)->second;
    if (entry.given && !option->repeated) {
      return usage_error("--" + option->name + " is given twice");
    }
    entry.given = true;
    entry.values.insert(entry.values.end(), parsed.value.begin(), parsed.value.end());
    return {};
  }

  Error unknown_option(std::string name) const {
    name.erase(0, name.find_first_not_of('-'));
    name.erase(std::min(name.find('='), name.size()));
    std::vector<std::string> candidates;
    for (const Option& option : options_) candidates.push_back(option.name);
    const std::string nearest = nearest_word(name, candidates);
    return usage_error("unknown option --" + name +
                       (nearest.empty() ? "" : "; did you mean --" + nearest + "?"));
  }

  Result<void> assign_positionals(const std::vector<std::string>& values) {
    std::size_t next = 0;
    for (const Positional& positional : command_.positionals) {
      auto& entry = arguments_.entries_.find(positional.name)->second;
      const std::size_t left = values.size() - next;
      const std::size_t count = positional.repeated ? left : std::min<std::size_t>(left, 1);
      if (count == 0 && positional.required) return usage_error(positional.name + " is missing");
      entry.given = count > 0;
      for (std::size_t i = 0; i < count; ++i) entry.values.push_back(values[next++]);
    }
    if (next < values.size()) return usage_error("unexpected argument \"" + values[next] + "\"");
    return {};
  }

  Result<void> read_globals() {
    if (arguments_.has("config")) globals_.config = arguments_.text("config");
    GS_TRY(globals_.format, pick<OutputFormat>("format", arguments_.text("format"),
                                               {{"text", OutputFormat::text},
                                                {"json", OutputFormat::json},
                                                {"jsonl", OutputFormat::jsonl}}));
    GS_TRY(globals_.progress, pick<ProgressMode>("progress", arguments_.text("progress"),
                                                 {{"auto", ProgressMode::automatic},
                                                  {"plain", ProgressMode::plain},
                                                  {"none", ProgressMode::none}}));
    GS_TRY(globals_.log_format,
           pick<LogFormat>("log-format", arguments_.text("log-format"),
                           {{"text", LogFormat::text}, {"json", LogFormat::json}}));
    for (const std::string& setting : arguments_.list("set")) {
      const std::size_t equals = setting.find('=');
      if (equals == 0 || equals == std::string::npos) {
        return usage_error("--set needs KEY=VALUE, not \"" + setting + "\"");
      }
      globals_.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
    }
    return {};
  }

  const Command& command_;
  std::vector<Option> options_;
  Arguments arguments_;
  GlobalOptions globals_;
};

const Arguments::Entry& Arguments::entry(std::string_view name) const {
  const auto found = entries_.find(name);
  GS_ASSERT(found != entries_.end());
  return found->second;
}

bool Arguments::has(std::string_view name) const { return entry(name).given; }

const std::string& Arguments::text(std::string_view name) const {
  const Entry& found = entry(name);
  return found.values.empty() ? found.default_value : found.values.front();
}

const std::vector<std::string>& Arguments::list(std::string_view name) const {
  return entry(name).values;
}

Result<std::int64_t> Arguments::integer(std::string_view name, std::int64_t min,
                                        std::int64_t max) const {
  const std::string& value = text(name);
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc{} || end != value.data() + value.size() || number < min ||
      number > max) {
    return usage_error(std::string{name} + " must be an integer from " + std::to_string(min) +
                       " to " + std::to_string(max) + ", not \"" + value + "\"");
  }
  return number;
}

Result<double> Arguments::number(std::string_view name, double min, double max) const {
  const std::string& value = text(name);
  double number = 0;
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failure != std::errc{} || end != value.data() + value.size() || !std::isfinite(number) ||
      number < min || number > max) {
    return usage_error(std::string{name} + " must be a number from " + std::to_string(min) +
                       " to " + std::to_string(max) + ", not \"" + value + "\"");
  }
  return number;
}

namespace {

/// Messages may have several lines; what they quote may come from anywhere.
std::string shown(std::string_view message) {
  std::string text;
  while (true) {
    const auto end = message.find('\n');
    text += printable(message.substr(0, end));
    if (end == std::string_view::npos) return text;
    text += '\n';
    message.remove_prefix(end + 1);
  }
}

ExitCode explain(const Program& program, const std::string& help_of, const Error& error,
                 std::ostream& err) {
  err << program.name << ": " << shown(error.detail()) << "\nTry `" << program.name << ' '
      << help_of << (help_of.empty() ? "" : " ") << "--help`.\n";
  return ExitCode::usage;
}

ExitCode run_command(const Program& program, const Command& command,
                     const std::vector<std::string>& tokens, std::ostream& out, std::ostream& err) {
  CommandLineParser parser{command};
  const auto parsed = parser.parse(tokens);
  if (parsed.has_error()) return explain(program, command.words, parsed.error(), err);
  const Invocation invocation{parser.globals(), parser.arguments(), out, err};
  const auto result = command.run(invocation);
  out.flush();
  if (result.has_value()) return *result;
  if (result.error() == BaseErrc::invalid_argument) {
    return explain(program, command.words, result.error(), err);
  }
  err << program.name << ": " << shown(result.error().message()) << '\n';
  return exit_code_of(result.error());
}

ExitCode dispatch(const Program& program, std::vector<std::string> tokens, std::ostream& out,
                  std::ostream& err) {
  const std::size_t leading = count_leading_options(tokens);
  std::vector<std::string> rest{tokens.begin() + static_cast<std::ptrdiff_t>(leading),
                                tokens.end()};
  tokens.resize(leading);
  const bool help_word = !rest.empty() && rest.front() == "help";
  if (help_word) rest.erase(rest.begin());

  const Match match = match_command(program, rest);
  const bool help = help_word || asks_for_help(tokens) || asks_for_help(rest);
  const bool next_is_word = match.word_count < rest.size() && !rest[match.word_count].empty() &&
                            rest[match.word_count].front() != '-';
  if (match.command == nullptr && next_is_word) {
    return explain(program, match.words, unknown_command(program, match, rest[match.word_count]),
                   err);
  }
  if (help) {
    out << (match.command != nullptr ? detail::command_help(program, *match.command)
                                     : detail::program_help(program, match.words));
    return ExitCode::ok;
  }
  if (std::ranges::find(tokens, "--version") != tokens.end() ||
      std::ranges::find(rest, "--version") != rest.end()) {
    out << program.name << ' ' << program.version << '\n';
    return ExitCode::ok;
  }
  if (match.command == nullptr) {
    err << detail::program_help(program, match.words);
    return ExitCode::usage;
  }
  tokens.insert(tokens.end(), rest.begin() + static_cast<std::ptrdiff_t>(match.word_count),
                rest.end());
  return run_command(program, *match.command, tokens, out, err);
}

}  // namespace

ExitCode run(const Program& program, int argc, const char* const* argv, std::ostream& out,
             std::ostream& err) {
  std::vector<std::string> tokens;
  for (int i = 1; i < argc; ++i) tokens.emplace_back(argv[i]);
  const auto code = dispatch(program, std::move(tokens), out, err);
  out.flush();
  if (out || code != ExitCode::ok) return code;
  err << program.name << ": the result could not be written to standard output; is there space?\n";
  return ExitCode::failed;
}

}  // namespace guildsum::cli
