#include "base/cli/command_line.hpp"

#include <array>
#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;
using cli::ExitCode;
using cli::Invocation;

namespace {

/// What the last command saw.
struct Seen {
  std::string text;
  cli::GlobalOptions global;
  Result<ExitCode> answer = ExitCode::ok;
};

cli::Program example(Seen& seen) {
  const auto record = [&seen](std::string what) {
    return [&seen, what = std::move(what)](const Invocation& invocation) -> Result<ExitCode> {
      seen.text = what;
      seen.global = invocation.global;
      return seen.answer;
    };
  };
  return {.name = "guildsum-example",
          .summary = "an example",
          .version = "1.2.3",
          .commands = {
              {.words = "serve", .summary = "serves", .run = record("serve")},
              {.words = "shop invite",
               .summary = "prints a join command",
               .options = {{.name = "valid-for", .value_name = "DURATION", .default_value = "1h"},
                           {.name = "force", .help = "even if the name is taken"},
                           {.name = "tag", .value_name = "TAG", .repeated = true},
                           {.name = "count", .value_name = "N", .default_value = "1"}},
               .positionals = {{.name = "NAME", .help = "of the shop"}},
               .examples = {"shop invite north"},
               .run = [&seen](const Invocation& invocation) -> Result<ExitCode> {
                 const auto& arguments = invocation.arguments;
                 GS_TRY(const auto count, arguments.integer("count", 1, 9));
                 seen.text = arguments.text("NAME") + "|" + arguments.text("valid-for") + "|" +
                             (arguments.has("force") ? "force" : "") + "|" + std::to_string(count);
                 for (const auto& tag : arguments.list("tag")) seen.text += "|" + tag;
                 return ExitCode::ok;
               }},
              {.words = "shop list", .summary = "lists shops", .run = record("shop list")},
              {.words = "export",
               .summary = "writes files",
               .options = {{.name = "to", .value_name = "DIR", .required = true}},
               .positionals = {{.name = "MODEL"},
                               {.name = "FILE", .required = false, .repeated = true}},
               .run = [&seen](const Invocation& invocation) -> Result<ExitCode> {
                 seen.text = invocation.arguments.text("MODEL");
                 for (const auto& file : invocation.arguments.list("FILE")) seen.text += "," + file;
                 return ExitCode::ok;
               }}}};
}

struct Outcome {
  ExitCode code;
  std::string out;
  std::string err;
  Seen seen;
};

Outcome call(std::vector<const char*> words, Result<ExitCode> answer = ExitCode::ok) {
  words.insert(words.begin(), "guildsum-example");
  Seen seen{.text = {}, .global = {}, .answer = std::move(answer)};
  std::ostringstream out, err;
  const ExitCode code =
      cli::run(example(seen), static_cast<int>(words.size()), words.data(), out, err);
  return {code, out.str(), err.str(), seen};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line_test)

BOOST_AUTO_TEST_CASE(nested_commands_get_their_arguments_options_and_defaults) {
  const auto outcome = call({"shop", "invite", "north", "--force", "--tag", "a", "--tag=b"});
  BOOST_TEST((outcome.code == ExitCode::ok), outcome.err);
  BOOST_TEST(outcome.seen.text == "north|1h|force|1|a|b");
  BOOST_TEST(call({"shop", "list"}).seen.text == "shop list");
  BOOST_TEST(call({"shop", "invite", "--count", "3", "--", "--odd-name"}).seen.text ==
             "--odd-name|1h||3");
}

BOOST_AUTO_TEST_CASE(global_options_stand_before_or_after_the_command) {
  for (const auto& words : {std::vector<const char*>{"--config", "a.toml", "--format=json", "serve",
                                                     "--set", "a.b=c=d"},
                            std::vector<const char*>{"serve", "--set=a.b=c=d", "--format", "json",
                                                     "--config=a.toml"}}) {
    const auto outcome = call(words);
    BOOST_TEST((outcome.code == ExitCode::ok), outcome.err);
    BOOST_TEST(outcome.seen.global.config.value().string() == "a.toml");
    BOOST_TEST((outcome.seen.global.format == cli::OutputFormat::json));
    BOOST_TEST(outcome.seen.global.settings.at(0).first == "a.b");
    BOOST_TEST(outcome.seen.global.settings.at(0).second == "c=d");
  }
}

BOOST_AUTO_TEST_CASE(repeated_positionals_take_the_rest) {
  BOOST_TEST(call({"export", "m1", "--to", "d", "a", "b"}).seen.text == "m1,a,b");
  BOOST_TEST(call({"export", "m1", "--to", "d"}).seen.text == "m1");
}

BOOST_AUTO_TEST_CASE(wrong_command_lines_are_explained_with_the_nearest_word) {
  const std::vector<std::pair<std::vector<const char*>, std::string>> cases{
      {{"serv"}, "unknown command \"serv\"; did you mean \"serve\"?"},
      {{"shop", "invit", "x"}, "unknown command \"shop invit\"; did you mean \"invite\"?"},
      {{"serve", "--formt", "json"}, "unknown option --formt; did you mean --format?"},
      {{"serve", "--form=json"}, "unknown option --form"},
      {{"serve", "--format", "xml"}, "--format must be one of text, json, jsonl, not \"xml\""},
      {{"serve", "--set", "x"}, "--set needs KEY=VALUE, not \"x\""},
      {{"serve", "now"}, "unexpected argument \"now\""},
      {{"shop", "invite"}, "NAME is missing"},
      {{"shop", "invite", "a", "--count", "0"}, "count must be an integer from 1 to 9, not \"0\""},
      {{"shop", "invite", "a", "--count", "1x"}, "count must be an integer from 1 to 9"},
      {{"shop", "invite", "a", "--count", "1", "--count", "2"}, "--count is given twice"},
      {{"export", "m"}, "--to is missing"},
      {{"serve", "--config"}, "config"}};
  for (const auto& [words, expected] : cases) {
    const auto outcome = call(words);
    BOOST_TEST((outcome.code == ExitCode::usage), expected);
    BOOST_TEST(contains(outcome.err, expected), outcome.err);
    BOOST_TEST(contains(outcome.err, "--help`"));
    BOOST_TEST(outcome.out.empty());
  }
}

BOOST_AUTO_TEST_CASE(help_is_given_for_program_group_and_command) {
  const auto all = call({"--help"});
  BOOST_TEST((all.code == ExitCode::ok));
  for (const char* part : {"shop invite NAME", "prints a join command", "export MODEL [FILE...]",
                           "--log-format FORMAT", "Exit codes:"}) {
    BOOST_TEST(contains(all.out, part), part);
  }
  const auto group = call({"shop", "--help"});
  BOOST_TEST(contains(group.out, "shop list"));
  BOOST_TEST(!contains(group.out, "export"));
  for (const auto& words :
       {std::vector<const char*>{"shop", "invite", "--help"}, {"help", "shop", "invite"}}) {
    const auto one = call(words);
    BOOST_TEST((one.code == ExitCode::ok));
    BOOST_TEST(contains(one.out, "Usage: guildsum-example shop invite NAME [options]"));
    BOOST_TEST(contains(one.out, "--valid-for DURATION  (default: 1h)"), one.out);
    BOOST_TEST(contains(one.out, "  guildsum-example shop invite north\n"));
    BOOST_TEST(one.seen.text.empty());
  }
}

BOOST_AUTO_TEST_CASE(help_lines_fit_a_hundred_columns) {
  for (const auto& words : {std::vector<const char*>{"--help"}, {"shop", "invite", "--help"}}) {
    std::istringstream lines{call(words).out};
    for (std::string line; std::getline(lines, line);) BOOST_TEST(line.size() <= 100U, line);
  }
}

BOOST_AUTO_TEST_CASE(no_command_prints_the_help_as_a_usage_error) {
  for (const auto& words : {std::vector<const char*>{}, {"shop"}, {"--format", "json"}}) {
    const auto outcome = call(words);
    BOOST_TEST((outcome.code == ExitCode::usage));
    BOOST_TEST(contains(outcome.err, "Usage: guildsum-example"));
    BOOST_TEST(outcome.out.empty());
  }
}

BOOST_AUTO_TEST_CASE(version_is_one_line) {
  BOOST_TEST(call({"--version"}).out == "guildsum-example 1.2.3\n");
}

BOOST_AUTO_TEST_CASE(errors_of_commands_become_a_line_and_an_exit_code) {
  const auto outcome = call({"serve"}, Error{BaseErrc::invalid_config, "a.toml:3:1: no"});
  BOOST_TEST((outcome.code == ExitCode::bad_config));
  BOOST_TEST(outcome.err == "guildsum-example: invalid configuration: a.toml:3:1: no\n");
  BOOST_TEST((call({"serve"}, ExitCode::interrupted).code == ExitCode::interrupted));
}

BOOST_AUTO_TEST_CASE(messages_cannot_command_the_terminal) {
  const auto outcome =
      call({"serve"}, Error{BaseErrc::invalid_config, "shop '\x1b[2J':\n  second line"});
  BOOST_TEST(outcome.err ==
             "guildsum-example: invalid configuration: shop '?[2J':\n  second line\n");
}

BOOST_AUTO_TEST_CASE(a_result_that_cannot_be_written_is_a_failure) {
  Seen seen;
  const std::array words{"guildsum-example", "--version"};
  std::ostringstream err;
  std::ofstream full{"/dev/full"};
  const auto code = cli::run(example(seen), 2, words.data(), full, err);
  BOOST_TEST((code == ExitCode::failed));
  BOOST_TEST(err.str().find("could not be written to standard output") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
