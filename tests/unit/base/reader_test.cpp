#include "base/config/reader.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "tests/unit/base/config_setup.hpp"

using namespace guildsum;
using namespace std::chrono_literals;
using test::problems_of;
using test::value_of;
using Setup = test::ConfigSetup;

BOOST_AUTO_TEST_SUITE(reader_test)

BOOST_AUTO_TEST_CASE(values_of_all_types_are_read_and_defaults_fill_the_rest) {
  const Setup setup{
      "[server]\nlisten = \"127.0.0.1:1\"\nthreads = 4\nratio = 0.5\nwhole = 2\ntls = true\n"
      "wait = \"30s\"\nnames = [\"a\", \"b\"]\n"};
  auto reader = setup.load();
  BOOST_TEST(reader.text("server.listen", "x") == "127.0.0.1:1");
  BOOST_TEST(reader.integer("server.threads", 1, {.min = 1, .max = 64}) == 4);
  BOOST_TEST(reader.number("server.ratio", 1.0) == 0.5);
  BOOST_TEST(reader.number("server.whole", 1.0) == 2.0);
  BOOST_TEST(reader.boolean("server.tls", false));
  BOOST_TEST((reader.duration("server.wait", 1s) == 30s));
  BOOST_TEST(reader.list("server.names").size() == 2U);
  BOOST_TEST(reader.text("server.other", "default") == "default");
  BOOST_TEST(!reader.optional_text("server.none").has_value());
  BOOST_TEST(problems_of(reader).empty());
}

BOOST_AUTO_TEST_CASE(all_problems_are_reported_together_with_their_places) {
  Setup setup{"[server]\nlisen = \"x\"\nthreads = 100\nwait = \"soon\"\ntls = \"yes\"\n"};
  setup.sources.environment = {{"GUILDSUM_SERVER__PORT", "many"}};
  auto reader = setup.load();
  BOOST_TEST(reader.text("server.listen", "default") == "default");
  BOOST_TEST(reader.integer("server.threads", 1, {.min = 1, .max = 64}) == 1);
  BOOST_TEST(reader.integer("server.threads", 1, {.min = 1, .max = 64}) == 1);  // Told once.
  BOOST_TEST((reader.duration("server.wait", 1s) == 1s));
  BOOST_TEST(reader.boolean("server.tls", true));
  BOOST_TEST(reader.integer("server.port", 1) == 1);
  (void)reader.required_text("server.name");
  const std::string problems = problems_of(reader);
  BOOST_TEST(
      problems ==
      "6 problems\n  " + setup.at("main.toml", "3:1") +
          ": \"server.threads\" must be an integer from 1 to 64\n  " +
          setup.at("main.toml", "4:1") +
          ": \"server.wait\" must be a duration such as \"30s\", \"5m\" or \"250ms\", from 0s "
          "to 3650d\n  " +
          setup.at("main.toml", "5:1") + ": \"server.tls\" must be true or false\n  " +
          "environment GUILDSUM_SERVER__PORT: \"server.port\" must be an integer\n  " +
          "\"server.name\" is missing\n  " + setup.at("main.toml", "2:1") +
          ": unknown key \"server.lisen\"; did you mean \"server.listen\"?");
}

BOOST_AUTO_TEST_CASE(unknown_sections_variables_and_flags_are_refused) {
  Setup setup{"[known]\n[empty]\n"};
  setup.sources.environment = {{"GUILDSUM_KNOWN__KEI", "1"}};
  setup.sources.flags = {{"what", "1"}};
  auto reader = setup.load();
  (void)reader.integer("known.key", 1);
  const std::string problems = problems_of(reader);
  BOOST_TEST(
      problems ==
      "3 problems\n  environment GUILDSUM_KNOWN__KEI: unknown key \"known.kei\"; did you mean "
      "\"known.key\"?\n  flag --set what: unknown key \"what\"\n  " +
          setup.at("main.toml", "2:2") + ": unknown section [empty]");
}

BOOST_AUTO_TEST_CASE(paths_start_at_the_file_that_names_them) {
  Setup setup{"a = \"data\"\nb = \"/abs/x\"\nc = \"../up\"\n"};
  setup.write("conf.d/1.toml", "d = \"keys\"\n");
  setup.sources.flags = {{"e", "here"}};
  auto reader = setup.load();
  BOOST_TEST((reader.path("a", "") == setup.dir / "data"));
  BOOST_TEST((reader.path("b", "") == "/abs/x"));
  BOOST_TEST((reader.path("c", "") == setup.dir.path().parent_path() / "up"));
  BOOST_TEST((reader.path("d", "") == setup.dir / "conf.d/keys"));
  BOOST_TEST((reader.path("e", "") == "here"));
  BOOST_TEST((reader.path("f", "logs") == setup.dir / "logs"));
  BOOST_TEST(reader.path("g", "").empty());
}

BOOST_AUTO_TEST_CASE(secrets_are_used_but_never_shown) {
  const Setup setup{"password = \"hunter2\"\n"};
  auto reader = setup.load();
  BOOST_TEST(reader.secret_text("password") == "hunter2");
  BOOST_TEST(value_of(reader, "password").starts_with("(secret) <- "));
  BOOST_TEST(reader.secret_text("none").empty());
  BOOST_TEST(value_of(reader, "none") == "\"\" <- default");
}

BOOST_AUTO_TEST_CASE(choices_name_the_allowed_words) {
  const Setup setup{"mode = \"publshed\"\n"};
  auto reader = setup.load();
  BOOST_TEST(reader.choice("mode", "published", {"published", "private"}) == "published");
  BOOST_TEST(problems_of(reader).ends_with(
      "\"mode\" must be one of \"published\", \"private\"; did you mean \"published\"?"));
}

BOOST_AUTO_TEST_CASE(callers_add_problems_that_only_they_can_see) {
  const Setup setup{"min = 9\n"};
  auto reader = setup.load();
  (void)reader.integer("min", 0);
  reader.problem("min", "must not exceed max (8)");
  BOOST_TEST(problems_of(reader) ==
             setup.at("main.toml", "1:1") + ": \"min\" must not exceed max (8)");
}

BOOST_AUTO_TEST_CASE(effective_values_are_written_as_toml) {
  Setup setup{""};
  auto reader = setup.load();
  (void)reader.text("t", "a\"b\\\n\x01");
  (void)reader.number("n", 2);
  (void)reader.list("l", {"a", "b"});
  (void)reader.duration("d", 90s);
  BOOST_TEST(value_of(reader, "t") == R"("a\"b\\\n\u0001" <- default)");
  BOOST_TEST(value_of(reader, "n") == "2.0 <- default");
  BOOST_TEST(value_of(reader, "l") == R"(["a", "b"] <- default)");
  BOOST_TEST(value_of(reader, "d") == "\"90s\" <- default");
}

BOOST_AUTO_TEST_SUITE_END()
