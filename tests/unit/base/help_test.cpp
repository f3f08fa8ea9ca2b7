#include "base/cli/help.hpp"

#include <sstream>

#include <boost/test/unit_test.hpp>

using namespace guildsum::cli;

namespace {

const Program kProgram{
    .name = "guildsum-example",
    .summary = "an example",
    .version = "1.2.3",
    .commands = {
        {.words = "shop invite",
         .summary = "prints a join command",
         .options = {{.name = "valid-for",
                      .value_name = "DURATION",
                      .help = "how long the token can be used; after that the shop needs another "
                              "one, which replaces it without any trace of the first",
                      .default_value = "1h"},
                     {.name = "key", .value_name = "FILE", .help = "of ours", .required = true},
                     {.name = "tag", .value_name = "TAG", .help = "a label", .repeated = true}},
         .positionals = {{.name = "NAME", .help = "of the shop"},
                         {.name = "NOTE", .required = false, .repeated = true}},
         .examples = {"shop invite north", "shop invite north --valid-for 10m"},
         .run = {}},
        {.words = "serve", .summary = "serves", .run = {}}}};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(help_test)

BOOST_AUTO_TEST_CASE(a_program_lists_its_commands_beside_their_summaries) {
  const std::string help = detail::program_help(kProgram, "");
  BOOST_TEST(help.starts_with("guildsum-example 1.2.3: an example\n\nUsage: "));
  BOOST_TEST(contains(help,
                      "  shop invite NAME [NOTE...]  prints a join command\n"
                      "  serve                       serves\n"),
             help);
}

BOOST_AUTO_TEST_CASE(a_group_lists_its_own_commands_only) {
  const std::string help = detail::program_help(kProgram, "shop");
  BOOST_TEST(contains(help, "Usage: guildsum-example shop COMMAND"));
  BOOST_TEST(!contains(help, "serves"));
}

BOOST_AUTO_TEST_CASE(a_command_explains_arguments_options_and_examples) {
  const std::string help = detail::command_help(kProgram, kProgram.commands.front());
  for (const char* part : {"Usage: guildsum-example shop invite NAME [NOTE...] [options]\n",
                           "  NAME  of the shop\n", "  --key FILE            of ours (required)\n",
                           "  --tag TAG             a label (may be repeated)\n",
                           "\nExamples:\n  guildsum-example shop invite north\n"}) {
    BOOST_TEST(contains(help, part), part << "\n" << help);
  }
}

BOOST_AUTO_TEST_CASE(long_explanations_are_wrapped_under_their_column) {
  const std::string help = detail::command_help(kProgram, kProgram.commands.front());
  BOOST_TEST(contains(help, "\n                        "), help);
  BOOST_TEST(contains(help, "first (default: 1h)\n"), help);
  std::istringstream lines{help};
  for (std::string line; std::getline(lines, line);) BOOST_TEST(line.size() <= 100U, line);
}

BOOST_AUTO_TEST_CASE(every_global_option_has_an_explanation) {
  for (const Option& option : detail::global_options())
    BOOST_TEST(!option.help.empty(), option.name);
}

BOOST_AUTO_TEST_SUITE_END()
