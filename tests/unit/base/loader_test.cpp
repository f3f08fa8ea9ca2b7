#include <boost/test/unit_test.hpp>

#include "base/config/reader.hpp"
#include "base/errors.hpp"
#include "tests/unit/base/config_setup.hpp"

using namespace guildsum;
using namespace std::chrono_literals;
using test::problems_of;
using test::value_of;
using Setup = test::ConfigSetup;

BOOST_AUTO_TEST_SUITE(loader_test)

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

BOOST_AUTO_TEST_SUITE_END()
