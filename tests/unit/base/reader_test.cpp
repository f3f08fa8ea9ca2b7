#include "base/config/reader.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace std::chrono_literals;

namespace {

/// A main file, drop-ins, environment and flags in one place.
struct Setup {
  test::TempDir dir;
  config::Sources sources;

  explicit Setup(std::string_view main) { sources.file = write("main.toml", main); }
  std::filesystem::path write(const std::string& name, std::string_view text) {
    const auto path = dir / name;
    BOOST_REQUIRE(make_private_directory(path.parent_path()).has_value());
    BOOST_REQUIRE(write_file_atomically(path, as_bytes(text)).has_value());
    return path;
  }
  [[nodiscard]] config::Reader load() const { return config::Reader::load(sources).value(); }
  [[nodiscard]] std::string at(const std::string& file, const std::string& position) const {
    return (dir / file).string() + ":" + position;
  }
};

std::string problems_of(const config::Reader& reader) {
  const auto finished = reader.finish();
  if (finished.has_value()) return {};
  BOOST_TEST((finished.error() == BaseErrc::invalid_config));
  return finished.error().detail();
}

std::string value_of(const config::Reader& reader, std::string_view key) {
  for (const auto& one : reader.effective()) {
    if (one.key == key) return one.value + " <- " + one.origin;
  }
  return "(not asked for)";
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(later_sources_win_and_each_value_knows_its_origin) {
  Setup setup{"[a]\nfile = \"1\"\ndrop = \"1\"\nenv = \"1\"\nflag = \"1\"\n"};
  setup.write("conf.d/20.toml", "[a]\ndrop = \"3\"\nenv = \"3\"\nflag = \"3\"\n");
  setup.write("conf.d/10.toml", "[a]\ndrop = \"2\"\n");
  setup.write("conf.d/ignored.txt", "not toml");
  setup.sources.environment = {{"GUILDSUM_A__ENV", "4"},
                               {"GUILDSUM_A__FLAG", "4"},
                               {"GUILDSUM_HOME", "ignored"},
                               {"PATH", "ignored"}};
  setup.sources.flags = {{"a.flag", "5"}};
  auto reader = setup.load();
  for (const char* key : {"a.file", "a.drop", "a.env", "a.flag", "a.none"}) {
    (void)reader.text(key, "0");
  }
  BOOST_TEST(problems_of(reader).empty());
  BOOST_TEST(value_of(reader, "a.file") == "\"1\" <- " + setup.at("main.toml", "2:1"));
  BOOST_TEST(value_of(reader, "a.drop") == "\"3\" <- " + setup.at("conf.d/20.toml", "2:1"));
  BOOST_TEST(value_of(reader, "a.env") == "\"4\" <- environment GUILDSUM_A__ENV");
  BOOST_TEST(value_of(reader, "a.flag") == "\"5\" <- flag --set a.flag");
  BOOST_TEST(value_of(reader, "a.none") == "\"0\" <- default");
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

BOOST_AUTO_TEST_CASE(types_are_strict_in_files_and_parsed_from_environment_and_flags) {
  Setup setup{"a = \"4\"\nb = 1.0\nc = 1\nd = 5\ne = \"x\"\n"};
  auto strict = setup.load();
  BOOST_TEST(strict.integer("a", 0) == 0);
  BOOST_TEST(strict.integer("b", 0) == 0);
  BOOST_TEST(!strict.boolean("c", false));
  BOOST_TEST(strict.text("d", "").empty());
  BOOST_TEST(strict.list("e").empty());
  BOOST_TEST(problems_of(strict).starts_with("5 problems"));

  setup.sources.file.reset();
  setup.sources.flags = {{"a", "4"}, {"b", "1.5"}, {"c", "true"}, {"d", "5"}, {"e", "x, y,,z"}};
  auto parsed = setup.load();
  BOOST_TEST(parsed.integer("a", 0) == 4);
  BOOST_TEST(parsed.number("b", 0) == 1.5);
  BOOST_TEST(parsed.boolean("c", false));
  BOOST_TEST(parsed.text("d", "") == "5");
  BOOST_TEST(parsed.list("e").size() == 3U);
  BOOST_TEST(problems_of(parsed).empty());
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_and_values_without_a_type_are_problems) {
  const Setup setup{"a = nan\nb = inf\nc = 1979-05-27\nd = [1, 2]\ne = [\"x\", 1]\n"};
  auto reader = setup.load();
  (void)reader.number("a", 0);
  (void)reader.number("b", 0);
  const std::string problems = problems_of(reader);
  BOOST_TEST(problems.starts_with("5 problems"), problems);
}

BOOST_AUTO_TEST_CASE(text_that_is_not_toml_is_placed) {
  const Setup setup{"[server]\nlisten = \"a\"\nlisten = \"b\"\n"};
  const auto reader = config::Reader::load(setup.sources);
  BOOST_TEST((reader.error() == BaseErrc::invalid_config));
  BOOST_TEST(reader.error().detail().starts_with(setup.at("main.toml", "3:")),
             reader.error().detail());
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_not_found) {
  const test::TempDir dir;
  BOOST_TEST((config::Reader::load({.file = dir / "none.toml"}).error() == BaseErrc::not_found));
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

BOOST_AUTO_TEST_CASE(arrays_of_tables_are_counted_and_replaced_as_a_whole) {
  Setup setup{"[[source]]\npath = \"a\"\n[[source]]\npath = \"b\"\n"};
  auto reader = setup.load();
  BOOST_TEST(reader.table_count("source") == 2U);
  BOOST_TEST(reader.text("source[1].path", "") == "b");
  BOOST_TEST(reader.text("source[0].path", "") == "a");
  BOOST_TEST(problems_of(reader).empty());

  setup.write("conf.d/1.toml", "[[source]]\nfile = \"c\"\n");
  auto replaced = setup.load();
  BOOST_TEST(replaced.table_count("source") == 1U);
  BOOST_TEST(!replaced.optional_text("source[0].path").has_value());
  BOOST_TEST(problems_of(replaced).find("unknown key \"source[0].file\"") != std::string::npos);
  BOOST_TEST(replaced.table_count("other") == 0U);
}

BOOST_AUTO_TEST_CASE(free_tables_list_their_members_even_with_odd_names) {
  const Setup setup{"[columns]\nuser_id = \"Customer ID\"\n\"Unit.Price\" = \"price\"\n"};
  auto reader = setup.load();
  const auto names = reader.member_names("columns");
  BOOST_REQUIRE(names.size() == 2U);
  std::string seen;
  for (const auto& name : names) {
    seen += name + "=" + reader.text(config::member_key("columns", name), "") + ";";
  }
  BOOST_TEST(seen == "Unit.Price=price;user_id=Customer ID;");
  BOOST_TEST(problems_of(reader).empty());
  BOOST_TEST(reader.has("columns"));
  BOOST_TEST(!reader.has("column"));
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
